package org.amalgam.stages.evaluation;

import ai.djl.ndarray.NDManager;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.tensor.Torch;

/** Measures a model on held-out data: {@code metrics.json} and {@code examples.csv}. */
public final class EvaluateStage implements StageType<EvaluateSettings> {
  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "Measures a model on a task's held-out data, with the score of every example.";
  }

  @Override
  public Class<EvaluateSettings> settings() {
    return EvaluateSettings.class;
  }

  @Override
  public String produces() {
    return "metrics";
  }

  /** Evaluation draws nothing at random. */
  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(EvaluateSettings settings, StageContext context) throws Exception {
    Checkpoint checkpoint = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory());
        NDManager manager = Torch.manager(context.environment());
        FrozenModel model =
            new FrozenModel(
                checkpoint, corpus.tokenizer(), context.environment().precision(), manager)) {
      if (checkpoint.config().imageSize() != corpus.imageSize()) {
        throw new StageFailure(
            "the model reads images of %d pixels a side, the corpus has %d: evaluate on the corpus"
                    .formatted(checkpoint.config().imageSize(), corpus.imageSize())
                + " that the model was tuned on, or on one of the same image-size");
      }
      Split split = settings.split() == EvaluateSettings.HeldOut.VAL ? Split.VAL : Split.TEST;
      int batch = settings.batch();
      switch (settings.task()) {
        case VQA -> {
          need(checkpoint, Head.VQA);
          new AnsweringTask(model, corpus.questions(Split.TRAIN), corpus.questions(split), batch)
              .measure(context);
        }
        case RETRIEVAL -> {
          need(checkpoint, Head.RETRIEVAL, Head.ITC);
          String source = corpus.retrievalSource(settings.source());
          new RetrievalTask(model, corpus.captions(source, split), batch).measure(context);
        }
        case PRETRAINING -> {
          need(checkpoint, Head.ITC);
          need(checkpoint, Head.ITM);
          need(checkpoint, Head.MLM);
          String source = corpus.retrievalSource(settings.source());
          new PretrainingTask(model, corpus.tokenizer(), corpus.captions(source, split), batch)
              .measure(context);
        }
        case NLVR2 -> {
          need(checkpoint, Head.NLVR2);
          new StatementTask(model, corpus.statements(Split.TRAIN), corpus.statements(split), batch)
              .measure(context);
        }
        case CLASSIFICATION -> {
          need(checkpoint, Head.CLASSIFICATION);
          new ClassTask(model, corpus.sprites(split), batch).measure(context);
        }
        case SEGMENTATION -> {
          need(checkpoint, Head.SEGMENTATION);
          new SegmentationTask(model, corpus.masks(split), batch).measure(context);
        }
      }
    }
  }

  private static void need(Checkpoint checkpoint, Head... heads) throws StageFailure {
    for (Head head : heads) {
      if (checkpoint.config().headSet().contains(head)) {
        return;
      }
    }
    throw new StageFailure(
        "the model has no head for this task (it has "
            + checkpoint.config().headSet()
            + "): fine-tune it on the task first");
  }
}
