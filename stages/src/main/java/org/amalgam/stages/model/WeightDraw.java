package org.amalgam.stages.model;

import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;

/** Draws new tensors; each from its own stream, so that no order matters. */
final class WeightDraw {
  private static final double PAPER_DEVIATION = 0.02;
  private static final double FAN_IN_GAIN = 0.7;
  private static final double LOG_TEMPERATURE = Math.log(1 / 0.07);
  private final ModelConfig config;
  private final long seed;

  WeightDraw(ModelConfig config, long seed) {
    this.config = config;
    this.seed = seed;
  }

  HostTensor of(String name, long[] shape) {
    float[] values = new float[Math.toIntExact(ParameterShapes.entries(shape))];
    if (name.startsWith("logit_")) {
      values[0] = (float) LOG_TEMPERATURE;
    } else if (name.contains("gamma_")) {
      java.util.Arrays.fill(values, config.initialization() == Initialization.PAPER ? 0.1f : 1f);
    } else if (isNormScale(name, shape)) {
      java.util.Arrays.fill(values, 1f);
    } else if (shape.length > 1 && !name.contains("relative_position")) {
      RandomStream.of(seed, "weights/" + name)
          .fillTruncatedGaussian(values, deviation(name, shape));
    }
    return HostTensor.ofFloats(values, shape);
  }

  private double deviation(String name, long[] shape) {
    boolean embedding = name.contains("embeddings") || name.contains("token");
    if (config.initialization() == Initialization.PAPER || embedding) {
      return PAPER_DEVIATION / paperScale(name);
    }
    double inputs = (double) ParameterShapes.entries(shape) / shape[0];
    boolean residual = name.endsWith("proj.weight") && name.contains(".attn.");
    residual |= name.endsWith("fc2.weight");
    return FAN_IN_GAIN / Math.sqrt(inputs) / (residual ? Math.sqrt(2.0 * config.layers()) : 1);
  }

  private static double paperScale(String name) {
    boolean scaled =
        name.startsWith("transformer.blocks.")
            && (name.endsWith("proj.weight") || name.contains(".fc"));
    if (!scaled) {
      return 1;
    }
    String rest = name.substring("transformer.blocks.".length());
    return Math.sqrt(2.0 * (Integer.parseInt(rest.substring(0, rest.indexOf('.'))) + 1));
  }

  private static boolean isNormScale(String name, long[] shape) {
    return shape.length == 1 && name.endsWith(".weight");
  }
}
