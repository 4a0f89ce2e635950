package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.PaddedTexts;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;

/** VQA: soft targets over the answer vocabulary from the pooled joint feature. */
final class AnsweringObjective implements Objective<AnsweringObjective.Batch> {
  private final ModelConfig config;
  private final QuestionSet questions;
  private final Tokenizer tokenizer;
  private final List<int[]> tokens = new ArrayList<>();
  private final SampleOrder order;
  private final Augmenting augmenting;
  private final LossScript script;

  AnsweringObjective(
      ModelConfig config,
      QuestionSet questions,
      Tokenizer tokenizer,
      FineTuneSettings settings,
      StageContext context,
      NDManager manager) {
    this.config = config;
    this.questions = questions;
    this.tokenizer = tokenizer;
    for (String text : questions.texts()) {
      tokens.add(tokenizer.encode(text, config.textLength()));
    }
    this.order =
        new SampleOrder(context.seed(), 0, tokens.size(), settings.batch(), settings.accumulate());
    this.augmenting = new Augmenting(settings.augmentation(), context.seed(), 0);
    this.script = new LossScript(manager, 1);
  }

  /**
   * Questions about images.
   *
   * @param scores (questions, answers)
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
  record Batch(PixelBatch pixels, PaddedTexts texts, float[] scores) {}

  @Override
  public Batch prepare(int step, int part) {
    int[] batch = order.of(step, part);
    int answers = questions.answerVocabulary().size();
    List<PixelBatch.Source> images = new ArrayList<>();
    List<int[]> texts = new ArrayList<>();
    float[] scores = new float[batch.length * answers];
    for (int i = 0; i < batch.length; i++) {
      images.add(new PixelBatch.Source(questions.images(), questions.imageOf()[batch[i]]));
      texts.add(tokens.get(batch[i]));
      questions.target(batch[i], scores, i * answers);
    }
    return new Batch(
        augmenting.batch(images, step, order.first(part)),
        PaddedTexts.of(texts, tokenizer.padId(), config.imageTokens()),
        scores);
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray pooled = Encoder.pooled(pass, batch.texts().on(manager), batch.pixels().on(manager));
    int n = batch.pixels().count();
    Shape shape = new Shape(n, batch.scores().length / n);
    NDArray scores = manager.create(batch.scores(), shape);
    return new Losses(script.softTargets(pass.answers(pooled), scores), Map.of());
  }

  @Override
  public void close() {
    script.close();
  }
}
