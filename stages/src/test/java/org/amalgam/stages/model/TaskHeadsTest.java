package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TaskHeadsTest {
  private static final Offset<Float> TOLERANCE = within(2e-5f);
  private static final int N = 3;

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void twoImagesGiveWhatTwoWholePassesOfTheTextGive(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 0, Head.NLVR2);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 1);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      TextBatch text = PicoModel.texts(manager, config, N, 2);
      NDArray pixels = PicoModel.pixels(manager, config, 2 * N, 3);
      SortedMap<String, NDArray> bound = PicoModel.bound(manager, weights);
      Transformer.Pass pass = transformer.pass(bound);
      NDArray logits = TaskHeads.ofTwoImages(pass, text, pixels);

      NDArray first = Encoder.pooled(pass, text, pixels.get(":" + N));
      NDArray types = pass.weight("token_type_embeddings.weight");
      bound.put("token_type_embeddings.weight", types.get("0:1").concat(types.get("2:3"), 0));
      NDArray second = Encoder.pooled(transformer.pass(bound), text, pixels.get(N + ":"));
      float[] naive = twoLayers(first.concat(second, 1), pass);

      assertThat(logits.getShape().getShape()).containsExactly(N, 2);
      assertThat(logits.toFloatArray()).containsExactly(naive, TOLERANCE);
    }
  }

  private static float[] twoLayers(NDArray both, Transformer.Pass pass) {
    double[][] h = linear(rows(both), pass, "nlvr2_classifier.0");
    h = gelu(norm(h, pass, "nlvr2_classifier.1", 1e-5));
    return flat(linear(h, pass, "nlvr2_classifier.3"));
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void anImageIsClassifiedFromTheMeanOfItsPatchesAlone(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 5, Head.CLASSIFICATION);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      SortedMap<String, NDArray> bound = PicoModel.bound(manager, PicoModel.weights(config, 1));
      Transformer.Pass pass = transformer.pass(bound);
      NDArray pixels = PicoModel.pixels(manager, config, N, 3);

      NDArray logits = TaskHeads.ofImages(pass, pixels);

      double[][] mean = new double[N][];
      for (int i = 0; i < N; i++) {
        mean[i] = mean(patches(pass, pixels, i));
      }
      double[][] naive = linear(norm(mean, pass, "fc_norm", 1e-6), pass, "img_cls_classifier");
      assertThat(logits.toFloatArray()).containsExactly(flat(naive), TOLERANCE);
    }
  }

  /** Rows of patch states after all layers, the [CLS] left out. */
  private static double[][] patches(Transformer.Pass pass, NDArray pixels, int image) {
    NDArray bottom = Encoder.imageBottom(pass, pixels.get(image + ":" + (image + 1)));
    double[][] tokens = rows(pass.top(bottom, Modality.VISION, Sequence.image()).squeeze(0));
    return Arrays.copyOfRange(tokens, 1, tokens.length);
  }

  private static double[] mean(double[][] rows) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i] / rows.length;
      }
    }
    return mean;
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void pixelsAreClassifiedWhereTheirPatchIs(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 3, Head.SEGMENTATION);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      SortedMap<String, NDArray> bound = PicoModel.bound(manager, PicoModel.weights(config, 1));
      Transformer.Pass pass = transformer.pass(bound);
      NDArray pixels = PicoModel.pixels(manager, config, N, 3);

      NDArray logits = TaskHeads.ofPixels(pass, pixels);

      assertThat(logits.getShape().getShape()).containsExactly(N, 3, 8, 8);
      for (int i = 0; i < N; i++) {
        double[][] states = norm(patches(pass, pixels, i), pass, "transformer.norm", 1e-6);
        // The grid of 2 x 2 patches doubled twice is the 8 x 8 pixels: nothing to interpolate.
        double[][] h =
            norm(
                doubled(linear(states, pass, "seg_classifier.up1"), 2),
                pass,
                "seg_classifier.norm",
                1e-6);
        h = gelu(doubled(linear(gelu(h), pass, "seg_classifier.up2"), 4));
        double[][] naive = linear(h, pass, "seg_classifier.out");
        float[] got = logits.get(i).toFloatArray();
        for (int pixel = 0; pixel < 64; pixel++) {
          for (int c = 0; c < 3; c++) {
            assertThat(got[c * 64 + pixel]).isCloseTo((float) naive[pixel][c], TOLERANCE);
          }
        }
      }
    }
  }

  /** Four cells of a quarter of the features each where one was, on a square grid. */
  private static double[][] doubled(double[][] cells, int side) {
    int quarter = cells[0].length / 4;
    double[][] doubled = new double[4 * cells.length][];
    for (int y = 0; y < 2 * side; y++) {
      for (int x = 0; x < 2 * side; x++) {
        int part = y % 2 * 2 + x % 2;
        doubled[y * 2 * side + x] =
            Arrays.copyOfRange(cells[y / 2 * side + x / 2], part * quarter, (part + 1) * quarter);
      }
    }
    return doubled;
  }

  private static double[][] linear(double[][] rows, Transformer.Pass pass, String name) {
    double[][] weight = rows(pass.weight(name + ".weight"));
    float[] bias = pass.weight(name + ".bias").toFloatArray();
    double[][] out = new double[rows.length][weight.length];
    for (int r = 0; r < rows.length; r++) {
      for (int o = 0; o < weight.length; o++) {
        out[r][o] = bias[o];
        for (int i = 0; i < rows[r].length; i++) {
          out[r][o] += weight[o][i] * rows[r][i];
        }
      }
    }
    return out;
  }

  private static double[][] norm(
      double[][] rows, Transformer.Pass pass, String name, double epsilon) {
    float[] scale = pass.weight(name + ".weight").toFloatArray();
    float[] shift = pass.weight(name + ".bias").toFloatArray();
    double[][] out = new double[rows.length][scale.length];
    for (int r = 0; r < rows.length; r++) {
      double mean = Arrays.stream(rows[r]).average().orElseThrow();
      double variance =
          Arrays.stream(rows[r]).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      for (int i = 0; i < scale.length; i++) {
        out[r][i] = (rows[r][i] - mean) / Math.sqrt(variance + epsilon) * scale[i] + shift[i];
      }
    }
    return out;
  }

  private static double[][] gelu(double[][] rows) {
    return Arrays.stream(rows)
        .map(row -> Arrays.stream(row).map(TaskHeadsTest::gelu).toArray())
        .toArray(double[][]::new);
  }

  /** x times the normal distribution function, by the series of erf. */
  private static double gelu(double x) {
    double z = x / Math.sqrt(2);
    double term = z;
    double sum = z;
    for (int n = 1; n < 200; n++) {
      term *= -z * z / n;
      sum += term / (2 * n + 1);
    }
    return x / 2 * (1 + 2 / Math.sqrt(Math.PI) * sum);
  }

  private static double[][] rows(NDArray matrix) {
    int width = (int) matrix.getShape().get(1);
    float[] flat = matrix.toFloatArray();
    double[][] rows = new double[flat.length / width][width];
    for (int i = 0; i < flat.length; i++) {
      rows[i / width][i % width] = flat[i];
    }
    return rows;
  }

  private static float[] flat(double[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return flat;
  }
}
