package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Refit;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.Torch;

/**
 * The vision-only weights from which every training starts: the role of BEiT and of the supervised
 * ViT-Tiny in the paper (section 5).
 */
public final class InitStage implements StageType<InitSettings> {
  @Override
  public String name() {
    return "init";
  }

  @Override
  public String summary() {
    return "Makes the initial weights: random, trained on labelled images, or imported.";
  }

  @Override
  public Class<InitSettings> settings() {
    return InitSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public Map<String, Map<String, Class<? extends Record>>> choices() {
    Map<String, Class<? extends Record>> sources = new LinkedHashMap<>();
    sources.put("random", InitSettings.Random.class);
    sources.put("supervised", InitSettings.Supervised.class);
    sources.put("file", InitSettings.Imported.class);
    return Map.of("source", sources);
  }

  @Override
  public List<Path> externals(InitSettings settings) {
    return settings.source() instanceof InitSettings.Imported imported
        ? List.of(Path.of(imported.file()))
        : List.of();
  }

  @Override
  public void run(InitSettings settings, StageContext context) throws Exception {
    try (Corpus corpus = Corpus.open(settings.corpus().directory())) {
      ModelConfig config = settings.config(corpus.imageSize(), corpus.tokenizer().size());
      Checkpoint fresh = Checkpoint.fresh(config, seed(settings, context));
      Checkpoint made = fresh;
      if (settings.source() instanceof InitSettings.Supervised supervised) {
        made = supervised(fresh, corpus, settings, supervised, context);
      } else if (settings.source() instanceof InitSettings.Imported imported) {
        made = imported(fresh, Path.of(imported.file()), context);
      }
      made.write(context.output());
    }
  }

  /** The first draw is the recipe's seed itself. */
  private static long seed(InitSettings settings, StageContext context) {
    return settings.draw() == 0
        ? context.seed()
        : RandomStream.of(context.seed(), "draw", settings.draw()).nextLong();
  }

  private static Checkpoint supervised(
      Checkpoint fresh,
      Corpus corpus,
      InitSettings all,
      InitSettings.Supervised settings,
      StageContext context)
      throws IOException, StageFailure, InterruptedException {
    LabelledSet images = corpus.sprites(Split.TRAIN);
    try (NDManager manager = Torch.manager(context.environment());
        LabelObjective objective =
            new LabelObjective(images, settings.batch(), context.seed(), manager)) {
      SortedMap<String, HostTensor> weights = new TreeMap<>(fresh.weights());
      weights.putAll(objective.heads(fresh.config().width()));
      SortedMap<String, HostTensor> trained =
          new TreeMap<>(
              TrainingLoop.train(
                  all,
                  fresh.config(),
                  weights,
                  settings.optimization(),
                  manager,
                  objective,
                  context));
      trained.keySet().retainAll(fresh.weights().keySet());
      return new Checkpoint(fresh.config(), trained);
    }
  }

  private static Checkpoint imported(Checkpoint fresh, Path file, StageContext context)
      throws IOException, StageFailure {
    SortedMap<String, HostTensor> weights = new TreeMap<>(fresh.weights());
    List<String> drawn = new ArrayList<>(weights.keySet());
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      for (String name : tensors.names()) {
        HostTensor own = weights.get(name);
        if (own == null) {
          context.log(file + ": " + name + " is not a tensor of this model, left out");
          continue;
        }
        long[] shape = tensors.info(name).shape();
        HostTensor read = HostTensor.ofFloats(tensors.floats(name), shape);
        HostTensor fitted = Refit.toShape(name, read, own.info().shape());
        if (!Arrays.equals(fitted.info().shape(), own.info().shape())) {
          throw new StageFailure(
              "%s: tensor %s is %s, the sizes of this stage want %s: set width, layers, heads and"
                      .formatted(
                          file, name, Arrays.toString(shape), Arrays.toString(own.info().shape()))
                  + " patch as in that model");
        }
        if (!Arrays.equals(shape, fitted.info().shape())) {
          context.log(
              "%s: %s resized from %d rows to %d"
                  .formatted(file, name, shape[0], fitted.info().shape()[0]));
        }
        weights.put(name, fitted);
        drawn.remove(name);
      }
    }
    context.log("drawn at random, for the file lacks them: " + String.join(", ", drawn));
    return new Checkpoint(fresh.config(), weights);
  }
}
