package org.amalgam.stages.merging;

import java.io.IOException;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.Workers;

/** A method made ready for the model at hand. */
public interface PreparedMerge {
  /**
   * How the tensor that takes the place of the experts is made; nothing but headers is read yet.
   *
   * @throws StageFailure if an input lacks what is needed here
   */
  TensorMerge at(ExpertSlot slot) throws IOException, StageFailure;

  /** Reads what must be known of the whole model before its first place is merged. */
  default void measure(Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {}
}
