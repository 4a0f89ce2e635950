package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;

/** Vision-language pre-training from initial weights or from a seed model (paper section 3.2). */
public final class PretrainStage implements StageType<PretrainSettings> {
  @Override
  public String name() {
    return "pretrain";
  }

  @Override
  public String summary() {
    return "Trains on image-text pairs with contrast, matching and masked language modelling.";
  }

  @Override
  public Class<PretrainSettings> settings() {
    return PretrainSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public void run(PretrainSettings settings, StageContext context) throws Exception {
    Checkpoint start = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory());
        NDManager manager = Torch.manager(context.environment())) {
      ModelConfig config = config(start, settings, corpus);
      Checkpoint adapted = start.as(config, context.seed());
      Input language = settings.language();
      if (language != null) {
        Checkpoint other = Checkpoint.read(language.directory());
        adapted = adapted.withExperts(Modality.LANGUAGE, other.as(config, context.seed()));
      }
      Pairs pairs =
          new Pairs(captions(corpus, settings.sources()), corpus.tokenizer(), config.textLength());
      context.log(
          "%d pairs, %d tensors, %s"
              .formatted(pairs.size(), adapted.weights().size(), config.architecture().label()));
      try (PretrainingObjective objective =
          new PretrainingObjective(
              config, pairs, corpus.tokenizer(), settings, context.seed(), manager)) {
        SortedMap<String, HostTensor> weights =
            TrainingLoop.train(
                settings,
                config,
                adapted.weights(),
                settings.optimization(),
                manager,
                objective,
                context);
        new Checkpoint(config, weights).write(context.output());
      }
    }
  }

  /** The model that is trained, at the size of the corpus's images. */
  static ModelConfig config(Checkpoint start, PretrainSettings settings, Corpus corpus)
      throws StageFailure {
    return start
        .config()
        .withArchitecture(settings.architecture())
        .withHeads(EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 0)
        .withImageSize(corpus.imageSize());
  }

  static List<CaptionSet> captions(Corpus corpus, List<String> sources)
      throws IOException, StageFailure {
    List<String> known = corpus.sources(Split.TRAIN);
    List<CaptionSet> sets = new ArrayList<>();
    List<String> asked = sources.isEmpty() ? corpus.pretrainingSources() : sources;
    for (String source : asked) {
      if (!known.contains(source)) {
        throw new StageFailure(
            "sources: the corpus has no " + source + "; it has " + String.join(", ", known));
      }
      sets.add(corpus.captions(source, Split.TRAIN));
    }
    return sets;
  }
}
