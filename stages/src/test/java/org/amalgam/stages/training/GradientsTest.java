package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.PicoModel;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Backward against finite differences, in double precision: a tensor of each kind is moved a little
 * along a random direction, and the loss must change by the gradient along it.
 */
class GradientsTest {
  private static final int N = 3;
  private static final double STEP = 1e-5;

  /** In the released code too, these are stored and never read. */
  private static final Set<String> UNUSED =
      Set.of(
          "temporal_relative_position_bias_table",
          "text_embeddings.position_embeddings.weight",
          "transformer.mask_token");

  private interface Loss {
    NDArray of(Transformer.Pass pass, NDManager manager, LossScript script);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void preTrainingReachesEveryTensorWithTheRightGradient(Architecture architecture)
      throws Exception {
    ModelConfig config = PicoModel.config(architecture, 0, Head.ITC, Head.ITM, Head.MLM);

    Set<String> still = check(config, GradientsTest::pretraining);

    assertThat(still).isEqualTo(UNUSED);
  }

  private static NDArray pretraining(Transformer.Pass pass, NDManager manager, LossScript script) {
    ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);
    TextBatch text = PicoModel.texts(manager, config, N, 2);
    NDArray pixels = PicoModel.pixels(manager, config, N, 3);
    NDArray image = Encoder.imageBottom(pass, pixels);
    NDArray words = Encoder.textBottom(pass, text);
    Sequence sequence = Encoder.sequence(text);
    NDArray itc =
        script.mean(
            script.contrast(
                Encoder.imageFeature(pass, pixels),
                Encoder.textFeature(pass, text),
                pass.weight("logit_scale")),
            script.contrast(
                pass.project(
                    Encoder.cls(pass, image, Modality.CROSS, Sequence.image()), "vl_image"),
                pass.project(Encoder.cls(pass, words, Modality.CROSS, sequence), "vl_text"),
                pass.weight("logit_vl_scale")));
    NDArray itm =
        script.crossEntropy(
            pass.itm(Encoder.pooled(pass, text, pixels)), LossScript.longs(manager, 1, 0, 0));
    NDArray at = manager.create(new long[] {1, 2, 2, 0, 1, 3}, new Shape(N, 2));
    NDArray joint = pass.joint(Encoder.textStart(pass, text), Encoder.imageStart(pass, pixels));
    Sequence both = Sequence.joint(text.length(), text.jointMask());
    NDArray states = pass.norm(pass.topAt(joint, Modality.CROSS, both, at));
    NDArray mlm =
        script.crossEntropy(
            pass.mlm(script.flatRows(states, LossScript.longs(manager, 0, 1, 3, 4, 5))),
            LossScript.longs(manager, 4, 7, 1, 19, 12));
    return script.weighted(itc, itm, mlm);
  }

  static Stream<Arguments> tasks() {
    Loss vqa =
        (pass, manager, script) -> {
          ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);
          NDArray pooled =
              Encoder.pooled(
                  pass,
                  PicoModel.texts(manager, config, N, 2),
                  PicoModel.pixels(manager, config, N, 3));
          double[] scores = {0.3, 0, 1, 0, 0, 0, 0.6, 0.9, 0, 1, 0.3, 0};
          return script.softTargets(pass.answers(pooled), manager.create(scores, new Shape(N, 4)));
        };
    Loss nlvr2 =
        (pass, manager, script) -> {
          ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);
          return script.crossEntropy(
              TaskHeads.ofTwoImages(
                  pass,
                  PicoModel.texts(manager, config, N, 2),
                  PicoModel.pixels(manager, config, 2 * N, 3)),
              LossScript.longs(manager, 1, 0, 1));
        };
    Loss classification =
        (pass, manager, script) -> {
          ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);
          return script.crossEntropy(
              TaskHeads.ofImages(pass, PicoModel.pixels(manager, config, N, 3)),
              LossScript.longs(manager, 3, 0, 2));
        };
    Loss segmentation =
        (pass, manager, script) -> {
          ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);
          long[] classes = new long[N * 64];
          RandomStream random = RandomStream.of(1, "classes");
          for (int i = 0; i < classes.length; i++) {
            classes[i] = random.nextInt(4);
          }
          return script.crossEntropy(
              TaskHeads.ofPixels(pass, PicoModel.pixels(manager, config, N, 3)),
              manager.create(classes, new Shape(N, 8, 8)));
        };
    return Stream.of(
        Arguments.of(Head.VQA, vqa),
        Arguments.of(Head.NLVR2, nlvr2),
        Arguments.of(Head.CLASSIFICATION, classification),
        Arguments.of(Head.SEGMENTATION, segmentation));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void aTaskHasTheRightGradientDownToItsEmbeddings(Head head, Loss loss) throws Exception {
    ModelConfig config = PicoModel.config(Architecture.MODALITY_AGNOSTIC, 4, head);

    Set<String> still = check(config, loss);

    still.removeAll(UNUSED);
    assertThat(still).isEmpty();
  }

  /** Checks every tensor; returns those along which the loss does not change. */
  private static Set<String> check(ModelConfig config, Loss loss) throws Exception {
    Set<String> still = new TreeSet<>();
    SortedMap<String, double[]> weights = new TreeMap<>();
    SortedMap<String, Shape> shapes = new TreeMap<>();
    PicoModel.weights(config, 1)
        .forEach(
            (name, tensor) -> {
              weights.put(name, doubles(tensor));
              shapes.put(name, new Shape(tensor.info().shape()));
            });
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager);
        LossScript script = new LossScript(manager, 0.25)) {
      SortedMap<String, double[]> gradients = gradients(weights, shapes, transformer, script, loss);
      for (Map.Entry<String, double[]> tensor : weights.entrySet()) {
        String name = tensor.getKey();
        if (name.startsWith("transformer.blocks.0.")) {
          continue; // Layer 1 has the same kinds of tensors.
        }
        double[] values = tensor.getValue();
        double[] direction = new double[values.length];
        RandomStream random = RandomStream.of(5, "direction/" + name);
        double along = 0;
        double[] gradient = gradients.getOrDefault(name, new double[values.length]);
        for (int i = 0; i < direction.length; i++) {
          direction[i] = random.nextGaussian() / Math.sqrt(direction.length);
          along += direction[i] * gradient[i];
        }
        double[] kept = values.clone();
        double[] ends = new double[2];
        for (int end = 0; end < 2; end++) {
          for (int i = 0; i < values.length; i++) {
            values[i] = kept[i] + (end == 0 ? -STEP : STEP) * direction[i];
          }
          try (NDManager scope = manager.newSubManager()) {
            Transformer.Pass pass = transformer.pass(bound(scope, weights, shapes));
            ends[end] = loss.of(pass, scope, script).getDouble();
          }
        }
        System.arraycopy(kept, 0, values, 0, kept.length);
        double slope = (ends[1] - ends[0]) / (2 * STEP);
        assertThat(along).as(name).isCloseTo(slope, within(1e-8 + 1e-5 * Math.abs(slope)));
        if (ends[0] == ends[1]) {
          still.add(name);
        }
      }
    }
    return still;
  }

  private static SortedMap<String, double[]> gradients(
      SortedMap<String, double[]> weights,
      SortedMap<String, Shape> shapes,
      Transformer transformer,
      LossScript script,
      Loss loss)
      throws Exception {
    SortedMap<String, double[]> gradients = new TreeMap<>();
    try (NDManager scope = Torch.manager(Environment.DEFAULT)) {
      Torch.recordGradients(true);
      SortedMap<String, NDArray> bound = bound(scope, weights, shapes);
      bound.values().forEach(tensor -> tensor.setRequiresGradient(true));
      NDArray total = loss.of(transformer.pass(bound), scope, script);
      NDArray one = scope.create(new double[] {1}, new Shape());
      JniUtils.backward((PtNDArray) total, (PtNDArray) one, false, false);
      bound.forEach(
          (name, tensor) -> {
            NDArray gradient = tensor.getGradient();
            // The engine makes up single zeros for what backward did not reach.
            if (gradient.getDataType() == DataType.FLOAT64) {
              gradients.put(name, gradient.toDoubleArray());
            }
          });
    } finally {
      Torch.recordGradients(false);
    }
    return gradients;
  }

  private static SortedMap<String, NDArray> bound(
      NDManager manager, SortedMap<String, double[]> weights, SortedMap<String, Shape> shapes) {
    SortedMap<String, NDArray> bound = new TreeMap<>();
    shapes.forEach((name, shape) -> bound.put(name, manager.create(weights.get(name), shape)));
    return bound;
  }

  private static double[] doubles(HostTensor tensor) {
    float[] floats = tensor.floats();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
