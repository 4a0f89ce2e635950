package org.amalgam.stages;

import java.util.List;
import org.amalgam.pipelines.stage.Registry;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.stages.alignment.AlignStage;
import org.amalgam.stages.correlation.CorrelateStage;
import org.amalgam.stages.correlation.DropStage;
import org.amalgam.stages.correlation.NumbersStage;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.distance.DistanceStage;
import org.amalgam.stages.evaluation.EvaluateStage;
import org.amalgam.stages.gram.GramStage;
import org.amalgam.stages.merging.MergeStage;
import org.amalgam.stages.model.ParametersStage;
import org.amalgam.stages.noop.NoopStage;
import org.amalgam.stages.tensor.Torch;
import org.amalgam.stages.training.FineTuneStage;
import org.amalgam.stages.training.FisherStage;
import org.amalgam.stages.training.InitStage;
import org.amalgam.stages.training.PretrainStage;

/** The catalogue: one line a stage type. */
@Registry
public final class Stages {
  private Stages() {}

  /** Every stage type that a recipe may use. */
  public static StageCatalog catalog() {
    return new StageCatalog(
        List.of(
            new CorpusStage(),
            new InitStage(),
            new PretrainStage(),
            new AlignStage(),
            new GramStage(),
            new FisherStage(),
            new MergeStage(),
            new DistanceStage(),
            new NumbersStage(),
            new DropStage(),
            new CorrelateStage(),
            new ParametersStage(),
            new FineTuneStage(),
            new EvaluateStage(),
            new NoopStage()),
        Torch.pinned(),
        Torch::bestDevice);
  }
}
