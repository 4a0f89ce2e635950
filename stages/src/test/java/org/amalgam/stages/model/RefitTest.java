package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Objects;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Script;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefitTest {
  private static final String POSITIONS = "relative_position_bias_table";
  private static final int OTHER_ROWS = 397;

  @Test
  void offsetsAreResizedAsPyTorchResizesImages() {
    float[] table = new float[9 + OTHER_ROWS];
    float[] offsets = {0, 0, 2, -2.5f, 0.5f, 5.5f, -5, 1, 9};
    System.arraycopy(offsets, 0, table, 0, 9);

    HostTensor resized =
        Refit.toShape(
            POSITIONS, HostTensor.ofFloats(table, table.length, 1), new long[] {25 + 397, 1});

    // torch.nn.functional.interpolate(offsets, (5, 5), mode="bicubic") of PyTorch 2.13.
    assertThat(Arrays.copyOf(resized.floats(), 25))
        .containsExactly(
            new float[] {
              0.26764789f, 0.00499219f, -0.04799998f, 0.97900850f, 1.82835281f,
              -0.88100928f, -0.63443184f, 0.15800023f, 2.03043342f, 3.38901019f,
              -2.78800011f, -1.69599807f, 0.5f, 3.77600002f, 5.98000097f,
              -4.69499254f, -2.75756502f, 0.84200001f, 5.52156782f, 8.57099342f,
              -5.84364939f, -3.39698887f, 1.04800010f, 6.57299280f, 10.13165092f
            },
            within(1e-5f));
  }

  @ParameterizedTest
  @CsvSource({"14, 24", "14, 30", "4, 6", "30, 14"})
  void theEngineResizesTheOffsetsAlikeAndTheOtherRowsStay(int grid, int wanted) throws Exception {
    int from = 2 * grid - 1;
    int to = 2 * wanted - 1;
    float[] table = new float[(from * from + OTHER_ROWS) * 6];
    RandomStream.of(1, "table").fillGaussian(table, 1);

    HostTensor resized =
        Refit.toShape(
            POSITIONS,
            HostTensor.ofFloats(table, table.length / 6, 6),
            new long[] {to * to + OTHER_ROWS, 6});

    String method =
        """
          def resized(self, x: Tensor, like: Tensor) -> Tensor:
            return torch.upsample_bicubic2d(x, [torch.size(like, 0), torch.size(like, 1)], False)
        """;
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Script script = new Script(manager, method)) {
      NDArray offsets =
          manager
              .create(Arrays.copyOf(table, from * from * 6), new Shape(from, from, 6))
              .transpose(2, 0, 1)
              .expandDims(0);
      NDArray expected = script.one("resized", offsets, manager.zeros(new Shape(to, to)));
      float[] engine = expected.squeeze(0).transpose(1, 2, 0).toFloatArray();
      float[] ours = resized.floats();
      double furthest = 0;
      for (int i = 0; i < engine.length; i++) {
        furthest = Math.max(furthest, Math.abs(engine[i] - ours[i]));
      }
      // The engine places the samples in single precision.
      assertThat(furthest).isLessThan(2e-5);
    }
    assertThat(Arrays.copyOfRange(resized.floats(), to * to * 6, resized.floats().length))
        .isEqualTo(Arrays.copyOfRange(table, from * from * 6, table.length));
  }

  @Test
  void aModelForLargerImagesDiffersInTheOffsetsAlone() throws Exception {
    ModelConfig small = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0, Head.RETRIEVAL);
    Checkpoint start = new Checkpoint(small, PicoModel.weights(small, 1));

    Checkpoint large = start.as(small.withImageSize(16), 1);

    assertThat(large.weights().keySet()).isEqualTo(start.weights().keySet());
    start
        .weights()
        .forEach(
            (name, tensor) -> {
              if (name.equals(POSITIONS)) {
                long[] shape = of(large, name).info().shape();
                assertThat(shape).containsExactly(7 * 7 + OTHER_ROWS, 6);
              } else {
                assertThat(of(large, name)).isEqualTo(tensor);
              }
            });
  }

  private static HostTensor of(Checkpoint model, String name) {
    return Objects.requireNonNull(model.weights().get(name), name);
  }

  @Test
  void theSecondImagesTypeStartsAsTheFirstOnes() throws Exception {
    ModelConfig pretrained = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0, Head.ITM);
    Checkpoint start = new Checkpoint(pretrained, PicoModel.weights(pretrained, 1));

    Checkpoint tuned = start.as(PicoModel.config(Architecture.MODALITY_SPECIFIC, 0, Head.NLVR2), 1);

    float[] two = of(start, "token_type_embeddings.weight").floats();
    float[] three = of(tuned, "token_type_embeddings.weight").floats();
    assertThat(Arrays.copyOf(three, 16)).isEqualTo(two);
    assertThat(Arrays.copyOfRange(three, 16, 24)).isEqualTo(Arrays.copyOfRange(two, 8, 16));
  }

  @Test
  void imagesThatPatchesDoNotTileAreRefused() {
    ModelConfig config = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0);

    assertThatThrownBy(() -> config.withImageSize(18))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("18 pixels")
        .hasMessageContaining("multiple of 4");
  }
}
