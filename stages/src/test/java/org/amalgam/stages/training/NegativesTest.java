package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.Test;

class NegativesTest {
  @Test
  void aRowIsDrawnInProportionToItsWeightAndNeverWithWeightZero() {
    double[] weights = {0, 1, 3, 0};
    int[] drawn = new int[4];
    for (int i = 0; i < 40_000; i++) {
      drawn[Negatives.draw(weights, 0, RandomStream.of(7, "test", i))]++;
    }

    assertThat(drawn[0]).isZero();
    assertThat(drawn[3]).isZero();
    assertThat(drawn[1] / 40_000.0).isCloseTo(0.25, within(0.01));
  }

  @Test
  void whereEverythingMatchesAnyOtherRowIsTaken() {
    for (int i = 0; i < 100; i++) {
      int drawn = Negatives.draw(new double[3], 1, RandomStream.of(7, "test", i));
      assertThat(drawn).isNotEqualTo(1).isBetween(0, 2);
    }
  }

  /** Against the same draws made one by one with the same places in the sums. */
  @Test
  void hardNegativesAreDrawnOnTheDeviceAsOneWouldByHand() throws Exception {
    int n = 12;
    int d = 5;
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        LossScript script = new LossScript(manager, 1)) {
      for (int trial = 0; trial < 30; trial++) {
        float[][] images = features(n, d, 2 * trial);
        float[][] texts = features(n, d, 2 * trial + 1);
        int t = trial;
        // Everything fits the third image, so that there is no wrong text for it.
        HardDraws draws =
            HardDraws.of(
                n,
                (image, text) -> image == 2 || image % 4 == text % 4,
                i -> RandomStream.of(t, "draws", i));

        NDList rows = script.hardPairs(manager.create(images), manager.create(texts), draws);

        long[] ofTexts = rows.get(0).toLongArray();
        long[] ofImages = rows.get(1).toLongArray();
        for (int i = 0; i < n; i++) {
          assertThat(new long[] {ofTexts[i], ofImages[i]}).containsOnly(i);
          double[] towards = new double[n];
          double[] from = new double[n];
          for (int j = 0; j < n; j++) {
            boolean textFits = i == 2 || i % 4 == j % 4;
            boolean imageFits = j == 2 || i % 4 == j % 4;
            towards[j] = imageFits ? 0 : Math.exp(dot(images[j], texts[i]) / 0.07);
            from[j] = textFits ? 0 : Math.exp(dot(images[i], texts[j]) / 0.07);
          }
          assertThat(ofTexts[n + i]).isEqualTo(i);
          assertThat(ofImages[n + i]).isEqualTo(byHand(towards, draws, i));
          assertThat(ofImages[2 * n + i]).isEqualTo(i);
          assertThat(ofTexts[2 * n + i]).isEqualTo(byHand(from, draws, n + i));
        }
        assertThat(ofTexts[2 * n + 2]).isNotEqualTo(2);
      }
    }
  }

  private static long byHand(double[] weights, HardDraws draws, int which) {
    double sum = java.util.Arrays.stream(weights).sum();
    double passed = 0;
    for (int j = 0; j < weights.length; j++) {
      passed += weights[j];
      if (passed > draws.at()[which] * sum) {
        return j;
      }
    }
    return draws.otherwise()[which];
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }

  private static float[][] features(int n, int d, int seed) {
    float[][] features = new float[n][d];
    for (int i = 0; i < n; i++) {
      RandomStream.of(seed, "features", i).fillGaussian(features[i], 1);
      double length = Math.sqrt(dot(features[i], features[i]));
      for (int k = 0; k < d; k++) {
        features[i][k] /= (float) length;
      }
    }
    return features;
  }
}
