package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;

/** A model of a few thousand weights, none of them zero or alike, with inputs to try it on. */
public final class PicoModel {
  static final int VOCABULARY = 20;
  static final int TEXT_LENGTH = 6;

  private PicoModel() {}

  /** Width 8, three layers of which the top one is cross-modal, 2 x 2 patches of 4 pixels. */
  public static ModelConfig config(Architecture architecture, int answers, Head... heads) {
    return new ModelConfig(
        architecture,
        8,
        3,
        1,
        2,
        4,
        8,
        TEXT_LENGTH,
        VOCABULARY,
        answers,
        Initialization.PAPER,
        Set.of(heads));
  }

  /** Every tensor normal around its kind's usual value. */
  public static SortedMap<String, HostTensor> weights(ModelConfig config, long seed) {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    ParameterShapes.of(config)
        .forEach(
            (name, shape) -> {
              float[] values = new float[Math.toIntExact(ParameterShapes.entries(shape))];
              RandomStream.of(seed, "pico/" + name).fillGaussian(values, 0.3);
              boolean aroundOne =
                  shape.length == 1 && name.endsWith(".weight") || name.contains("gamma_");
              for (int i = 0; i < values.length && aroundOne; i++) {
                values[i] += 1;
              }
              weights.put(name, HostTensor.ofFloats(values, shape));
            });
    return weights;
  }

  public static SortedMap<String, NDArray> bound(
      NDManager manager, Map<String, HostTensor> weights) {
    SortedMap<String, NDArray> bound = new TreeMap<>();
    weights.forEach(
        (name, tensor) ->
            bound.put(
                name,
                manager.create(
                    FloatBuffer.wrap(tensor.floats()), new Shape(tensor.info().shape()))));
    return bound;
  }

  /** Random u8 images (n, 3, side, side). */
  public static NDArray pixels(NDManager manager, ModelConfig config, int n, long seed) {
    int side = config.imageSize();
    byte[] bytes = new byte[n * 3 * side * side];
    RandomStream random = RandomStream.of(seed, "pico/pixels");
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt(256);
    }
    return manager.create(
        java.nio.ByteBuffer.wrap(bytes),
        new Shape(n, 3, side, side),
        ai.djl.ndarray.types.DataType.UINT8);
  }

  /** Texts of different lengths, the last one the shortest. */
  public static TextBatch texts(NDManager manager, ModelConfig config, int n, long seed) {
    List<int[]> texts = new ArrayList<>();
    RandomStream random = RandomStream.of(seed, "pico/texts");
    for (int i = 0; i < n; i++) {
      int[] text = new int[Math.max(2, TEXT_LENGTH - i)];
      for (int t = 0; t < text.length; t++) {
        text[t] = 1 + random.nextInt(VOCABULARY - 1);
      }
      texts.add(text);
    }
    return TextBatch.of(manager, texts, 0, config.imageTokens());
  }
}
