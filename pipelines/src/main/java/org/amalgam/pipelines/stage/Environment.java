package org.amalgam.pipelines.stage;

/**
 * The environment class: what of a machine can change the bits of a result.
 *
 * @param device "cpu", "cuda" or, for a certain one of several GPUs, "cuda:1"; in a recipe also
 *     "auto", which planning replaces by what the machine has
 * @param precision "f32" or "bf16"
 * @param threads threads of one tensor operation, at least 1
 */
public record Environment(String device, String precision, int threads) {
  /** One CPU thread in f32: the same bits on every machine of one processor family. */
  public static final Environment DEFAULT = new Environment("cpu", "f32", 1);

  /** What {@code device} may be in a recipe, as a regular expression. */
  public static final String DEVICES = "auto|cpu|cuda(:[0-9]{1,4})?";

  /** What is left to planning. */
  public static final String AUTO = "auto";

  /** The same on another device. */
  public Environment on(String other) {
    return new Environment(other, precision, threads);
  }

  /** "cpu" or "cuda": what of the device is in keys, since equal GPUs give equal bits. */
  public String deviceKind() {
    int colon = device.indexOf(':');
    return colon < 0 ? device : device.substring(0, colon);
  }

  /** Which of several GPUs, from 0. */
  public int deviceIndex() {
    int colon = device.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(device.substring(colon + 1));
  }
}
