package org.amalgam.stages.gram;

import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.model.Checkpoint;

/** The stage {@code gram}: runs data through a model and writes {@code grams.safetensors}. */
public final class GramStage implements StageType<GramSettings> {
  private static final String FILE = "grams.safetensors";

  @Override
  public String name() {
    return "gram";
  }

  @Override
  public String summary() {
    return "Collects the Gram matrices of what goes into a model's linear layers, for RegMean.";
  }

  @Override
  public Class<GramSettings> settings() {
    return GramSettings.class;
  }

  @Override
  public String produces() {
    return "grams";
  }

  @Override
  public void run(GramSettings settings, StageContext context) throws Exception {
    long memory = settings.memory() << 20;
    Checkpoint checkpoint = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory())) {
      GramCollection collection =
          new GramCollection(checkpoint, corpus, settings.data(), context.seed());
      context.log(
          "%d matrices over %d pairs, read %d times"
              .formatted(collection.matrices(), collection.pairs(), collection.passes(memory)));
      collection.write(
          context.output().resolve(FILE), context.environment(), memory, context.progress());
    }
  }
}
