package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.amalgam.runner.progress.Bytes;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.schedule.Forecast.Cost;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;
import org.amalgam.runner.schedule.Outlook.Expected;

/** A plan's prospects for people. */
final class PlanText {
  private static final int MOST_NAMED = 6;

  private PlanText() {}

  /** A line for each point. */
  static List<String> points(Outlook outlook) {
    return aligned(
        outlook.points().stream()
            .map(
                one ->
                    List.of(
                        one.point().name(),
                        one.expectation().toString(),
                        "",
                        cost(List.of(one)),
                        one.reason()))
            .toList());
  }

  /**
   * A line for the points of a stage that have one verdict for one kind of reason, so that a grid
   * of a thousand points is a line or two.
   *
   * @param cached whether what is cached has lines too
   */
  static List<String> stages(Outlook outlook, boolean cached) {
    Map<String, Map<String, List<Expected>>> stages = new LinkedHashMap<>();
    for (Expected one : outlook.points()) {
      stages
          .computeIfAbsent(one.point().stage(), s -> new LinkedHashMap<>())
          .computeIfAbsent(one.expectation() + "\n" + kind(one), g -> new ArrayList<>())
          .add(one);
    }
    List<List<String>> lines = new ArrayList<>();
    stages.forEach(
        (stage, groups) -> {
          int of = groups.values().stream().mapToInt(List::size).sum();
          for (List<Expected> group : groups.values()) {
            Expectation expectation = group.get(0).expectation();
            if (cached || expectation != Expectation.CACHED) {
              String named = of == 1 ? "" : named(group, of);
              lines.add(List.of(stage, expectation.toString(), named, cost(group), reason(group)));
            }
          }
        });
    return aligned(lines);
  }

  /** What the reasons of one line have in common. */
  private static String kind(Expected one) {
    KeyDifference change = one.change();
    if (change != null) {
      return change.part();
    }
    return one.reason().startsWith(Outlook.WAITING)
        ? Outlook.WAITING
        : one.reason().replaceAll("\\[[^]]*]", "");
  }

  /** Every column as wide as its widest; those that are empty everywhere are left out. */
  private static List<String> aligned(List<List<String>> lines) {
    int[] widths = new int[lines.isEmpty() ? 0 : lines.get(0).size()];
    for (List<String> line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], line.get(c).length());
      }
    }
    List<String> texts = new ArrayList<>();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        if (widths[c] > 0) {
          text.append(line.get(c)).append(" ".repeat(widths[c] - line.get(c).length() + 2));
        }
      }
      texts.add(text.toString().stripTrailing());
    }
    return texts;
  }

  private static String cost(List<Expected> group) {
    double seconds = group.stream().mapToDouble(p -> p.cost().map(Cost::seconds).orElse(0.0)).sum();
    long bytes = group.stream().mapToLong(p -> p.cost().map(Cost::bytes).orElse(0L)).sum();
    if (seconds <= 0) {
      return "";
    }
    return "about " + Elapsed.text(seconds) + (bytes > 0 ? " and " + Bytes.text(bytes) : "");
  }

  private static String reason(List<Expected> group) {
    Expected first = group.get(0);
    KeyDifference change = first.change();
    long reasons = group.stream().map(Expected::reason).distinct().count();
    if (reasons == 1) {
      return first.reason();
    }
    if (first.reason().startsWith(Outlook.WAITING)) {
      return Outlook.WAITING
          + group.stream()
              .flatMap(
                  one -> Stream.of(one.reason().substring(Outlook.WAITING.length()).split(", ")))
              .distinct()
              .collect(Collectors.joining(", "));
    }
    return change == null
        ? first.reason() + ", ..."
        : "changed " + change.part() + ": " + change.values() + ", ...";
  }

  private static String named(List<Expected> group, int all) {
    if (group.size() == all) {
      return "all " + all + " points";
    }
    if (group.size() > MOST_NAMED) {
      return group.size() + " of " + all + " points";
    }
    return String.join(" ", group.stream().map(PlanText::values).toList());
  }

  /** {@code [alpha=0.75]}: the name without the stage. */
  private static String values(Expected one) {
    return one.point().name().substring(one.point().stage().length());
  }

  /** How many points have which verdict, and what running them would take. */
  static String summary(Outlook outlook, int slots) {
    StringBuilder text = new StringBuilder();
    text.append(outlook.points().size()).append(" points: ");
    text.append(outlook.count(Expectation.CACHED)).append(" cached, ");
    text.append(outlook.count(Expectation.TO_RUN)).append(" to run, ");
    text.append(outlook.count(Expectation.BLOCKED)).append(" blocked");
    double seconds = outlook.seconds(slots);
    long unpredicted = outlook.unpredicted();
    if (seconds > 0) {
      text.append("; about ").append(Elapsed.text(seconds)).append(" on ").append(slots);
      text.append(slots == 1 ? " slot" : " slots");
      text.append(" and ").append(Bytes.text(outlook.bytes())).append(" of disk");
    }
    if (unpredicted > 0) {
      text.append(seconds > 0 ? ", without " : "; no times known of ").append(unpredicted);
      text.append(" that never ran at this scale");
    }
    return text.toString();
  }
}
