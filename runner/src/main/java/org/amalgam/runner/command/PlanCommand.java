package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.schedule.Capacity;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;
import org.amalgam.runner.schedule.Outlook.Expected;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam plan}. */
@Command(
    name = "plan",
    description = {
      "Shows what a run would do, and why: what is cached, what is to run, what is blocked by"
          + " missing files, and the time it took earlier. Computes nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam plan recipes/final-recipe.yaml",
      "  amalgam plan recipes/final-recipe.yaml --profile base vqa"
    })
final class PlanCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 6;

  private final Surroundings surroundings;

  @Mixin private RecipeOptions selection = new RecipeOptions();
  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  PlanCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws RecipeException, IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    Plan plan = selection.plan(surroundings);
    Capacity.ofMachine(settings.slots(), surroundings.environment())
        .refusals(plan)
        .forEach(line -> surroundings.err().println("warning: " + line));
    ArtifactStore store =
        ArtifactStore.open(surroundings.resolve(settings.value(ToolSetting.STORE)));
    Outlook outlook = Outlook.of(plan, store);
    if (output == OutputFormat.json) {
      surroundings
          .out()
          .print(RunJson.text(outlook.points().stream().map(PlanCommand::json).toList()));
    } else {
      print(outlook, settings.slots(), surroundings.out());
    }
    boolean blocked = outlook.count(Expectation.BLOCKED) > 0;
    return (blocked ? ExitCode.DATA : ExitCode.OK).code();
  }

  private static Map<String, @Nullable Object> json(Expected expected) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>();
    one.put("point", expected.point().name());
    one.put("uses", expected.point().type().name());
    one.put("verdict", expected.expectation().toString());
    one.put("reason", expected.reason());
    one.put("seconds", expected.seconds().isPresent() ? expected.seconds().getAsDouble() : null);
    return one;
  }

  private static void print(Outlook outlook, int slots, PrintStream out) {
    Map<String, List<Expected>> byStage = new LinkedHashMap<>();
    for (Expected expected : outlook.points()) {
      byStage.computeIfAbsent(expected.point().stage(), s -> new ArrayList<>()).add(expected);
    }
    int width = byStage.keySet().stream().mapToInt(String::length).max().orElse(0);
    byStage.forEach((stage, points) -> printStage(stage, points, width, out));
    out.println();
    out.println(summary(outlook, slots));
  }

  /** One line for each group of a stage's points with one verdict and one reason. */
  private static void printStage(String stage, List<Expected> points, int width, PrintStream out) {
    Map<String, List<Expected>> groups = new LinkedHashMap<>();
    for (Expected one : points) {
      groups
          .computeIfAbsent(one.expectation() + "\n" + one.reason(), g -> new ArrayList<>())
          .add(one);
    }
    for (List<Expected> group : groups.values()) {
      Expected first = group.get(0);
      StringBuilder line = new StringBuilder();
      line.append(stage).append(" ".repeat(width - stage.length()));
      line.append("  ").append("%-8s".formatted(first.expectation()));
      if (points.size() > 1) {
        line.append("  ").append(named(group, points.size()));
      }
      double seconds = group.stream().mapToDouble(p -> p.seconds().orElse(0)).sum();
      if (seconds > 0) {
        line.append("  about ").append(Elapsed.text(seconds));
      }
      if (!first.reason().isEmpty()) {
        line.append("  ").append(first.reason());
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static String named(List<Expected> group, int all) {
    if (group.size() == all) {
      return "all " + all + " points";
    }
    if (group.size() > MOST_NAMED) {
      return group.size() + " of " + all + " points";
    }
    return String.join(" ", group.stream().map(e -> values(e.point())).toList());
  }

  /** {@code [alpha=0.75]}: the name without the stage. */
  private static String values(Point point) {
    return point.name().substring(point.stage().length());
  }

  private static String summary(Outlook outlook, int slots) {
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
    }
    if (unpredicted > 0) {
      text.append(seconds > 0 ? ", without " : "; no times known of ").append(unpredicted);
      text.append(" that never ran");
    }
    return text.toString();
  }
}
