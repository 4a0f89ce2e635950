package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The methods that came after the paper, each against a slow one written from its definition. */
class LaterMethodsTest {
  private static final SortedMap<String, HostTensor> SPECIFIC =
      SmallModel.weights(SmallModel.ALL, 21);
  private static final SortedMap<String, HostTensor> ORIGIN = SmallModel.weights(Set.of(), 22);
  private static final SortedMap<String, HostTensor> GRAMS = SmallModel.grams(23, 40);

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  /** One place: its name, its experts' elements in the order v, l, vl, and W0's. */
  private record Place(String name, List<float[]> experts, float[] origin) {
    float[] vector(int expert) {
      float[] vector = experts.get(expert).clone();
      for (int i = 0; i < vector.length; i++) {
        vector[i] -= origin[i];
      }
      return vector;
    }
  }

  private static List<Place> places(SortedMap<String, HostTensor> specific) {
    List<Place> places = new ArrayList<>();
    for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
      for (String parameter : SmallModel.PARAMETERS.keySet()) {
        String block = "transformer.blocks." + layer + ".";
        List<float[]> experts = new ArrayList<>();
        for (String expert : SmallModel.experts(layer)) {
          experts.add(floats(specific, block + parameter.replaceFirst("\\.", "." + expert + ".")));
        }
        places.add(new Place(block + parameter, experts, floats(ORIGIN, block + parameter)));
      }
    }
    return places;
  }

  private static float[] floats(SortedMap<String, HostTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  private SortedMap<String, HostTensor> merge(MergeMethod method) throws Exception {
    return SmallModel.merge(directory, method, SPECIFIC, ORIGIN, GRAMS);
  }

  private static void assertClose(float[] actual, double[] expected, String name) {
    assertThat(actual).as(name).hasSize(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(1e-6));
    }
  }

  private static float cut(List<Place> places, int expert, double density) {
    List<Float> magnitudes = new ArrayList<>();
    for (Place place : places) {
      if (expert < place.experts().size()) {
        for (float element : place.vector(expert)) {
          magnitudes.add(Math.abs(element));
        }
      }
    }
    magnitudes.sort(null);
    int kept = (int) Math.floor(density * magnitudes.size());
    return magnitudes.get(magnitudes.size() - kept);
  }

  @Test
  void tiesTrimsOverTheWholeVectorElectsSignsAndAveragesThoseThatAgree() throws Exception {
    List<Place> places = places(SPECIFIC);
    for (double density : new double[] {0.2, 0.55, 0.9}) {
      SortedMap<String, HostTensor> merged = merge(new Ties(density, 0.7));
      float[] cuts = new float[3];
      for (int expert = 0; expert < 3; expert++) {
        cuts[expert] = cut(places, expert, density);
      }
      for (Place place : places) {
        double[] expected = new double[place.origin().length];
        for (int i = 0; i < expected.length; i++) {
          double sum = 0;
          for (int e = 0; e < place.experts().size(); e++) {
            float element = place.vector(e)[i];
            sum += Math.abs(element) >= cuts[e] ? element : 0;
          }
          double agreeing = 0;
          int number = 0;
          for (int e = 0; e < place.experts().size(); e++) {
            float element = place.vector(e)[i];
            if (Math.abs(element) >= cuts[e] && element * sum > 0) {
              agreeing += element;
              number++;
            }
          }
          expected[i] = place.origin()[i] + (number == 0 ? 0 : 0.7 * agreeing / number);
        }
        assertClose(floats(merged, place.name()), expected, place.name());
      }
    }
    for (Place place : places) {
      assertThat(floats(merge(new Ties(0, 1)), place.name())).isEqualTo(place.origin());
    }
  }

  @Test
  void dareDropsAPartRescalesTheRestAndKeepsTheSumOnAverage() throws Exception {
    SortedMap<String, HostTensor> all = merge(new Dare(0, 0.4, false, 1));
    SortedMap<String, HostTensor> arithmetic =
        merge(new ModalityArithmetic(0.4, Variant.PAPER, false, MergeTask.ANY));
    assertThat(all).isEqualTo(arithmetic);

    int dropped = 0;
    int elements = 0;
    for (Place place : places(SPECIFIC)) {
      float[] merged = floats(merge(new Dare(0.6, 1, false, 1)), place.name());
      if (place.experts().size() == 2) {
        for (int i = 0; i < merged.length; i++) {
          double move = merged[i] - place.origin()[i];
          double v = place.vector(0)[i] / 0.4;
          double l = place.vector(1)[i] / 0.4;
          assertThat(List.of(0.0, v, l, v + l)).anyMatch(each -> Math.abs(each - move) < 2e-6);
          dropped += Math.abs(move) < 2e-6 ? 1 : 0;
          elements++;
        }
      }
    }
    assertThat((double) dropped / elements).isCloseTo(0.36, within(0.04));
  }

  @Test
  void whatIsDroppedDependsOnTheSeedAndTheNameAlone() throws Exception {
    Dare dare = new Dare(0.5, 1, true, 3);
    Path model = SmallModel.save(directory.resolve("model"), SPECIFIC);
    Path origin = SmallModel.save(directory.resolve("origin"), ORIGIN);
    List<byte[]> bytes = new ArrayList<>();
    for (int threads : new int[] {1, 2, 7}) {
      try (MergeInputs inputs = MergeInputs.open(model, origin, null, null)) {
        Path file = directory.resolve("merged-" + threads);
        new Merge(dare, inputs).write(file, new Workers(threads, 1 << 24), Progress.SILENT);
        bytes.add(Files.readAllBytes(file));
      }
    }
    assertThat(bytes).allMatch(each -> Arrays.equals(each, bytes.get(0)));
    assertThat(merge(new Dare(0.5, 1, true, 4))).isNotEqualTo(merge(dare));
  }

  private static double[] arc(double[] a, double[] b, double t) {
    double aa = 0;
    double ab = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      aa += a[i] * a[i];
      ab += a[i] * b[i];
      bb += b[i] * b[i];
    }
    double angle = Math.acos(ab / Math.sqrt(aa * bb));
    double[] between = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      between[i] =
          (Math.sin((1 - t) * angle) * a[i] + Math.sin(t * angle) * b[i]) / Math.sin(angle);
    }
    return between;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Test
  void slerpGoesAlongTheArcAndNestsInTheTopLayers() throws Exception {
    SortedMap<String, HostTensor> merged = merge(new Slerp(0.7));
    for (Place place : places(SPECIFIC)) {
      double[] expected =
          arc(doubles(place.experts().get(0)), doubles(place.experts().get(1)), 0.3);
      if (place.experts().size() == 3) {
        expected = arc(expected, doubles(place.experts().get(2)), 1 / 3.0);
      }
      assertClose(floats(merged, place.name()), expected, place.name());
    }
    // Nearly parallel, opposite, and without a direction: the straight line.
    assertThat(Slerp.arc(1, 0.99999, 1, 0.25)).containsExactly(0.75, 0.25);
    assertThat(Slerp.arc(1, -1, 1, 0.25)).containsExactly(0.75, 0.25);
    assertThat(Slerp.arc(0, 0, 1, 0.25)).containsExactly(0.75, 0.25);
    double[] right = Slerp.arc(4, 0, 9, 0.5);
    assertThat(right).containsExactly(new double[] {Math.sqrt(0.5), Math.sqrt(0.5)}, within(1e-15));
  }

  private SortedMap<String, HostTensor> fisher(boolean equal) {
    SortedMap<String, HostTensor> fisher = new TreeMap<>();
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    for (String name : SPECIFIC.keySet()) {
      if (!ORIGIN.containsKey(name)) {
        HostTensor weights = Objects.requireNonNull(SPECIFIC.get(name));
        float[] values = new float[(int) weights.info().elements()];
        for (int i = 0; i < values.length; i++) {
          values[i] = equal ? 3 : (float) random.nextDouble();
        }
        fisher.put(name, HostTensor.ofFloats(values, weights.info().shape()));
      }
    }
    return fisher;
  }

  @Test
  void fisherWeighsEachElement() throws Exception {
    SmallModel.save(directory.resolve("fisher"), fisher(true));
    Interpolation interpolation = new Interpolation(0.3, false, MergeTask.ANY);
    SortedMap<String, HostTensor> mean = merge(interpolation);
    SortedMap<String, HostTensor> equal = merge(new Fisher(0.3, 1e-6, true));
    SortedMap<String, HostTensor> random = fisher(false);
    SmallModel.save(directory.resolve("fisher"), random);
    SortedMap<String, HostTensor> merged = merge(new Fisher(0.5, 0.01, false));
    for (Place place : places(SPECIFIC)) {
      assertClose(floats(equal, place.name()), doubles(floats(mean, place.name())), place.name());
      double[] expected = new double[place.origin().length];
      for (int i = 0; i < expected.length; i++) {
        double sum = 0;
        double divisor = 0;
        for (int e = 0; e < place.experts().size(); e++) {
          String expert = List.of("v", "l", "vl").get(e);
          String name =
              place.name().replaceFirst("(blocks\\.\\d+\\.\\w+)\\.", "$1." + expert + ".");
          double weight = floats(random, name)[i] + 0.01;
          sum += weight * place.experts().get(e)[i];
          divisor += weight;
        }
        expected[i] = sum / divisor;
      }
      assertClose(floats(merged, place.name()), expected, place.name());
    }
  }

  @Test
  void anExpertWithoutGradientsInALayerCountsOnlyByTheFloor() throws Exception {
    SortedMap<String, HostTensor> fisher = fisher(true);
    fisher.keySet().removeIf(name -> name.matches("transformer\\.blocks\\.2\\.\\w+\\.[vl]\\..*"));
    SmallModel.save(directory.resolve("fisher"), fisher);
    SortedMap<String, HostTensor> merged = merge(new Fisher(0.5, 1e-9, true));
    for (Place place : places(SPECIFIC)) {
      if (place.experts().size() == 3) {
        double[] cross = doubles(place.experts().get(2));
        assertClose(floats(merged, place.name()), cross, place.name());
      }
    }
    fisher.remove("transformer.blocks.1.attn.v.qkv.weight");
    SmallModel.save(directory.resolve("fisher"), fisher);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(new Fisher(0.5, 1e-9, true)))
        .withMessageContaining("but no transformer.blocks.1.attn.v.qkv.weight");
  }

  @Test
  void modelStockGoesAsFarFromTheOriginAsTheVectorsAgree() throws Exception {
    SortedMap<String, HostTensor> merged = merge(new ModelStock());
    for (Place place : places(SPECIFIC)) {
      int number = place.experts().size();
      double cosines = 0;
      for (int a = 0; a < number; a++) {
        for (int b = a + 1; b < number; b++) {
          double[] dots = new double[3];
          for (int i = 0; i < place.origin().length; i++) {
            double x = place.vector(a)[i];
            double y = place.vector(b)[i];
            dots[0] += x * x;
            dots[1] += x * y;
            dots[2] += y * y;
          }
          cosines += dots[1] / Math.sqrt(dots[0] * dots[2]);
        }
      }
      double cosine = Math.max(0, cosines / (number == 2 ? 1 : 3));
      double t = number * cosine / (1 + (number - 1) * cosine);
      double[] expected = new double[place.origin().length];
      for (int i = 0; i < expected.length; i++) {
        double mean = 0;
        for (float[] expert : place.experts()) {
          mean += expert[i] / number;
        }
        expected[i] = t * mean + (1 - t) * place.origin()[i];
      }
      assertClose(floats(merged, place.name()), expected, place.name());
    }
    assertThat(ModelStock.weights(new double[][] {{1, 1}, {1, 1}})).containsExactly(0, 0.5, 0.5);
    assertThat(ModelStock.weights(new double[][] {{1, -0.5}, {-0.5, 1}})).containsExactly(1, 0, 0);
    assertThat(ModelStock.weights(new double[][] {{0, 0}, {0, 1}})).containsExactly(1, 0, 0);
  }

  @Test
  void layerWiseCoefficientsAreOfTheExpertAndTheLayer() throws Exception {
    List<Double> vision = List.of(0.1, 0.2, 0.3);
    SortedMap<String, HostTensor> merged =
        merge(new LayerWise(vision, List.of(0.5), List.of(0.25)));
    for (Place place : places(SPECIFIC)) {
      int layer = place.name().charAt("transformer.blocks.".length()) - '0';
      double[] expected = doubles(place.origin());
      for (int i = 0; i < expected.length; i++) {
        expected[i] += vision.get(layer) * place.vector(0)[i] + 0.5 * place.vector(1)[i];
        expected[i] += place.experts().size() == 3 ? 0.25 * place.vector(2)[i] : 0;
      }
      assertClose(floats(merged, place.name()), expected, place.name());
    }
    List<Double> two = List.of(1.0, 2.0);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(new LayerWise(two, two, List.of(0.25))))
        .withMessageContaining("vision has 2 coefficients, but the model has 3 such layers");
  }

  @Test
  void equalExpertsStayWhatTheyAre() throws Exception {
    SortedMap<String, HostTensor> equal = new TreeMap<>(SPECIFIC);
    for (String name : SPECIFIC.keySet()) {
      String vision = name.replaceFirst("(blocks\\.\\d+\\.\\w+)\\.(l|vl)\\.", "$1.v.");
      equal.put(name, Objects.requireNonNull(SPECIFIC.get(vision), vision));
    }
    SmallModel.save(directory.resolve("fisher"), fisher(false));
    List<MergeMethod> methods =
        List.of(
            new Slerp(0.3),
            new Ties(1, 1),
            new Fisher(0.4, 1e-6, true),
            new ModelStock(),
            new LayerWise(List.of(0.25), List.of(0.25), List.of(0.5)));
    for (MergeMethod method : methods) {
      SortedMap<String, HostTensor> merged =
          SmallModel.merge(directory, method, equal, ORIGIN, GRAMS);
      for (Place place : places(equal)) {
        double[] expected = doubles(place.experts().get(0));
        if (method instanceof LayerWise && place.experts().size() == 2) {
          for (int i = 0; i < expected.length; i++) {
            expected[i] = (expected[i] + place.origin()[i]) / 2;
          }
        }
        assertClose(floats(merged, place.name()), expected, method + " " + place.name());
      }
      for (String name : List.of("pooler.dense.weight", "transformer.blocks.1.gamma_1")) {
        assertThat(merged.get(name)).isEqualTo(equal.get(name));
      }
    }
  }

  @Test
  void aThresholdIsFoundByCountingWhereASortWouldFindIt() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(3);
    float[] values = new float[5000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.scalb(random.nextDouble() - 0.5, random.nextInt(-3, 4));
    }
    Arrays.fill(values, 100, 900, 0.125f);
    float[] sorted = values.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);
    for (int k : new int[] {1, 2, 777, 2500, 4999, 5000}) {
      var rank = new org.amalgam.stages.tensor.MagnitudeRank();
      var other = rank.another();
      other.count(values, values.length);
      rank.add(other);
      rank.narrow(k);
      rank.count(values, values.length);
      assertThat(Float.intBitsToFloat(rank.threshold())).isEqualTo(sorted[sorted.length - k]);
    }
  }
}
