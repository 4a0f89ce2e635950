package org.amalgam.runner.command;

import java.util.LinkedHashMap;
import java.util.Map;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.runner.schedule.Forecast.Cost;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;
import org.amalgam.runner.schedule.Outlook.Expected;
import org.jspecify.annotations.Nullable;

/** A plan's prospects for programs. */
final class PlanJson {
  private PlanJson() {}

  /**
   * @param without the same recipe without what {@code --set} changes, if it was asked for
   */
  static Map<String, @Nullable Object> of(
      Plan plan, Outlook outlook, @Nullable Outlook without, int slots) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("recipe", plan.recipe().name());
    json.put("profile", plan.recipe().profile());
    json.put("summary", summary(outlook, slots));
    json.put("without", without == null ? null : summary(without, slots));
    json.put("points", outlook.points().stream().map(PlanJson::point).toList());
    return json;
  }

  private static Map<String, Object> summary(Outlook outlook, int slots) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("points", outlook.points().size());
    json.put("cached", outlook.count(Expectation.CACHED));
    json.put("toRun", outlook.count(Expectation.TO_RUN));
    json.put("blocked", outlook.count(Expectation.BLOCKED));
    json.put("slots", slots);
    json.put("seconds", outlook.seconds(slots));
    json.put("bytes", outlook.bytes());
    json.put("withoutPrediction", outlook.unpredicted());
    return json;
  }

  private static Map<String, @Nullable Object> point(Expected expected) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("point", expected.point().name());
    one.put("stage", expected.point().stage());
    one.put("uses", expected.point().type().name());
    one.put("verdict", expected.expectation().toString());
    one.put("reason", expected.reason());
    one.put("change", change(expected.change()));
    one.put("seconds", expected.cost().map(Cost::seconds).orElse(null));
    one.put("bytes", expected.cost().map(Cost::bytes).orElse(null));
    return one;
  }

  /** A difference of keys; null where there is none. */
  static @Nullable Map<String, @Nullable Object> change(@Nullable KeyDifference change) {
    if (change == null) {
      return null;
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("part", change.part());
    json.put("before", change.before());
    json.put("now", change.now());
    return json;
  }
}
