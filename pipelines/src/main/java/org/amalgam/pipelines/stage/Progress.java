package org.amalgam.pipelines.stage;

import java.util.Map;

/** Where a stage tells how far it is. Cheap: may be called every step. */
public interface Progress {
  /**
   * Reports that {@code done} of {@code total} units are done.
   *
   * @param unit what is counted, "step" or "image"
   * @param shown values to show, such as the loss; in order
   * @throws StageCancelled if the run was cancelled: let it pass through
   */
  void at(long done, long total, String unit, Map<String, Double> shown);

  /** Like {@link #at(long, long, String, Map)} with nothing else to show. */
  default void at(long done, long total, String unit) {
    at(done, total, unit, Map.of());
  }

  /** Progress that nobody looks at. */
  Progress SILENT = (done, total, unit, shown) -> {};
}
