package org.amalgam.stages.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorSource;

/**
 * A model at rest: its sizes and its weights in f32, by the released code's names.
 *
 * <p>On disk a directory with {@code config.json} and {@code model.safetensors}.
 */
public record Checkpoint(ModelConfig config, SortedMap<String, HostTensor> weights) {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";

  public Checkpoint {
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
  }

  /** A new model, every tensor drawn from a stream keyed by the seed and the tensor's name. */
  public static Checkpoint fresh(ModelConfig config, long seed) {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    WeightDraw draw = new WeightDraw(config, seed);
    ParameterShapes.of(config).forEach((name, shape) -> weights.put(name, draw.of(name, shape)));
    return new Checkpoint(config, weights);
  }

  /**
   * Reads a model and checks every shape against the sizes.
   *
   * @throws StageFailure if a tensor is missing or has another shape
   */
  public static Checkpoint read(Path directory) throws IOException, StageFailure {
    try (SafetensorsFile tensors = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
      return read(ModelConfig.read(directory.resolve(CONFIG)), tensors);
    }
  }

  /** Like {@link #read(Path)} from tensors of any kind; those that the sizes lack are left out. */
  public static Checkpoint read(ModelConfig config, TensorSource tensors)
      throws IOException, StageFailure {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    for (Map.Entry<String, long[]> expected : ParameterShapes.of(config).entrySet()) {
      String name = expected.getKey();
      if (!tensors.names().contains(name)) {
        throw new StageFailure(
            tensors.path() + ": tensor " + name + " is missing, which " + CONFIG + " calls for");
      }
      long[] shape = tensors.info(name).shape();
      if (!Arrays.equals(shape, expected.getValue())) {
        throw new StageFailure(
            "%s: tensor %s is %s, but %s calls for %s"
                .formatted(
                    tensors.path(),
                    name,
                    Arrays.toString(shape),
                    CONFIG,
                    Arrays.toString(expected.getValue())));
      }
      weights.put(name, tensors.f32(name));
    }
    return new Checkpoint(config, weights);
  }

  /** Writes both files into an existing directory. */
  public void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    config.write(directory.resolve(CONFIG));
    SafetensorsWriter.write(directory.resolve(WEIGHTS), weights, Map.of());
  }

  /**
   * The same weights as another model: tensors that both have are kept, an expert that is new is a
   * copy of the shared tensor, what else is new is drawn, what the other lacks is left out.
   *
   * @throws StageFailure if experts would have to become one, which is merging
   */
  public Checkpoint as(ModelConfig other, long seed) throws StageFailure {
    WeightDraw draw = new WeightDraw(other, seed);
    SortedMap<String, HostTensor> adapted = new TreeMap<>();
    for (Map.Entry<String, long[]> wanted : ParameterShapes.of(other).entrySet()) {
      String name = wanted.getKey();
      HostTensor tensor = weights.get(name);
      if (tensor == null) {
        tensor = weights.get(sharedName(name));
      }
      if (tensor == null && name.startsWith("transformer.blocks.")) {
        throw new StageFailure(
            "a "
                + config.architecture().label()
                + " model cannot become "
                + other.architecture().label()
                + " by copying ("
                + name
                + " has no one source): merge it first");
      }
      tensor = tensor == null ? null : Refit.toShape(name, tensor, wanted.getValue());
      boolean fits = tensor != null && Arrays.equals(tensor.info().shape(), wanted.getValue());
      if (tensor != null && !fits) {
        throw new StageFailure(
            "tensor %s is %s, the new sizes want %s: use the sizes of the model it comes from"
                .formatted(
                    name,
                    Arrays.toString(tensor.info().shape()),
                    Arrays.toString(wanted.getValue())));
      }
      adapted.put(name, tensor != null ? tensor : draw.of(name, wanted.getValue()));
    }
    return new Checkpoint(other, adapted);
  }

  /**
   * The same model with the experts of one modality from another one.
   *
   * @param other with the same tensors
   */
  public Checkpoint withExperts(Modality modality, Checkpoint other) {
    SortedMap<String, HostTensor> mixed = new TreeMap<>(weights);
    other.weights.forEach(
        (name, tensor) -> {
          if (ExpertName.parse(name)
              .filter(n -> n.expert().equals(modality.expert()))
              .isPresent()) {
            mixed.put(name, tensor);
          }
        });
    return new Checkpoint(config, mixed);
  }

  /** {@code ...attn.v.qkv.weight} as {@code ...attn.qkv.weight}. */
  private static String sharedName(String name) {
    return name.replaceFirst("\\.(attn|mlp|norm1|norm2)\\.(v|l|vl)\\.", ".$1.");
  }
}
