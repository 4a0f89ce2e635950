package org.amalgam.stages.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.atomic.AtomicBoolean;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.StageFailure;
import org.junit.jupiter.api.Test;

class TorchTest {
  @Test
  void theEngineLoadsWithoutTheNetworkInThePinnedVersion() throws Exception {
    try (NDManager manager = Torch.manager(Environment.DEFAULT)) {
      assertThat(manager.ones(new Shape(2)).sum().getFloat()).isEqualTo(2);
    }

    assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    assertThat(Torch.version()).isEqualTo("PyTorch 2.5.1");
    assertThat(Torch.pinned()).startsWith("PyTorch 2.5.1-");
  }

  @Test
  void aDeviceThatIsNotThereIsNamedWithWhatToDo() {
    assertThatThrownBy(() -> Torch.manager(new Environment("cuda", "f32", 1)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("device cuda was asked for")
        .hasMessageContaining("environment.device=cpu");
  }

  @Test
  void theGpuOfTheNumberIsTakenOrItIsToldHowManyThereAre() throws Exception {
    assertThat(Torch.device(new Environment("cuda:1", "f32", 1), 2)).isEqualTo(Device.gpu(1));
    assertThat(Torch.device(new Environment("cuda", "f32", 1), 2)).isEqualTo(Device.gpu(0));
    assertThatThrownBy(() -> Torch.device(new Environment("cuda:2", "f32", 1), 2))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("the engine sees 2 GPUs: set environment.device=cuda:1");
  }

  @Test
  void withoutCudaInTheBuildTheBestDeviceIsTheProcessor() {
    assertThat(Torch.pinned()).isNotEqualTo("PyTorch none");
    assertThat(Torch.bestDevice()).isEqualTo("cpu");
  }

  @Test
  void aThreadRecordsNoGradientsUntilItIsToldTo() throws Exception {
    AtomicBoolean recorded = new AtomicBoolean(true);
    Thread another =
        new Thread(
            () -> {
              Torch.recordGradients(true);
              try (NDManager manager = Torch.manager(Environment.DEFAULT)) {
                recorded.set(Torch.recordsGradients());
              } catch (StageFailure e) {
                throw new IllegalStateException(e);
              }
            });
    another.start();
    another.join();

    assertThat(recorded).isFalse();
  }

  @Test
  void aPrecisionThatIsNotKnownIsRefused() {
    assertThatThrownBy(() -> Torch.manager(new Environment("cpu", "f16", 1)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("environment.precision to f32 or bf16");
  }

  /** The engine's own {@code x.mul(0.5f)} lets the collector free what backward still reads. */
  @Test
  void aLiteralInAScriptSurvivesTheCollectorUntilBackward() throws Exception {
    String half = "  def half(self, x: Tensor) -> Tensor:\n    return torch.mul(x, 0.5)\n";
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Script script = new Script(manager, half)) {
      for (int i = 0; i < 20; i++) {
        try (NDManager scope = manager.newSubManager()) {
          NDArray x = scope.ones(new Shape(3));
          x.setRequiresGradient(true);
          Torch.recordGradients(true);
          NDArray y = script.one("half", x).sum();
          System.gc();
          JniUtils.backward((PtNDArray) y, (PtNDArray) scope.ones(new Shape()), false, false);
          Torch.recordGradients(false);
          assertThat(x.getGradient().toFloatArray()).containsExactly(0.5f, 0.5f, 0.5f);
        }
      }
    }
  }
}
