package org.amalgam.stages.correlation;

import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;

/**
 * The stage {@code numbers}: puts numbers that a recipe gives, printed ones say, where tables and
 * other stages read metrics.
 */
public final class NumbersStage implements StageType<NumbersSettings> {
  @Override
  public String name() {
    return "numbers";
  }

  @Override
  public String summary() {
    return "Takes numbers from the recipe, such as printed ones, as metrics.";
  }

  @Override
  public Class<NumbersSettings> settings() {
    return NumbersSettings.class;
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
  public void run(NumbersSettings settings, StageContext context) throws Exception {
    MetricsTree metrics = MetricsTree.empty();
    for (Map.Entry<String, Double> number : settings.values().entrySet()) {
      metrics.put(number.getKey(), number.getValue());
    }
    metrics.write(context.output());
  }
}
