package org.amalgam.stages.distance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.MagnitudeRank;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistancesTest {
  private static final Workers WORKERS = new Workers(2, 64L << 20);

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  /** The distances of two vectors that are spread over the matrices of two layers. */
  private Distances between(float[] x, float[] y) throws Exception {
    return distances(x, y, 0.5).all();
  }

  private PairDistances distances(float[] x, float[] y, double truncation) throws Exception {
    Path path = directory.resolve("model.safetensors");
    SafetensorsWriter.write(path, model(x, y), Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      return PairDistances.betweenExperts(
              file, ComparedWeights.MATRICES, truncation, WORKERS, Progress.SILENT)
          .get(0);
    }
  }

  /** The top layer also has a cross-modal expert: 2 x the vision expert. */
  private static SortedMap<String, HostTensor> model(float[] x, float[] y) {
    SortedMap<String, HostTensor> model = new TreeMap<>();
    int half = x.length / 2;
    for (int layer = 0; layer < 2; layer++) {
      int from = layer * half;
      String attention = "transformer.blocks." + layer + ".attn.";
      float[] vision = Arrays.copyOfRange(x, from, from + half);
      put(model, attention + "v", vision);
      put(model, attention + "l", Arrays.copyOfRange(y, from, from + half));
      if (layer == 1) {
        for (int i = 0; i < half; i++) {
          vision[i] *= 2;
        }
        put(model, attention + "vl", vision);
      }
    }
    model.put("pooler.dense.weight", HostTensor.ofFloats(new float[] {9}, 1, 1));
    return model;
  }

  private static void put(SortedMap<String, HostTensor> model, String module, float[] values) {
    model.put(module + ".proj.weight", HostTensor.ofFloats(values, 1, values.length));
    model.put(module + ".proj.bias", HostTensor.ofFloats(new float[] {values[0] + 1}, 1));
  }

  static float[] normal(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] scaled(float[] x, float by) {
    float[] scaled = x.clone();
    for (int i = 0; i < x.length; i++) {
      scaled[i] *= by;
    }
    return scaled;
  }

  @Test
  void aHandfulOfWeightsByHand() throws Exception {
    float[] x = {1, -2, 3, 0.5f};
    float[] y = {1, 2, -1, -0.5f};
    Distances distances = between(x, y);
    // |x + y| / (|x| + |y|): 1, 0, 1/2, 0.
    assertThat(distances.ssd()).isEqualTo(0.625);
    assertThat(distances.l2()).isEqualTo(Math.sqrt(0 + 16 + 16 + 1));
    assertThat(distances.cosine())
        .isCloseTo(1 - (1 - 4 - 3 - 0.25) / Math.sqrt(14.25 * 6.25), within(1e-15));
    // Kept are -2 and 3 of x; of y 2 and, as the first of two ones is dropped, -1: 0 and 1/2.
    assertThat(distances.tssd()).isEqualTo(0.75);
    assertThat(distances.kept()).isEqualTo(2);
    assertThat(distances.elements()).isEqualTo(4);
  }

  @Test
  void identicalVectorsAreAtZeroAndOppositeOnesAtOne() throws Exception {
    float[] x = normal(1, 1000);
    assertThat(between(x, x)).isEqualTo(new Distances(1000, 0, 0, 0, 0, 500));
    Distances opposite = between(x, scaled(x, -1));
    assertThat(opposite.ssd()).isEqualTo(1);
    assertThat(opposite.tssd()).isEqualTo(1);
    assertThat(opposite.cosine()).isEqualTo(2);
  }

  @Test
  void zeroAgreesWithEverySign() throws Exception {
    float[] zero = new float[1000];
    Distances distances = between(normal(1, 1000), zero);
    assertThat(distances.ssd()).isEqualTo(0);
    assertThat(distances.tssd()).isEqualTo(0);
    assertThat(distances.cosine()).isEqualTo(1);
    assertThat(between(zero, zero)).isEqualTo(new Distances(1000, 0, 0, 0, 0, 0));
  }

  @Test
  void oppositeSignsCountByTheRatioOfTheirMagnitudes() throws Exception {
    float[] x = normal(2, 100);
    for (float ratio : new float[] {0.125f, 0.5f}) {
      double expected = 2.0 * ratio / (1.0 + ratio);
      assertThat(between(x, scaled(x, -ratio)).ssd()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void neitherOrderNorCommonScaleMatters() throws Exception {
    float[] x = normal(3, 1000);
    float[] y = normal(4, 1000);
    Distances distances = between(x, y);
    assertThat(between(y, x)).isEqualTo(distances);
    Distances scaled = between(scaled(x, 4), scaled(y, 4));
    assertThat(scaled)
        .isEqualTo(
            new Distances(
                1000,
                4 * distances.l2(),
                distances.cosine(),
                distances.ssd(),
                distances.tssd(),
                distances.kept()));
  }

  @Test
  void independentNormalVectorsAreAtTheirKnownDistances() throws Exception {
    int n = 400_000;
    Distances distances = between(normal(5, n), normal(6, n));
    assertThat(distances.ssd()).isCloseTo(0.5 - Math.log(2) / Math.PI, within(2e-3));
    assertThat(distances.tssd()).isCloseTo(0.1342, within(2e-3));
    assertThat((double) distances.kept() / n).isCloseTo(0.75, within(2e-3));
    assertThat(distances.cosine()).isCloseTo(1, within(5e-3));
    assertThat(distances.l2()).isCloseTo(Math.sqrt(2.0 * n), within(2.0));
  }

  @Test
  void truncationDropsWhatASortWouldDrop() throws Exception {
    for (int round = 0; round < 40; round++) {
      float[] x = normal(100 + round, 501);
      if (round % 2 == 0) {
        // Many ties, zeros of both signs among them.
        for (int i = 0; i < x.length; i++) {
          x[i] = Math.round(x[i] * 2) / 2f * (i % 3 == 0 ? -1 : 1);
        }
      }
      int k = round * 12;
      Integer[] order = new Integer[x.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(
          order, (a, b) -> Float.compare(Math.abs(x[a]), Math.abs(x[b]))); // stable: first first
      boolean[] kept = new boolean[x.length];
      for (int i = k; i < x.length; i++) {
        kept[order[i]] = true;
      }
      Truncation.Cursor truncation = truncation(x, k).after(0);
      for (int i = 0; i < x.length; i++) {
        assertThat(truncation.keeps(x[i])).as("round %d, element %d", round, i).isEqualTo(kept[i]);
      }
    }
  }

  private static Truncation truncation(float[] vector, int k) {
    if (k == 0) {
      return Truncation.NONE;
    }
    MagnitudeRank rank = new MagnitudeRank();
    rank.count(vector, vector.length);
    rank.narrow(vector.length - k + 1);
    rank.count(vector, vector.length);
    return Truncation.of(rank);
  }

  @Test
  void anOddLengthKeepsTheLargerHalf() throws Exception {
    float[] x = normal(8, 501);
    Truncation.Cursor truncation = truncation(x, 250).after(0);
    int kept = 0;
    for (float value : x) {
      kept += truncation.keeps(value) ? 1 : 0;
    }
    assertThat(kept).isEqualTo(251);
  }

  @Test
  void theLayersAddUpToTheWhole() throws Exception {
    PairDistances distances = distances(normal(9, 2000), normal(10, 2000), 0.5);
    assertThat(distances.layers().keySet()).containsExactly(0, 1);
    double squares = 0;
    double ssd = 0;
    double tssd = 0;
    long kept = 0;
    for (Distances layer : distances.layers().values()) {
      squares += layer.l2() * layer.l2();
      ssd += layer.ssd() * layer.elements();
      tssd += layer.tssd() * layer.kept();
      kept += layer.kept();
    }
    Distances all = distances.all();
    assertThat(all.l2()).isCloseTo(Math.sqrt(squares), within(1e-9));
    assertThat(all.ssd()).isCloseTo(ssd / all.elements(), within(1e-12));
    assertThat(all.tssd()).isCloseTo(tssd / kept, within(1e-12));
    assertThat(all.kept()).isEqualTo(kept);
  }

  @Test
  void withoutTruncationTssdIsSsd() throws Exception {
    Distances all = distances(normal(11, 1000), normal(12, 1000), 0).all();
    assertThat(all.tssd()).isEqualTo(all.ssd());
    assertThat(distances(normal(11, 1000), normal(12, 1000), 1).all().kept()).isZero();
  }

  @Test
  void theStageWritesAllPairs() throws Exception {
    JsonNode metrics = run(normal(13, 1000), normal(14, 1000), ComparedWeights.MATRICES);
    assertThat(metrics.at("/weights").asText()).isEqualTo("matrices");
    assertThat(metrics.at("/v-l/elements").asLong()).isEqualTo(1000);
    assertThat(metrics.at("/v-l/layers/1/elements").asLong()).isEqualTo(500);
    // The cross-modal expert, in the top layer only, is twice the vision expert.
    assertThat(metrics.at("/v-vl/elements").asLong()).isEqualTo(500);
    assertThat(metrics.at("/v-vl/ssd").asDouble()).isZero();
    assertThat(metrics.at("/v-vl/cosine").asDouble()).isCloseTo(0, within(1e-15));
    assertThat(metrics.at("/l-vl/tssd").asDouble()).isBetween(0.0, 1.0);
    assertThat(metrics.at("/v-vl/layers/0").isMissingNode()).isTrue();
    assertThat(directory.resolve("output/layers.csv"))
        .content()
        .startsWith("pair,layer,l2,cosine,ssd,tssd,elements,kept\nv-l,0,")
        .hasLineCount(5);
    JsonNode all = run(normal(13, 1000), normal(14, 1000), ComparedWeights.ALL);
    assertThat(all.at("/v-l/elements").asLong()).isEqualTo(1002);
  }

  @Test
  void theNumberOfThreadsDoesNotChangeABit() throws Exception {
    float[] x = normal(16, 3000);
    float[] y = normal(17, 3000);
    for (int i = 0; i < x.length; i += 2) {
      x[i] = Math.round(x[i] * 4) / 4f; // ties over both layers
    }
    Path path = directory.resolve("model.safetensors");
    SafetensorsWriter.write(path, model(x, y), Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      List<PairDistances> alone = null;
      for (int threads : new int[] {1, 2, 3}) {
        List<PairDistances> found =
            PairDistances.betweenExperts(
                file, ComparedWeights.ALL, 0.3, new Workers(threads, 64L << 20), Progress.SILENT);
        assertThat(found).isEqualTo(alone == null ? found : alone);
        alone = found;
      }
    }
  }

  @Test
  void weightsThatAreNotFiniteAreNamed() {
    float[] broken = normal(15, 10);
    broken[7] = Float.POSITIVE_INFINITY;
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> run(normal(13, 10), broken, ComparedWeights.MATRICES))
        .withMessageContaining("transformer.blocks.1.attn.l.proj.weight holds Infinity");
  }

  private JsonNode run(float[] x, float[] y, ComparedWeights weights) throws Exception {
    SafetensorsWriter.write(directory.resolve("model.safetensors"), model(x, y), Map.of());
    Input input = new Input("weights", Digest.of("model"), directory);
    Path output = Files.createDirectories(directory.resolve("output"));
    new DistanceStage()
        .run(
            new DistanceSettings(input, null, weights, 0.5),
            new TrialContext(output, DistancesTest::notLogged));
    return metrics(output);
  }

  private static JsonNode metrics(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("metrics.json").toFile());
  }

  private static void notLogged(String line) {
    throw new AssertionError("nothing to log: " + line);
  }
}
