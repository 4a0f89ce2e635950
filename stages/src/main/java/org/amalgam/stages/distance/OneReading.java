package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Distances from one reading: what lies outside the ranges of magnitudes that should hold TSSD's
 * borders is added up at once, what lies within is kept until all is read. Then the borders are
 * selected from what was kept.
 */
final class OneReading {
  private final WeightVectors vectors;
  private final MagnitudeRange ofX;
  private final MagnitudeRange ofY;
  private final long most;

  /**
   * A reading to come.
   *
   * @param most how many positions may be kept, 8 to 16 bytes each; no matter of the machine's
   *     memory, since the last bits of sums depend on whether all could be kept
   */
  OneReading(WeightVectors vectors, MagnitudeRange ofX, MagnitudeRange ofY, long most) {
    this.vectors = vectors;
    this.ofX = ofX;
    this.ofY = ofY;
    this.most = most;
  }

  /**
   * The sums by layer; nothing if a border lies outside its range, or too much lies within.
   *
   * @param dropped how many elements of each vector TSSD drops
   * @throws StageFailure if a weight is not finite
   */
  Optional<SortedMap<Integer, DistanceSum>> measure(
      long dropped, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    List<PairReading> readings = new ArrayList<>();
    vectors.pairs().forEach(pair -> readings.add(new PairReading(ofX, ofY)));
    if (!read(readings, workers, progress)) {
      return Optional.empty();
    }
    if (dropped > 0) {
      long stay = vectors.elements() - dropped;
      Optional<Truncation> x =
          border(
              readings.stream().map(reading -> reading.undecided().heldX()).toList(),
              ofX,
              stay - readings.stream().mapToLong(PairReading::aboveX).sum());
      Optional<Truncation> y =
          border(
              readings.stream().map(reading -> reading.undecided().heldY()).toList(),
              ofY,
              stay - readings.stream().mapToLong(PairReading::aboveY).sum());
      if (x.isEmpty() || y.isEmpty()) {
        return Optional.empty();
      }
      decide(readings, x.get().after(0), y.get().after(0));
    }
    return Optional.of(vectors.byLayer(readings.stream().map(PairReading::sum).toList()));
  }

  private boolean read(List<PairReading> readings, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    AtomicLong undecided = new AtomicLong();
    workers.run(
        IntStream.range(0, readings.size()).boxed().toList(),
        index -> Pieces.memory(2, 0),
        index -> {
          WeightPair pair = vectors.pairs().get(index);
          PairReading reading = readings.get(index);
          Pieces.forEach(
              List.of(pair.first(), pair.second()),
              (values, count) -> {
                if (undecided.get() <= most) {
                  long before = reading.undecided().size();
                  reading.add(values[0], values[1], count);
                  undecided.addAndGet(reading.undecided().size() - before);
                }
              });
          if (!reading.sum().isFinite()) {
            throw notFinite(pair);
          }
        },
        progress,
        "tensor");
    return undecided.get() <= most;
  }

  /**
   * Selects a border.
   *
   * @param held the magnitudes that lie in the range, of each tensor
   * @param stay how many of them stay
   */
  private static Optional<Truncation> border(
      List<FloatChunks> held, MagnitudeRange range, long stay) {
    long size = held.stream().mapToLong(FloatChunks::size).sum();
    if (stay < 0 || stay >= size) {
      // Beyond the last magnitude above zero there is zero, and it does not matter which of them.
      return stay >= size && range.low() == 0 ? Optional.of(Truncation.NONE) : Optional.empty();
    }
    MagnitudeRank rank = new MagnitudeRank();
    held.forEach(chunks -> chunks.count(rank));
    rank.narrow(stay + 1);
    held.forEach(chunks -> chunks.count(rank));
    return Optional.of(Truncation.of(rank));
  }

  private static void decide(
      List<PairReading> readings, Truncation.Cursor ofX, Truncation.Cursor ofY) {
    for (PairReading reading : readings) {
      reading.undecided().decide(reading.sum(), ofX, ofY);
    }
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
