package org.amalgam.stages.training;

/** From what masked language modelling chooses (facts of the released code, section 2.1). */
public enum MaskedWords {
  /** A share of the pieces of each text, among its words. */
  PAPER,
  /**
   * A share of the padded length, among words and padding alike; what falls on padding hides
   * nothing. At 40 pieces 6 of 38 candidates are chosen for a share of 0.15, 10 for 0.25.
   */
  AS_RELEASED
}
