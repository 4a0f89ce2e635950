package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;

/** Fine-tuning of a pre-trained or merged model on one task (paper section 5). */
public final class FineTuneStage implements StageType<FineTuneSettings> {
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
      ModelConfig config = start.config().withHeads(EnumSet.of(head(settings)), 0);
      if (settings.task() == FineTuneSettings.Task.VQA) {
        int answers = corpus.questions(Split.TRAIN).answerVocabulary().size();
        config = config.withHeads(EnumSet.of(head(settings)), answers);
      }
      Checkpoint adapted = start.as(config, context.seed());
      try (Objective objective = objective(config, corpus, settings, context, manager)) {
        SortedMap<String, HostTensor> weights =
            TrainingLoop.train(
                config, adapted.weights(), settings.optimization(), manager, objective, context);
        new Checkpoint(config, weights).write(context.output());
      }
    }
  }

  private static Head head(FineTuneSettings settings) {
    return settings.task().head();
  }

  private static Objective objective(
      ModelConfig config,
      Corpus corpus,
      FineTuneSettings settings,
      StageContext context,
      NDManager manager)
      throws IOException, StageFailure {
    if (settings.task() == FineTuneSettings.Task.VQA) {
      QuestionSet questions = corpus.questions(Split.TRAIN);
      return new AnsweringObjective(
          config, questions, corpus.tokenizer(), settings, context, manager);
    }
    CaptionSet captions = corpus.captions(corpus.retrievalSource(settings.source()), Split.TRAIN);
    Pairs pairs = new Pairs(List.of(captions), corpus.tokenizer(), config.textLength());
    return new RetrievalObjective(config, pairs, corpus.tokenizer(), settings, context, manager);
  }
}
