package org.amalgam.pipelines.stage;

/**
 * A failure that the user can mend: the message says where, what and how. No stack trace is shown.
 */
public class StageFailure extends Exception {
  private static final long serialVersionUID = 1;

  public StageFailure(String message) {
    super(message);
  }

  public StageFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
