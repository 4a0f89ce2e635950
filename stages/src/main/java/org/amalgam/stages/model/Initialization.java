package org.amalgam.stages.model;

/** How tensors that no checkpoint brings are drawn. */
public enum Initialization {
  /**
   * As the released code: matrices from a truncated normal of deviation 0.02, those that write to
   * the residual stream divided by sqrt(2 layer); LayerScale 0.1.
   */
  PAPER,
  /**
   * For narrow models trained for minutes: block matrices from a normal of deviation 0.7 /
   * sqrt(inputs), those that write to the residual stream divided by sqrt(2 N); LayerScale 1.
   */
  FAN_IN
}
