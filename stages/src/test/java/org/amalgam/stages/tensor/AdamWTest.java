package org.amalgam.stages.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Environment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The fused update against the textbook's, number by number. */
class AdamWTest {
  private static final String LOSS =
      """
        def loss(self, a: Tensor, b: Tensor) -> Tensor:
          return torch.add(torch.sum(torch.mul(torch.mul(a, a), a)), torch.sum(torch.mul(b, b)))
      """;
  private static final AdamW.Options OPTIONS = new AdamW.Options(0.9, 0.98, 1e-8, 0.1, 0);

  @AfterEach
  void gradientsAreOff() {
    Torch.recordGradients(false);
  }

  @Test
  void fiveStepsAreTheTextbooks() throws Exception {
    float[] a = {0.5f, -1.25f, 2};
    float[] b = {3, -0.125f};
    SortedMap<String, HostTensor> moved = train(a, b, OPTIONS, 5);

    double[] expectedA = textbook(a, 0.1, 1, x -> 3 * x * x);
    double[] expectedB = textbook(b, 0, 10, x -> 2 * x);
    assertClose(moved, "a", expectedA);
    assertClose(moved, "b.bias", expectedB);
  }

  @Test
  void aLongGradientIsScaledToTheLongestAllowed() throws Exception {
    // The first update of AdamW is the sign of the gradient, so look at the second moments' effect.
    SortedMap<String, HostTensor> free = train(new float[] {9}, new float[] {1}, OPTIONS, 3);
    AdamW.Options clipped = new AdamW.Options(0.9, 0.98, 1, 0.1, 0.01);
    SortedMap<String, HostTensor> held = train(new float[] {9}, new float[] {1}, clipped, 3);

    assertThat(Math.abs(9 - only(held, "a"))).isLessThan(Math.abs(9 - only(free, "a")));
  }

  private static SortedMap<String, HostTensor> train(
      float[] a, float[] b, AdamW.Options options, int steps) throws Exception {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    weights.put("a", HostTensor.ofFloats(a, a.length));
    weights.put("b.bias", HostTensor.ofFloats(b, b.length));
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Script script = new Script(manager, LOSS);
        FlatParameters parameters =
            new FlatParameters(
                manager,
                weights,
                name ->
                    name.equals("a")
                        ? new FlatParameters.Group(true, 1)
                        : new FlatParameters.Group(false, 10));
        AdamW adamW = new AdamW(parameters, options)) {
      Torch.recordGradients(true);
      for (int step = 0; step < steps; step++) {
        try (NDManager scope = manager.newSubManager()) {
          Map<String, NDArray> views = parameters.attach(scope);
          NDArray loss = script.one("loss", view(views, "a"), view(views, "b.bias"));
          JniUtils.backward((PtNDArray) loss, (PtNDArray) scope.ones(new Shape()), false, false);
          parameters.detach();
        }
        adamW.step(0.01);
      }
      return parameters.weights();
    }
  }

  private interface Derivative {
    double at(double x);
  }

  private static double[] textbook(
      float[] start, double decay, double rateFactor, Derivative derivative) {
    double rate = 0.01 * rateFactor;
    double[] x = new double[start.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = start[i];
      double m = 0;
      double v = 0;
      for (int t = 1; t <= 5; t++) {
        double g = derivative.at(x[i]);
        m = 0.9 * m + 0.1 * g;
        v = 0.98 * v + 0.02 * g * g;
        x[i] -= rate * decay * x[i];
        x[i] -=
            rate * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.98, t))) + 1e-8);
      }
    }
    return x;
  }

  private static NDArray view(Map<String, NDArray> views, String name) {
    NDArray view = views.get(name);
    assertThat(view).isNotNull();
    return java.util.Objects.requireNonNull(view);
  }

  private static double only(SortedMap<String, HostTensor> weights, String name) {
    return java.util.Objects.requireNonNull(weights.get(name)).floats()[0];
  }

  private static void assertClose(
      SortedMap<String, HostTensor> weights, String name, double[] expected) {
    float[] actual = java.util.Objects.requireNonNull(weights.get(name)).floats();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-6));
    }
  }
}
