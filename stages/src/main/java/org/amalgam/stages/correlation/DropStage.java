package org.amalgam.stages.correlation;

import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;

/**
 * The stage {@code drop}: {@code before}, {@code after} and {@code drop}, their difference, beside
 * other metrics of the same point.
 */
public final class DropStage implements StageType<DropSettings> {
  @Override
  public String name() {
    return "drop";
  }

  @Override
  public String summary() {
    return "Tells how much a metric falls by merging, beside other metrics of the point.";
  }

  @Override
  public Class<DropSettings> settings() {
    return DropSettings.class;
  }

  @Override
  public String produces() {
    return "metrics";
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(DropSettings settings, StageContext context) throws Exception {
    double before = MetricsTree.of(settings.before()).number(settings.metric());
    double after = MetricsTree.of(settings.after()).number(settings.metric());
    Input beside = settings.beside();
    MetricsTree metrics = beside == null ? MetricsTree.empty() : MetricsTree.of(beside);
    metrics.put("before", before);
    metrics.put("after", after);
    metrics.put("drop", before - after);
    metrics.write(context.output());
  }
}
