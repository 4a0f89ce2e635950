package org.amalgam.stages.distance;

/**
 * Magnitudes between two others, by their bits; zero is in none, since it has no sign and stays out
 * of TSSD whether it is dropped or not.
 *
 * @param low bits of the least magnitude
 * @param high bits of the greatest magnitude
 */
record MagnitudeRange(int low, int high) {
  /** Holds nothing: every element stays. */
  static final MagnitudeRange NOTHING = new MagnitudeRange(0, 0);

  /** Holds every element but zero. */
  static final MagnitudeRange ALL = new MagnitudeRange(0, Integer.MAX_VALUE);
}
