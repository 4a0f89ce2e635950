package org.amalgam.runner.report;

import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Selection;

/** Names of points on the page. */
final class Names {
  private static final String REPLICATE = "replicate";

  private Names() {}

  /** {@code score[method=ours]} for all of its replicates. */
  static String withoutReplicate(Point point) {
    SortedMap<String, String> dimensions = new TreeMap<>(point.dimensions());
    dimensions.remove(REPLICATE);
    return Selection.name(point.stage(), dimensions);
  }

  /** Where a point is on the page; made of what a fragment may hold unescaped. */
  static String anchor(Point point) {
    return "at-" + point.name().replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("-$", "");
  }

  /** Where a stage is on the page. */
  static String anchorOfStage(String stage) {
    return "stage-" + stage;
  }
}
