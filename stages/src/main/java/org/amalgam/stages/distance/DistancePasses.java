package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Measures the distances of two vectors that need not fit in memory: tensors are read in parallel,
 * in pieces of 128 KiB. TSSD's borders are exact order statistics of the whole vectors, found by
 * counting: two readings for the borders, one for where equal magnitudes lie, one for the sums.
 * Sums are added up in the tensors' order, so the bits do not depend on the number of threads.
 */
final class DistancePasses {
  private static final int WITH_TRUNCATION = 4;
  private static final long COUNTS = (long) Long.BYTES << 16;

  private final WeightVectors vectors;
  private final List<Integer> indices;
  private final Workers workers;
  private final Progress progress;
  private long done;

  DistancePasses(WeightVectors vectors, Workers workers, Progress progress) {
    this.vectors = vectors;
    this.indices = IntStream.range(0, vectors.pairs().size()).boxed().toList();
    this.workers = workers;
    this.progress = progress;
  }

  /** How often every weight is read. */
  static int readings(double share) {
    return share == 0 ? 1 : WITH_TRUNCATION;
  }

  PairDistances measure(double share) throws IOException, StageFailure, InterruptedException {
    long elements = vectors.elements();
    long dropped = (long) (share * elements);
    Truncation ofX = Truncation.NONE;
    Truncation ofY = Truncation.NONE;
    long[][] ties = new long[2][indices.size() + 1];
    if (dropped > 0) {
      MagnitudeRank x = new MagnitudeRank();
      MagnitudeRank y = new MagnitudeRank();
      count(x, y);
      x.narrow(elements - dropped + 1);
      y.narrow(elements - dropped + 1);
      count(x, y);
      ofX = Truncation.of(x);
      ofY = Truncation.of(y);
      ties = ties(ofX.border(), ofY.border());
    }
    return PairDistances.of(vectors.name(), sums(ofX, ofY, ties));
  }

  private interface Reading {
    void of(int index, WeightPair pair) throws IOException, StageFailure;
  }

  private void read(long memory, Reading reading)
      throws IOException, StageFailure, InterruptedException {
    long before = done;
    workers.run(
        indices,
        index -> memory,
        index -> reading.of(index, vectors.pairs().get(index)),
        (at, total, unit, shown) -> progress.at(before + at, total, unit, shown),
        "tensor");
    done += indices.size();
  }

  private void count(MagnitudeRank x, MagnitudeRank y)
      throws IOException, StageFailure, InterruptedException {
    read(
        Pieces.memory(2, 0) + 2 * COUNTS,
        (index, pair) -> {
          MagnitudeRank ownX = x.another();
          MagnitudeRank ownY = y.another();
          Pieces.forEach(
              List.of(pair.first(), pair.second()),
              (values, count) -> {
                ownX.count(values[0], count);
                ownY.count(values[1], count);
              });
          x.add(ownX);
          y.add(ownY);
        });
  }

  /** How many elements of the border's magnitude each vector has before each tensor. */
  private long[][] ties(int borderX, int borderY)
      throws IOException, StageFailure, InterruptedException {
    long[][] before = new long[2][indices.size() + 1];
    read(
        Pieces.memory(2, 0),
        (index, pair) ->
            Pieces.forEach(
                List.of(pair.first(), pair.second()),
                (values, count) -> {
                  before[0][index + 1] += equal(values[0], count, borderX);
                  before[1][index + 1] += equal(values[1], count, borderY);
                }));
    for (long[] counts : before) {
      for (int i = 1; i < counts.length; i++) {
        counts[i] += counts[i - 1];
      }
    }
    return before;
  }

  private static int equal(float[] values, int count, int border) {
    int equal = 0;
    for (int i = 0; i < count; i++) {
      equal += MagnitudeRank.bits(values[i]) == border ? 1 : 0;
    }
    return equal;
  }

  private SortedMap<Integer, DistanceSum> sums(Truncation ofX, Truncation ofY, long[][] ties)
      throws IOException, StageFailure, InterruptedException {
    List<DistanceSum> sums = new ArrayList<>();
    indices.forEach(index -> sums.add(new DistanceSum()));
    read(
        Pieces.memory(2, 0),
        (index, pair) -> {
          DistanceSum sum = sums.get(index);
          Truncation.Cursor x = ofX.after(ties[0][index]);
          Truncation.Cursor y = ofY.after(ties[1][index]);
          Pieces.forEach(
              List.of(pair.first(), pair.second()),
              (values, count) -> {
                for (int i = 0; i < count; i++) {
                  float a = values[0][i];
                  float b = values[1][i];
                  sum.add(a, b, x.keeps(a), y.keeps(b));
                }
              });
          if (!sum.isFinite()) {
            throw notFinite(pair);
          }
        });
    SortedMap<Integer, DistanceSum> layers = new TreeMap<>();
    for (int index : indices) {
      layers
          .computeIfAbsent(vectors.pairs().get(index).layer(), any -> new DistanceSum())
          .add(sums.get(index));
    }
    return layers;
  }

  private static StageFailure notFinite(WeightPair pair) throws IOException, StageFailure {
    for (Operand operand : List.of(pair.first(), pair.second())) {
      float[] found = {0};
      Pieces.forEach(
          List.of(operand),
          (values, count) -> {
            for (int i = 0; i < count && Float.isFinite(found[0]); i++) {
              found[0] = values[0][i];
            }
          });
      if (!Float.isFinite(found[0])) {
        return new StageFailure(
            "%s: %s holds %s; it has no distance to anything"
                .formatted(operand.file().path(), operand.name(), found[0]));
      }
    }
    throw new IllegalStateException(pair + " has a sum that is not finite");
  }
}
