package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.conversion.Conversion;
import org.amalgam.stages.conversion.ConversionReport;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.TensorFileException;
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
        ? imported.externals()
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
        made = imported(fresh, imported, context);
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

  private static Checkpoint imported(
      Checkpoint fresh, InitSettings.Imported settings, StageContext context)
      throws IOException, StageFailure, RecipeException {
    Path file = Path.of(settings.file());
    SortedMap<String, HostTensor> weights = new TreeMap<>(fresh.weights());
    try (Conversion made =
        Conversion.of(TensorSources.open(file), settings.readRules(), fresh.config())) {
      for (String name : made.names()) {
        weights.put(name, made.f32(name));
        if (!made.how(name).equals("copied")) {
          context.log(file + ": " + name + " " + made.details(name));
        }
      }
      ConversionReport report = made.report();
      made.skipped().forEach(other -> context.log(file + ": passed over " + other));
      report
          .dropped()
          .forEach((name, why) -> context.log(file + ": " + name + " left out, " + why));
      report.unmatched().forEach(name -> context.log(file + ": no rule takes " + name));
      report
          .unplaced()
          .forEach(
              (name, to) ->
                  context.log(file + ": " + name + " is not a tensor of this model, left out"));
      context.log(
          "drawn at random, for the file lacks them: " + String.join(", ", report.unfilled()));
    } catch (TensorFileException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    return new Checkpoint(fresh.config(), weights);
  }
}
