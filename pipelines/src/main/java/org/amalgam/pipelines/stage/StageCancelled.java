package org.amalgam.pipelines.stage;

/** Thrown out of {@link Progress} when the run was cancelled. */
public class StageCancelled extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StageCancelled() {
    super("cancelled");
  }
}
