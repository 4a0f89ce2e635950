package org.amalgam.stages.distance;

/** Positions of a tensor of which it is not known yet whether TSSD drops them, in their order. */
final class UndecidedPairs {
  private final FloatChunks xs = new FloatChunks();
  private final FloatChunks ys = new FloatChunks();
  // Those of each that lie within its own range, once more, so that counting them needs no look.
  private final FloatChunks heldX = new FloatChunks();
  private final FloatChunks heldY = new FloatChunks();

  void add(float x, boolean holdsX, float y, boolean holdsY) {
    xs.add(x);
    ys.add(y);
    if (holdsX) {
      heldX.add(x);
    }
    if (holdsY) {
      heldY.add(y);
    }
  }

  long size() {
    return xs.size();
  }

  /** The magnitudes of x that lie within its range. */
  FloatChunks heldX() {
    return heldX;
  }

  /** The magnitudes of y that lie within its range. */
  FloatChunks heldY() {
    return heldY;
  }

  /** Adds what truncation leaves to TSSD. */
  void decide(DistanceSum sum, Truncation.Cursor ofX, Truncation.Cursor ofY) {
    for (long i = 0; i < size(); i++) {
      float x = xs.get(i);
      float y = ys.get(i);
      boolean staysX = ofX.keeps(x) && x != 0;
      boolean staysY = ofY.keeps(y) && y != 0;
      sum.addKept(DistanceSum.softSign(x, y), staysX, staysY);
    }
  }
}
