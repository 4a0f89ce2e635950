package org.amalgam.stages.evaluation;

/** Counts how pixels of each class are told, for intersections over unions. */
final class Overlap {
  private final long[] shown;
  private final long[] told;
  private final long[] both;
  private long pixels;

  Overlap(int classes) {
    shown = new long[classes];
    told = new long[classes];
    both = new long[classes];
  }

  /**
   * Adds a pixel.
   *
   * @param is the class that it shows
   * @param as the class that it was taken for
   */
  void add(int is, int as) {
    shown[is]++;
    told[as]++;
    both[is] += is == as ? 1 : 0;
    pixels++;
  }

  /** Intersection over union of a class, 0 to 1; 0 where it neither is nor was told. */
  double of(int label) {
    long union = shown[label] + told[label] - both[label];
    return union == 0 ? 0 : (double) both[label] / union;
  }

  /** The mean over the classes that are or were told. */
  double mean() {
    double sum = 0;
    int counted = 0;
    for (int label = 0; label < shown.length; label++) {
      if (shown[label] + told[label] > 0) {
        sum += of(label);
        counted++;
      }
    }
    return counted == 0 ? 0 : sum / counted;
  }

  /** The share of pixels that are told right. */
  double accuracy() {
    long right = 0;
    for (long each : both) {
      right += each;
    }
    return pixels == 0 ? 0 : (double) right / pixels;
  }

  /** The share of pixels of the most frequent class: the accuracy of always telling it. */
  double mostFrequent() {
    long most = 0;
    for (long each : shown) {
      most = Math.max(most, each);
    }
    return pixels == 0 ? 0 : (double) most / pixels;
  }
}
