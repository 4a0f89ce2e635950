package org.amalgam.runner.command;

import org.amalgam.pipelines.stage.Environment;
import picocli.CommandLine.Option;

/** Where tensors are computed. */
final class EngineOptions {
  @Option(names = "--device", paramLabel = "cpu|cuda", description = "default: cpu")
  private String device = Environment.DEFAULT.device();

  @Option(names = "--precision", paramLabel = "f32|bf16", description = "default: f32")
  private String precision = Environment.DEFAULT.precision();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of one operation; default: 1, as in recipes")
  private int threads = Environment.DEFAULT.threads();

  Environment environment() {
    return new Environment(device, precision, Math.max(1, threads));
  }
}
