package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Distances where {@link OneReading} does not do, in four readings and little memory: two that
 * count magnitudes find TSSD's borders, one where equal magnitudes lie, one the sums.
 */
final class CountedReadings {
  private static final int READINGS = 4;
  private static final long COUNTS = (long) Long.BYTES << 16;

  private final WeightVectors vectors;
  private final List<Integer> indices;
  private final Workers workers;
  private final Progress progress;
  private long done;

  CountedReadings(WeightVectors vectors, Workers workers, Progress progress) {
    this.vectors = vectors;
    this.indices = IntStream.range(0, vectors.pairs().size()).boxed().toList();
    this.workers = workers;
    this.progress = progress;
  }

  /** The sums by layer, if the first {@code dropped} elements by magnitude are dropped. */
  SortedMap<Integer, DistanceSum> measure(long dropped)
      throws IOException, StageFailure, InterruptedException {
    long elements = vectors.elements();
    MagnitudeRank x = new MagnitudeRank();
    MagnitudeRank y = new MagnitudeRank();
    count(x, y);
    x.narrow(elements - dropped + 1);
    y.narrow(elements - dropped + 1);
    count(x, y);
    Truncation ofX = Truncation.of(x);
    Truncation ofY = Truncation.of(y);
    return sums(ofX, ofY, ties(ofX.border(), ofY.border()));
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
        (at, total, unit, shown) -> progress.at((before + at) / READINGS, total, unit, shown),
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
                  boolean staysX = x.keeps(a) && a != 0;
                  boolean staysY = y.keeps(b) && b != 0;
                  sum.addKept(sum.add(a, b), staysX, staysY);
                }
              });
        });
    return vectors.byLayer(sums);
  }
}
