package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;

/** A model of 3 layers, the topmost cross-modal, with random weights: no forward pass needed. */
final class SmallModel {
  static final int LAYERS = 3;
  static final int WIDTH = 6;
  static final int HIDDEN = 10;
  static final Set<String> ALL = Set.of("attn", "mlp", "norm1", "norm2");

  /** Sub-layer and parameter to shape. */
  static final Map<String, long[]> PARAMETERS =
      new TreeMap<>(
          Map.of(
              "attn.qkv.weight", new long[] {3 * WIDTH, WIDTH},
              "attn.q_bias", new long[] {WIDTH},
              "attn.proj.weight", new long[] {WIDTH, WIDTH},
              "mlp.fc1.weight", new long[] {HIDDEN, WIDTH},
              "mlp.fc2.weight", new long[] {WIDTH, HIDDEN},
              "mlp.fc2.bias", new long[] {WIDTH},
              "norm1.weight", new long[] {WIDTH},
              "norm2.bias", new long[] {WIDTH}));

  private SmallModel() {}

  static List<String> experts(int layer) {
    return layer == LAYERS - 1 ? List.of("v", "l", "vl") : List.of("v", "l");
  }

  /** Weights where the named sub-layers have experts; with none it is modality-agnostic. */
  static SortedMap<String, HostTensor> weights(Set<String> custom, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    for (String shared : List.of("pooler.dense.weight", "transformer.norm.weight")) {
      weights.put(shared, random(random, WIDTH, WIDTH));
    }
    weights.put("text_ids", HostTensor.ofLongs(new long[] {1, 2, 3}, 3));
    for (int layer = 0; layer < LAYERS; layer++) {
      String block = "transformer.blocks." + layer + ".";
      weights.put(block + "gamma_1", random(random, WIDTH));
      for (Map.Entry<String, long[]> parameter : PARAMETERS.entrySet()) {
        String subLayer = parameter.getKey().substring(0, parameter.getKey().indexOf('.'));
        String rest = parameter.getKey().substring(subLayer.length());
        if (custom.contains(subLayer)) {
          for (String expert : experts(layer)) {
            weights.put(
                block + subLayer + "." + expert + rest, random(random, parameter.getValue()));
          }
        } else {
          weights.put(block + parameter.getKey(), random(random, parameter.getValue()));
        }
      }
    }
    return weights;
  }

  /** The Gram matrix of {@code rows} random inputs for every expert's linear layer. */
  static SortedMap<String, HostTensor> grams(long seed, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, HostTensor> grams = new TreeMap<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      for (String expert : experts(layer)) {
        String block = "transformer.blocks." + layer + ".";
        grams.put(block + "attn." + expert, gram(random, rows, WIDTH));
        grams.put(block + "attn." + expert + ".proj", gram(random, rows, WIDTH));
        grams.put(block + "mlp." + expert + ".fc1", gram(random, rows, WIDTH));
        grams.put(block + "mlp." + expert + ".fc2", gram(random, rows, HIDDEN));
      }
    }
    return grams;
  }

  static HostTensor random(SplittableRandom random, long... shape) {
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    float[] values = new float[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return HostTensor.ofFloats(values, shape);
  }

  private static HostTensor gram(SplittableRandom random, int rows, int n) {
    double[] gram = new double[n * n];
    for (int row = 0; row < rows; row++) {
      double[] x = random.doubles(n, -1, 1).toArray();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          gram[i * n + j] += x[i] * x[j];
        }
      }
    }
    return HostTensor.ofDoubles(gram, n, n);
  }

  static Path save(Path file, SortedMap<String, HostTensor> tensors) throws IOException {
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }

  /** All tensors of the merge of these. */
  static SortedMap<String, HostTensor> merge(
      Path directory,
      MergeMethod method,
      SortedMap<String, HostTensor> model,
      SortedMap<String, HostTensor> origin,
      SortedMap<String, HostTensor> grams)
      throws Exception {
    Path merged = directory.resolve("merged");
    try (MergeInputs inputs =
        MergeInputs.open(
            save(directory.resolve("model"), model),
            save(directory.resolve("origin"), origin),
            save(directory.resolve("grams"), grams),
            method.usesFisher() ? directory.resolve("fisher") : null)) {
      new Merge(method, inputs)
          .write(merged, Workers.of(2, Workers.DEFAULT_MEMORY), Progress.SILENT);
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(merged)) {
      for (String name : file.names()) {
        HostTensor mapped = file.tensor(name);
        byte[] copy = new byte[mapped.data().remaining()];
        mapped.data().get(copy);
        tensors.put(name, new HostTensor(mapped.info(), java.nio.ByteBuffer.wrap(copy)));
      }
    }
    return tensors;
  }
}
