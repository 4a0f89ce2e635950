package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.PaddedTexts;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;

/** Retrieval: contrast of the unimodal encoders (facts of the released code, section 4.2). */
final class RetrievalObjective implements Objective<RetrievalObjective.Batch> {
  private final ModelConfig config;
  private final Pairs pairs;
  private final Tokenizer tokenizer;
  private final SampleOrder order;
  private final Augmenting augmenting;
  private final LossScript script;

  RetrievalObjective(
      ModelConfig config,
      Pairs pairs,
      Tokenizer tokenizer,
      FineTuneSettings settings,
      StageContext context,
      NDManager manager) {
    this.config = config;
    this.pairs = pairs;
    this.tokenizer = tokenizer;
    this.order =
        new SampleOrder(context.seed(), 0, pairs.size(), settings.batch(), settings.accumulate());
    this.augmenting = new Augmenting(settings.augmentation(), context.seed(), 0);
    this.script = new LossScript(manager, 1);
  }

  /** Images and their texts. */
  record Batch(PixelBatch pixels, PaddedTexts texts) {}

  @Override
  public Batch prepare(int step, int part) {
    List<PixelBatch.Source> sources = new ArrayList<>();
    List<int[]> texts = new ArrayList<>();
    for (int pair : order.of(step, part)) {
      sources.add(pairs.image(pair));
      texts.add(pairs.tokens(pair));
    }
    return new Batch(
        augmenting.batch(sources, step, order.first(part)),
        PaddedTexts.of(texts, tokenizer.padId(), config.imageTokens()));
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray loss =
        script.contrast(
            Encoder.imageFeature(pass, batch.pixels().on(manager)),
            Encoder.textFeature(pass, batch.texts().on(manager)),
            pass.weight("logit_scale"));
    return new Losses(loss, Map.of());
  }

  @Override
  public void close() {
    script.close();
  }
}
