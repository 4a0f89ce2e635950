package org.amalgam.stages.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Properties;
import java.util.Set;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.StageFailure;

/** The door to the tensor engine: devices, threads and the gradient mode of the calling thread. */
public final class Torch {
  private static final Set<String> PRECISIONS = Set.of("f32", "bf16");

  private static final String PROPERTIES = "native/lib/pytorch.properties";

  private Torch() {}

  /**
   * A manager on the environment's device, and this thread made ready for it: it records no
   * gradients.
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
    // A thread records gradients or not by whether it was the one that loaded the engine; a model
    // takes other kernels where it must not record.
    JniUtils.setGradMode(false);
    if (!PRECISIONS.contains(environment.precision())) {
      throw new StageFailure(
          "precision "
              + environment.precision()
              + " is not known: set environment.precision to f32 or bf16");
    }
    return engine.newBaseManager(device(environment, engine.getGpuCount()));
  }

  /**
   * The device of an environment.
   *
   * @param gpus how many the engine sees
   * @throws StageFailure if it is none of them
   */
  static Device device(Environment environment, int gpus) throws StageFailure {
    if (environment.deviceKind().equals("cpu")) {
      return Device.cpu();
    }
    int index = environment.deviceIndex();
    if (gpus == 0) {
      throw new StageFailure(
          "device "
              + environment.device()
              + " was asked for, but the engine sees no GPU: set environment.device=cpu, or build"
              + " with AMALGAM_MVN_FLAGS=-Dgpu on a machine with CUDA");
    }
    if (index >= gpus) {
      throw new StageFailure(
          "device %s was asked for, but the engine sees %d GPU%s: set environment.device=cuda:%d"
              .formatted(environment.device(), gpus, gpus == 1 ? "" : "s", gpus - 1));
    }
    return Device.gpu(index);
  }

  /**
   * "cuda" where the build has CUDA and the machine a GPU, else "cpu"; told without loading the
   * engine, which listens to the number of threads only once.
   */
  public static String bestDevice() {
    try {
      for (URL found : Collections.list(Torch.class.getClassLoader().getResources(PROPERTIES))) {
        Properties properties = new Properties();
        try (InputStream in = found.openStream()) {
          properties.load(in);
        }
        boolean cuda = properties.getProperty("flavor", "cpu").startsWith("cu");
        if (cuda && CudaUtils.getGpuCount() > 0) {
          return "cuda";
        }
      }
      return "cpu";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    try (InputStream in = Torch.class.getResourceAsStream("/" + PROPERTIES)) {
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
