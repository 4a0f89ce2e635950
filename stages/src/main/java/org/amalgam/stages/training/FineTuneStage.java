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
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.MaskSet;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
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
    return "Trains a model further on one task: questions, retrieval, pairs of images, classes or"
        + " pixels.";
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
      switch (settings.task()) {
        case VQA -> {
          QuestionSet questions = corpus.questions(Split.TRAIN);
          ModelConfig config =
              withHead(start, settings, corpus, questions.answerVocabulary().size());
          train(
              start.as(config, context.seed()),
              new AnsweringObjective(
                  config, questions, corpus.tokenizer(), settings, context, manager),
              settings,
              context,
              manager);
        }
        case RETRIEVAL -> {
          CaptionSet captions =
              corpus.captions(corpus.retrievalSource(settings.source()), Split.TRAIN);
          ModelConfig config = withHead(start, settings, corpus, 0);
          Pairs pairs = new Pairs(List.of(captions), corpus.tokenizer(), config.textLength());
          train(
              start.as(config, context.seed()),
              new RetrievalObjective(config, pairs, corpus.tokenizer(), settings, context, manager),
              settings,
              context,
              manager);
        }
        case NLVR2 -> {
          ModelConfig config = withHead(start, settings, corpus, 0);
          train(
              start.as(config, context.seed()),
              new StatementObjective(
                  config,
                  corpus.statements(Split.TRAIN),
                  corpus.tokenizer(),
                  settings,
                  context,
                  manager),
              settings,
              context,
              manager);
        }
        case CLASSIFICATION -> {
          LabelledSet images = corpus.sprites(Split.TRAIN);
          ModelConfig config = withHead(start, settings, corpus, images.nounNames().size());
          train(
              start.as(config, context.seed()),
              new ClassObjective(images, settings, context, manager),
              settings,
              context,
              manager);
        }
        case SEGMENTATION -> {
          MaskSet masks = corpus.masks(Split.TRAIN);
          ModelConfig config = withHead(start, settings, corpus, masks.classes().size());
          train(
              start.as(config, context.seed()),
              new PixelObjective(masks, settings, context, manager),
              settings,
              context,
              manager);
        }
      }
    }
  }

  /** The model for the task, at the size of the corpus's images. */
  private static ModelConfig withHead(
      Checkpoint start, FineTuneSettings settings, Corpus corpus, int answers) throws StageFailure {
    return start
        .config()
        .withHeads(EnumSet.of(settings.task().head()), answers)
        .withImageSize(corpus.imageSize());
  }

  private static void train(
      Checkpoint start,
      Objective<?> objective,
      FineTuneSettings settings,
      StageContext context,
      NDManager manager)
      throws IOException, StageFailure, InterruptedException {
    try (objective) {
      SortedMap<String, HostTensor> weights =
          TrainingLoop.train(
              settings,
              start.config(),
              start.weights(),
              settings.optimization(),
              manager,
              objective,
              context);
      new Checkpoint(start.config(), weights).write(context.output());
    }
  }
}
