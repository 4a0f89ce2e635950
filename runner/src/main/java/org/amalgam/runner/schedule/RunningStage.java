package org.amalgam.runner.schedule;

import java.nio.file.Path;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageContext;

/** What a stage sees of the run while it runs. */
record RunningStage(
    Path output,
    Path scratch,
    Point point,
    StageLog stageLog,
    RunListener listener,
    Cancellation stop)
    implements StageContext {
  @Override
  public long seed() {
    return point.seed();
  }

  @Override
  public Environment environment() {
    return point.environment();
  }

  @Override
  public Progress progress() {
    return (done, total, unit, shown) -> {
      if (stop.requested()) {
        throw new StageCancelled();
      }
      listener.advanced(point, done, total, unit, shown);
    };
  }

  @Override
  public void log(String line) {
    stageLog.line(line);
  }
}
