package org.amalgam.stages.correlation;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;

/** What is correlated with what. */
public record CorrelateSettings(
    @Doc("The points, at least three: all that the reference stands for.") @Port("metrics")
        List<Input> points,
    @Doc("Dotted path of the number that is to be told.") @Default("drop") String with,
    @Doc("Dotted paths of the numbers that may tell it.") List<String> metrics) {
  public CorrelateSettings {
    points = List.copyOf(points);
    metrics = List.copyOf(metrics);
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("metrics is empty; name what may tell " + with);
    }
  }
}
