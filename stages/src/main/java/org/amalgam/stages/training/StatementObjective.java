package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.PaddedTexts;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.StatementSet;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;

/** NLVR2: whether a statement holds of two images (facts of the released code, section 4.3). */
final class StatementObjective implements Objective<StatementObjective.Batch> {
  private final ModelConfig config;
  private final StatementSet statements;
  private final Tokenizer tokenizer;
  private final List<int[]> tokens = new ArrayList<>();
  private final SampleOrder order;
  private final Augmenting augmenting;
  private final LossScript script;

  StatementObjective(
      ModelConfig config,
      StatementSet statements,
      Tokenizer tokenizer,
      FineTuneSettings settings,
      StageContext context,
      NDManager manager) {
    this.config = config;
    this.statements = statements;
    this.tokenizer = tokenizer;
    for (String text : statements.texts()) {
      tokens.add(tokenizer.encode(text, config.textLength()));
    }
    this.order =
        new SampleOrder(context.seed(), 0, tokens.size(), settings.batch(), settings.accumulate());
    this.augmenting = new Augmenting(settings.augmentation(), context.seed(), 0);
    this.script = LossScript.smoothing(manager, settings.labelSmoothing());
  }

  /**
   * Statements.
   *
   * @param pixels the left images, then the right ones
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
  record Batch(PixelBatch pixels, PaddedTexts texts, int[] truths) {}

  @Override
  public Batch prepare(int step, int part) {
    int[] batch = order.of(step, part);
    List<PixelBatch.Source> images = new ArrayList<>();
    List<int[]> texts = new ArrayList<>();
    int[] truths = new int[batch.length];
    for (int i = 0; i < batch.length; i++) {
      images.add(new PixelBatch.Source(statements.images(), statements.first()[batch[i]]));
      texts.add(tokens.get(batch[i]));
      truths[i] = statements.truths()[batch[i]];
    }
    for (int each : batch) {
      images.add(new PixelBatch.Source(statements.images(), statements.second()[each]));
    }
    int first = order.first(part);
    int n = batch.length;
    return new Batch(
        augmenting.batch(images, step, i -> i < n ? 2 * (first + i) : 2 * (first + i - n) + 1),
        PaddedTexts.of(texts, tokenizer.padId(), config.imageTokens()),
        truths);
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray logits =
        TaskHeads.ofTwoImages(pass, batch.texts().on(manager), batch.pixels().on(manager));
    return new Losses(
        script.smoothedCrossEntropy(logits, LossScript.longs(manager, batch.truths())), Map.of());
  }

  @Override
  public void close() {
    script.close();
  }
}
