package org.amalgam.runner.executor;

import java.nio.file.Path;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageContext;

/** What a stage sees of the run while it runs. */
record RunningStage(Job job, StageLog stageLog, Progress listener, Cancellation stop)
    implements StageContext {
  @Override
  public Path output() {
    return job.output();
  }

  @Override
  public Path scratch() {
    return job.scratch();
  }

  @Override
  public long seed() {
    return job.seed();
  }

  @Override
  public Environment environment() {
    return job.environment();
  }

  @Override
  public Progress progress() {
    return (done, total, unit, shown) -> {
      if (stop.requested()) {
        throw new StageCancelled();
      }
      listener.at(done, total, unit, shown);
    };
  }

  @Override
  public void log(String line) {
    stageLog.line(line);
  }
}
