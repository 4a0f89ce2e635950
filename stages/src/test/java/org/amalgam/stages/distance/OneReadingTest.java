package org.amalgam.stages.distance;

import static org.amalgam.stages.distance.DistancesTest.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.MagnitudeRank;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distances from one reading, against four readings that count everything. */
class OneReadingTest {
  private static final Workers WORKERS = new Workers(2, 64L << 20);
  private static final long MOST = DistancePasses.MOST_KEPT;

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private SafetensorsFile experts(float[]... experts) throws Exception {
    SortedMap<String, HostTensor> model = new TreeMap<>();
    for (int layer = 0; layer < 3; layer++) {
      for (int i = 0; i < 2; i++) {
        int length = experts[i].length / 3;
        float[] part = Arrays.copyOfRange(experts[i], layer * length, (layer + 1) * length);
        model.put(
            "transformer.blocks.%d.attn.%s.proj.weight".formatted(layer, i == 0 ? "v" : "l"),
            HostTensor.ofFloats(part, 1, length));
      }
    }
    Path path = directory.resolve("model.safetensors");
    SafetensorsWriter.write(path, model, Map.of());
    return SafetensorsFile.open(path);
  }

  private static WeightVectors vectors(SafetensorsFile file) throws Exception {
    return WeightVectors.ofExperts(file, ComparedWeights.MATRICES).get(0);
  }

  /** Rounded to few magnitudes, zeros of both signs among them. */
  private static float[] tied(float[] values) {
    float[] tied = values.clone();
    for (int i = 0; i < tied.length; i++) {
      tied[i] = Math.round(tied[i] * 3) / 3f * (i % 5 == 0 ? -1 : 1);
    }
    return tied;
  }

  private static int magnitude(float[] values, int dropped) {
    float[] sorted = new float[values.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(values[i]);
    }
    Arrays.sort(sorted);
    return MagnitudeRank.bits(sorted[Math.min(dropped, sorted.length) - 1]);
  }

  private static void assertAlike(
      SortedMap<Integer, DistanceSum> found, SortedMap<Integer, DistanceSum> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    List<DistanceSum> others = List.copyOf(expected.values());
    int at = 0;
    for (DistanceSum layer : found.values()) {
      Distances one = layer.distances();
      Distances other = others.get(at++).distances();
      assertThat(one.elements()).isEqualTo(other.elements());
      assertThat(one.kept()).isEqualTo(other.kept());
      assertThat(one.l2()).isCloseTo(other.l2(), within(1e-12 * other.l2()));
      assertThat(one.cosine()).isCloseTo(other.cosine(), within(1e-12));
      assertThat(one.ssd()).isCloseTo(other.ssd(), within(1e-12));
      assertThat(one.tssd()).isCloseTo(other.tssd(), within(1e-12));
    }
  }

  @Test
  void itDropsWhatCountingDropsWhereverTheRangesThatHoldTheBordersEnd() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 40; round++) {
      float[] x = normal(2 * round, 3_000);
      float[] y = normal(2 * round + 1, 3_000);
      x = round % 2 == 0 ? tied(x) : x;
      y = round % 4 == 0 ? tied(y) : y;
      int dropped = 1 + random.nextInt(3_000);
      int borderX = magnitude(x, dropped);
      int borderY = magnitude(y, dropped);
      MagnitudeRange ofX =
          new MagnitudeRange(Math.max(0, borderX - random.nextInt(1 << 22)), borderX);
      MagnitudeRange ofY = new MagnitudeRange(borderY, borderY + random.nextInt(1 << 22));
      try (SafetensorsFile file = experts(x, y)) {
        WeightVectors vectors = vectors(file);
        Optional<SortedMap<Integer, DistanceSum>> once =
            new OneReading(vectors, ofX, ofY, MOST).measure(dropped, WORKERS, Progress.SILENT);
        assertThat(once).as("round %d", round).isPresent();
        assertAlike(
            once.get(), new CountedReadings(vectors, WORKERS, Progress.SILENT).measure(dropped));
      }
    }
  }

  @Test
  void aRangeThatDoesNotHoldTheBorderIsNoticed() throws Exception {
    float[] x = normal(1, 3_000);
    float[] y = normal(2, 3_000);
    try (SafetensorsFile file = experts(x, y)) {
      for (boolean above : new boolean[] {false, true}) {
        MagnitudeRange wrongOfX = beside(magnitude(x, 1_500), above);
        MagnitudeRange wrongOfY = beside(magnitude(y, 1_500), above);
        assertThat(once(file, wrongOfX, MagnitudeRange.ALL)).isEmpty();
        assertThat(once(file, MagnitudeRange.ALL, wrongOfY)).isEmpty();
        assertThat(once(file, MagnitudeRange.ALL, MagnitudeRange.ALL)).isPresent();
      }
    }
  }

  private static MagnitudeRange beside(int border, boolean above) {
    return above
        ? new MagnitudeRange(border + 1, Integer.MAX_VALUE)
        : new MagnitudeRange(0, border - 1);
  }

  private static Optional<SortedMap<Integer, DistanceSum>> once(
      SafetensorsFile file, MagnitudeRange ofX, MagnitudeRange ofY) throws Exception {
    return new OneReading(vectors(file), ofX, ofY, MOST).measure(1_500, WORKERS, Progress.SILENT);
  }

  @Test
  void aLongVectorIsSampledAndOneWithMoreEqualWeightsThanMayBeKeptIsCounted() throws Exception {
    int n = 3_000_000;
    float[] x = normal(3, n);
    float[] y = normal(4, n);
    try (SafetensorsFile file = experts(x, y)) {
      WeightVectors vectors = vectors(file);
      MagnitudeRange range = BorderSample.range(vectors.firsts(), 0.5, MOST);
      assertThat(Float.intBitsToFloat(range.low())).isBetween(0.64f, 0.672f);
      assertThat(Float.intBitsToFloat(range.high())).isBetween(0.677f, 0.71f);
      assertAlike(
          new OneReading(vectors, range, BorderSample.range(vectors.seconds(), 0.5, MOST), MOST)
              .measure(n / 2, WORKERS, Progress.SILENT)
              .orElseThrow(),
          new CountedReadings(vectors, WORKERS, Progress.SILENT).measure(n / 2));
    }

    float[] equal = new float[n];
    Arrays.fill(equal, -0.5f);
    try (SafetensorsFile file = experts(equal, y)) {
      WeightVectors vectors = vectors(file);
      assertThat(
              new OneReading(
                      vectors,
                      BorderSample.range(vectors.firsts(), 0.5, MOST),
                      BorderSample.range(vectors.seconds(), 0.5, MOST),
                      250_000)
                  .measure(n / 2, WORKERS, Progress.SILENT))
          .isEmpty();
      Distances all =
          new DistancePasses(vectors, WORKERS, Progress.SILENT, 250_000).measure(0.5).all();
      // The first half of x is dropped, the smaller half of y: a quarter of the places is empty.
      assertThat((double) all.kept() / n).isCloseTo(0.75, within(1e-3));
      assertThat(all.elements()).isEqualTo(n);
    }
  }
}
