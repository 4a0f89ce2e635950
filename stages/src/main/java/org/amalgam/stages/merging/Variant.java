package org.amalgam.stages.merging;

/** Whose formula, where the paper and the code released with it differ. */
public enum Variant {
  /** As the paper writes it. */
  PAPER,
  /** As the released code computes it. */
  AS_RELEASED
}
