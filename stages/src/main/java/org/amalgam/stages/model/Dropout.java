package org.amalgam.stages.model;

/**
 * What a training step drops at random: whole residual branches of a sample (drop path, also called
 * stochastic depth), and entries of the text embedding. Which ones is a pure function of the seed,
 * the step and the place.
 *
 * <p>The released code has one number for both, 0.1 in pre-training and 0.15 for VQA. Layers that
 * several passes share drop the same branches in all of them.
 *
 * @param path the last layer's probability; those below rise to it linearly from 0 in the first
 * @param text the probability of an entry of the text embedding, after its norm
 * @param step from 0
 * @param part which part of a batch that is computed in parts, from 0
 */
public record Dropout(double path, double text, long seed, int step, int part) {
  /** Nothing is dropped, as in evaluation. */
  public static final Dropout NONE = new Dropout(0, 0, 0, 0, 0);

  public Dropout {
    if (!(path >= 0 && path < 1 && text >= 0 && text < 1)) {
      throw new IllegalArgumentException(
          "drop-path and text-dropout must be in [0, 1), are " + path + " and " + text);
    }
  }

  boolean dropsPaths() {
    return path > 0;
  }

  /** The probability that a layer, from 0, drops a branch. */
  double rate(int layer, int layers) {
    return layers == 1 ? path : path * layer / (layers - 1);
  }
}
