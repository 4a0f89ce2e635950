package org.amalgam.stages.merging;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorFileException;
import org.jspecify.annotations.Nullable;

/**
 * The stage {@code merge}: reads {@code model.safetensors} and {@code config.json} of a
 * modality-specific model and writes both for the modality-agnostic one.
 */
public final class MergeStage implements StageType<MergeSettings> {
  private static final String WEIGHTS = "model.safetensors";
  private static final String GRAMS = "grams.safetensors";
  private static final String FISHER = "fisher.safetensors";

  /** More than these wait for each other at the file. */
  private static final int MOST_THREADS = 8;

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public String summary() {
    return "Merges the experts of a modality-specific model into one modality-agnostic model.";
  }

  @Override
  public Class<MergeSettings> settings() {
    return MergeSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public Map<String, Map<String, Class<? extends Record>>> choices() {
    return Map.of("merging", MergeMethods.byName());
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(MergeSettings settings, StageContext context) throws Exception {
    MergeMethod method = settings.merging();
    String config = MergedConfig.of(settings.model().directory().resolve(MergedConfig.FILE));
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    try (MergeInputs inputs =
        MergeInputs.open(
            settings.model().directory().resolve(WEIGHTS),
            method.usesOrigin() ? file(settings.origin(), WEIGHTS) : null,
            method.usesGrams() ? file(settings.grams(), GRAMS) : null,
            method.usesFisher() ? file(settings.fisher(), FISHER) : null)) {
      SortedMap<Integer, Duration> times =
          new Merge(method, inputs)
              .write(
                  context.output().resolve(WEIGHTS),
                  Workers.of(threads, settings.memory() << 20),
                  context.progress());
      times.forEach(
          (layer, time) ->
              context.log("layer %d: %.3f thread-seconds".formatted(layer, time.toMillis() / 1e3)));
    } catch (TensorFileException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    Files.writeString(context.output().resolve(MergedConfig.FILE), config);
    context.log("merged by " + method);
  }

  private static @Nullable Path file(@Nullable Input input, String name) {
    return input == null ? null : input.directory().resolve(name);
  }
}
