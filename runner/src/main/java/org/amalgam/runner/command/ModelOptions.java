package org.amalgam.runner.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.CountedTask;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.ModelSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that describe a model; what is left out is the paper's. */
final class ModelOptions {
  @Option(
      names = "--size",
      paramLabel = "base|tiny",
      converter = ToSize.class,
      description = "base (the default) or tiny, the paper's sizes")
  private ModelSize size = ModelSize.BASE;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      converter = ToArchitecture.class,
      description = "modality-specific (the default), modality-agnostic, custom-attention, ...")
  private Architecture architecture = Architecture.MODALITY_SPECIFIC;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      converter = ToTask.class,
      description =
          "pretraining (the default), vqa, retrieval, nlvr2, classification or segmentation")
  private CountedTask task = CountedTask.PRETRAINING;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "side of an image; by default the paper's for the task")
  private @Nullable Integer imageSize;

  @Option(names = "--classes", paramLabel = "N", description = "answers or classes of the task")
  private @Nullable Integer classes;

  @Option(names = "--width", paramLabel = "N", description = "instead of the size's hidden size")
  private @Nullable Integer width;

  @Option(names = "--layers", paramLabel = "N", description = "instead of 12")
  private @Nullable Integer layers;

  @Option(names = "--cross-layers", paramLabel = "N", description = "top layers, instead of 2")
  private @Nullable Integer crossLayers;

  @Option(names = "--heads", paramLabel = "N", description = "instead of the size's heads")
  private @Nullable Integer heads;

  @Option(names = "--patch", paramLabel = "PIXELS", description = "instead of 16")
  private @Nullable Integer patch;

  @Option(names = "--text-length", paramLabel = "N", description = "instead of 40")
  private @Nullable Integer textLength;

  @Option(names = "--vocabulary", paramLabel = "N", description = "instead of BERT's 30522")
  private @Nullable Integer vocabulary;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** The task in lower case. */
  String task() {
    return task.name().toLowerCase(Locale.ROOT);
  }

  /** The model that the options describe; a mistake is one of the command line. */
  ModelConfig config() {
    int pixels = or(imageSize, task.imageSize(), "--image-size");
    int answers = task.classes() == 0 ? 0 : or(classes, task.classes(), "--classes");
    try {
      ModelConfig named = size.config(architecture, task.heads(), task.imageSize(), answers);
      return new ModelConfig(
          architecture,
          or(width, named.width(), "--width"),
          or(layers, named.layers(), "--layers"),
          or(crossLayers, named.crossLayers(), "--cross-layers"),
          or(heads, named.heads(), "--heads"),
          or(patch, named.patch(), "--patch"),
          pixels,
          or(textLength, named.textLength(), "--text-length"),
          or(vocabulary, named.vocabulary(), "--vocabulary"),
          named.answers(),
          named.initialization(),
          named.headSet());
    } catch (IllegalArgumentException e) {
      throw misuse(String.valueOf(e.getMessage()));
    }
  }

  private int or(@Nullable Integer given, int otherwise, String option) {
    if (given == null) {
      return otherwise;
    }
    if (given < 1) {
      throw misuse(option + " must be at least 1, is " + given);
    }
    return given;
  }

  private ParameterException misuse(String message) {
    CommandSpec spec = command;
    if (spec == null) {
      throw new IllegalStateException("options are used only after parsing");
    }
    return new ParameterException(spec.commandLine(), message);
  }

  /** Reads an architecture as recipes spell it. */
  static final class ToArchitecture implements ITypeConverter<Architecture> {
    @Override
    public Architecture convert(String name) {
      try {
        return Architecture.ofLabel(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            e.getMessage()
                + "; there are "
                + Arrays.stream(Architecture.values())
                    .map(Architecture::label)
                    .collect(Collectors.joining(", ")));
      }
    }
  }

  /** Reads a task in lower case. */
  static final class ToTask implements ITypeConverter<CountedTask> {
    @Override
    public CountedTask convert(String name) {
      for (CountedTask task : CountedTask.values()) {
        if (task.name().toLowerCase(Locale.ROOT).equals(name)) {
          return task;
        }
      }
      throw new TypeConversionException(
          "no task is named "
              + name
              + "; there are "
              + Arrays.stream(CountedTask.values())
                  .map(task -> task.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
  }

  /** Reads a size in lower case. */
  static final class ToSize implements ITypeConverter<ModelSize> {
    @Override
    public ModelSize convert(String name) {
      for (ModelSize size : ModelSize.values()) {
        if (size.name().toLowerCase(Locale.ROOT).equals(name)) {
          return size;
        }
      }
      throw new TypeConversionException(
          "no size is named " + name + "; there are base and tiny, or give --width and the rest");
    }
  }
}
