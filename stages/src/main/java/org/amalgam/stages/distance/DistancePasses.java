package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Workers;

/**
 * Measures the distances of two vectors that need not fit in memory: tensors are read in parallel,
 * in pieces of 128 KiB, once. Where a sample guesses TSSD's borders wrongly, or so many elements
 * have nearly the border's magnitude that they cannot be kept, all is read four times more. Either
 * way the borders are exact order statistics of the whole vectors, and sums are added up in the
 * tensors' order, so the bits do not depend on the number of threads.
 */
final class DistancePasses {
  /** Positions that are kept at most: 128 to 256 MiB. */
  static final long MOST_KEPT = 1L << 24;

  private final WeightVectors vectors;
  private final Workers workers;
  private final Progress progress;
  private final long mostKept;

  DistancePasses(WeightVectors vectors, Workers workers, Progress progress) {
    this(vectors, workers, progress, MOST_KEPT);
  }

  DistancePasses(WeightVectors vectors, Workers workers, Progress progress, long mostKept) {
    this.vectors = vectors;
    this.workers = workers;
    this.progress = progress;
    this.mostKept = mostKept;
  }

  PairDistances measure(double share) throws IOException, StageFailure, InterruptedException {
    long dropped = (long) (share * vectors.elements());
    MagnitudeRange ofX = MagnitudeRange.NOTHING;
    MagnitudeRange ofY = MagnitudeRange.NOTHING;
    if (dropped > 0) {
      ofX = BorderSample.range(vectors.firsts(), share, mostKept);
      ofY = BorderSample.range(vectors.seconds(), share, mostKept);
    }
    Optional<SortedMap<Integer, DistanceSum>> once =
        new OneReading(vectors, ofX, ofY, mostKept).measure(dropped, workers, progress);
    SortedMap<Integer, DistanceSum> layers =
        once.isPresent()
            ? once.get()
            : new CountedReadings(vectors, workers, progress).measure(dropped);
    return PairDistances.of(vectors.name(), layers);
  }
}
