package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;

/** Fine-tuning of a pre-trained or merged model on one task (paper section 5). */
public final class FineTuneStage implements StageType<FineTuneSettings> {
  /** Retrieval is tuned on the captions of scenes, as in the paper on those of COCO. */
  private static final String RETRIEVAL_SOURCE = "scenes";

  @Override
  public String name() {
    return "fine-tune";
  }

  @Override
  public String summary() {
    return "Trains a model further on one task: answering questions, or retrieval.";
  }

  @Override
  public Class<FineTuneSettings> settings() {
    return FineTuneSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public void run(FineTuneSettings settings, StageContext context) throws Exception {
    Checkpoint start = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory());
        NDManager manager = Torch.manager(context.environment())) {
      boolean vqa = settings.task() == FineTuneSettings.Task.VQA;
      QuestionSet questions = corpus.questions(Split.TRAIN);
      ModelConfig config =
          start
              .config()
              .withHeads(
                  EnumSet.of(settings.task().head()),
                  vqa ? questions.answerVocabulary().size() : 0);
      Checkpoint adapted = start.as(config, context.seed());
      try (Objective objective =
          vqa
              ? new AnsweringObjective(
                  config, questions, corpus.tokenizer(), settings, context, manager)
              : new RetrievalObjective(
                  config, pairs(corpus, config), corpus.tokenizer(), settings, context, manager)) {
        SortedMap<String, HostTensor> weights =
            TrainingLoop.train(
                config, adapted.weights(), settings.optimization(), manager, objective, context);
        new Checkpoint(config, weights).write(context.output());
      }
    }
  }

  private static Pairs pairs(Corpus corpus, ModelConfig config) throws IOException, StageFailure {
    return new Pairs(
        List.of(corpus.captions(RETRIEVAL_SOURCE, Split.TRAIN)),
        corpus.tokenizer(),
        config.textLength());
  }
}
