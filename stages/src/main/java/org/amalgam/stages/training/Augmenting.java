package org.amalgam.stages.training;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Changes the images of a training at random, each by a stream of its own step and place.
 *
 * @param pass which order of the data, so that two trainings in a row change images differently
 */
record Augmenting(Augmentation augmentation, long seed, int pass) {
  /**
   * The images of a part of a step.
   *
   * @param first place in the step of the first one
   */
  PixelBatch batch(List<PixelBatch.Source> sources, int step, int first) {
    return batch(sources, step, i -> first + i);
  }

  /**
   * The images of a part of a step.
   *
   * @param places place in the step by place in the part
   */
  PixelBatch batch(List<PixelBatch.Source> sources, int step, IntUnaryOperator places) {
    int side = sources.get(0).images().imageSize();
    return PixelBatch.of(
        sources,
        (image, i) ->
            augmentation.of(
                image,
                side,
                RandomStream.of(seed, "augmentation", pass, step, places.applyAsInt(i))));
  }
}
