package org.amalgam.stages.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.Set;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.StageFailure;

/** The door to the tensor engine: devices, threads and the gradient mode of the calling thread. */
public final class Torch {
  private static final Set<String> PRECISIONS = Set.of("f32", "bf16");

  private Torch() {}

  /**
   * A manager on the environment's device, and this thread made ready for it.
   *
   * @throws StageFailure if this machine lacks the device, or the precision is not built
   */
  public static NDManager manager(Environment environment) throws StageFailure {
    Engine engine = engine();
    if (JniUtils.getNumThreads() != environment.threads()) {
      JniUtils.setNumThreads(environment.threads());
    }
    // Optimized plans differ between the first calls and later ones, and with them the bits.
    JniUtils.setGraphExecutorOptimize(false);
    if (!PRECISIONS.contains(environment.precision())) {
      throw new StageFailure(
          "precision "
              + environment.precision()
              + " is not built yet: set environment.precision=f32");
    }
    Device device = environment.device().equals("cpu") ? Device.cpu() : Device.gpu(0);
    if (device.isGpu() && engine.getGpuCount() == 0) {
      throw new StageFailure(
          "device "
              + environment.device()
              + " was asked for, but the engine sees no GPU: set environment.device=cpu, or build"
              + " with AMALGAM_MVN_FLAGS=-Dgpu on a machine with CUDA");
    }
    return engine.newBaseManager(device);
  }

  /** Runs with gradients recorded on this thread. */
  public static void recordGradients(boolean on) {
    JniUtils.setGradMode(on);
  }

  /** Whether this thread records gradients. */
  public static boolean recordsGradients() {
    return JniUtils.isGradMode();
  }

  /** "PyTorch" and the native version. */
  public static String version() {
    Engine engine = engine();
    return engine.getEngineName() + " " + engine.getVersion();
  }

  /**
   * The native library that the class path holds, {@code PyTorch 2.5.1-20241113}, told without
   * loading it; "PyTorch none" where the build left it out.
   */
  public static String pinned() {
    Properties properties = new Properties();
    try (InputStream in = Torch.class.getResourceAsStream("/native/lib/pytorch.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "PyTorch " + properties.getProperty("version", "none");
  }

  private static Engine engine() {
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    return Engine.getEngine("PyTorch");
  }
}
