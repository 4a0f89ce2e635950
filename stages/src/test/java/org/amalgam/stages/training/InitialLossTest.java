package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Set;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.PicoModel;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model drawn as the released code draws it knows nothing: its losses are those of guessing. */
class InitialLossTest {
  private static final int N = 6;
  private static final ModelConfig PICO = PicoModel.config(Architecture.MODALITY_AGNOSTIC, 0);

  private interface Loss {
    NDArray of(Transformer.Pass pass, NDManager manager, LossScript script);
  }

  private static double loss(Architecture architecture, int answers, Head head, Loss loss)
      throws Exception {
    ModelConfig config =
        new ModelConfig(
            architecture,
            96,
            6,
            2,
            3,
            PICO.patch(),
            PICO.imageSize(),
            PICO.textLength(),
            PICO.vocabulary(),
            answers,
            Initialization.PAPER,
            Set.of(head));
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager);
        LossScript script = new LossScript(manager, 1)) {
      Transformer.Pass pass =
          transformer.pass(PicoModel.bound(manager, Checkpoint.fresh(config, 1).weights()));
      return loss.of(pass, manager, script).getFloat();
    }
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void contrastIsTheLogarithmOfTheBatch(Architecture architecture) throws Exception {
    double itc =
        loss(
            architecture,
            0,
            Head.ITC,
            (pass, manager, script) ->
                script.contrast(
                    Encoder.imageFeature(pass, PicoModel.pixels(manager, PICO, N, 3)),
                    Encoder.textFeature(pass, PicoModel.texts(manager, PICO, N, 2)),
                    pass.weight("logit_scale")));

    assertThat(itc).isCloseTo(Math.log(N), within(0.1));
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void matchingIsTheLogarithmOfTwo(Architecture architecture) throws Exception {
    double itm =
        loss(
            architecture,
            0,
            Head.ITM,
            (pass, manager, script) ->
                script.crossEntropy(
                    pass.itm(
                        Encoder.pooled(
                            pass,
                            PicoModel.texts(manager, PICO, N, 2),
                            PicoModel.pixels(manager, PICO, N, 3))),
                    LossScript.longs(manager, 1, 1, 0, 0, 0, 0)));

    assertThat(itm).isCloseTo(Math.log(2), within(0.05));
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void answeringIsTheLogarithmOfTwoForEachOf3129Answers(Architecture architecture)
      throws Exception {
    double vqa =
        loss(
            architecture,
            3129,
            Head.VQA,
            (pass, manager, script) ->
                script.softTargets(
                    pass.answers(
                        Encoder.pooled(
                            pass,
                            PicoModel.texts(manager, PICO, N, 2),
                            PicoModel.pixels(manager, PICO, N, 3))),
                    manager.zeros(new Shape(N, 3129))));

    assertThat(vqa).isCloseTo(2168.86, within(0.01 * 2168.86));
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void otherTasksGuessAmongTheirClasses(Architecture architecture) throws Exception {
    double nlvr2 =
        loss(
            architecture,
            0,
            Head.NLVR2,
            (pass, manager, script) ->
                script.crossEntropy(
                    TaskHeads.ofTwoImages(
                        pass,
                        PicoModel.texts(manager, PICO, N, 2),
                        PicoModel.pixels(manager, PICO, 2 * N, 3)),
                    LossScript.longs(manager, 1, 0, 1, 0, 1, 0)));
    double classification =
        loss(
            architecture,
            1000,
            Head.CLASSIFICATION,
            (pass, manager, script) ->
                script.crossEntropy(
                    TaskHeads.ofImages(pass, PicoModel.pixels(manager, PICO, N, 3)),
                    LossScript.longs(manager, 1, 10, 100, 999, 0, 500)));

    assertThat(nlvr2).isCloseTo(Math.log(2), within(0.1));
    assertThat(classification).isCloseTo(Math.log(1000), within(0.2));
  }
}
