package org.amalgam.pipelines.stage;

/**
 * The environment class: what of a machine can change the bits of a result.
 *
 * @param device "cpu" or "cuda"
 * @param precision "f32" or "bf16"
 * @param threads threads of one tensor operation, at least 1
 */
public record Environment(String device, String precision, int threads) {
  /** One CPU thread in f32: the same bits on every machine of one processor family. */
  public static final Environment DEFAULT = new Environment("cpu", "f32", 1);
}
