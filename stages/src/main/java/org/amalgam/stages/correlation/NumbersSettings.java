package org.amalgam.stages.correlation;

import java.util.Map;
import org.amalgam.pipelines.stage.Doc;

/** Numbers that a recipe gives. */
public record NumbersSettings(
    @Doc("Dotted path in metrics.json to number, such as printed values.")
        Map<String, Double> values) {
  public NumbersSettings {
    values = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(values));
  }
}
