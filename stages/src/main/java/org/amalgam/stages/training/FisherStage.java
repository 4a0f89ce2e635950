package org.amalgam.stages.training;

import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.model.Checkpoint;

/** The stage {@code fisher}: writes {@code fisher.safetensors} for Fisher-weighted averaging. */
public final class FisherStage implements StageType<FisherSettings> {
  private static final String FILE = "fisher.safetensors";

  @Override
  public String name() {
    return "fisher";
  }

  @Override
  public String summary() {
    return "Averages the squared gradients of the pre-training losses, for Fisher merging.";
  }

  @Override
  public Class<FisherSettings> settings() {
    return FisherSettings.class;
  }

  @Override
  public String produces() {
    return "fisher";
  }

  @Override
  public void run(FisherSettings settings, StageContext context) throws Exception {
    Checkpoint checkpoint = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory())) {
      FisherEstimate estimate =
          new FisherEstimate(checkpoint, corpus, settings.options(), context.seed());
      context.log(
          "%d tensors over %d batches of %d from %d pairs"
              .formatted(
                  estimate.tensors(), settings.batches(), settings.batch(), estimate.pairs()));
      estimate.write(context.output().resolve(FILE), context.environment(), context.progress());
    }
  }
}
