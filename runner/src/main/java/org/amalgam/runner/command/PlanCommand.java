package org.amalgam.runner.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.schedule.Capacity;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam plan}. */
@Command(
    name = "plan",
    header = "Shows what a run would do, why, and what it would take.",
    description = {
      "Shows what a run would do, and why: what is cached, what is to run, what is blocked by"
          + " missing files, and the time and disk it took earlier. Computes nothing.",
      "With --set it shows what the change makes run, and leaves out what is cached."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam plan recipes/final-recipe.yaml",
      "  amalgam plan recipes/final-recipe.yaml --set alpha=0.6 --compare",
      "  amalgam plan recipes/final-recipe.yaml --profile base vqa --all"
    })
final class PlanCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private RecipeOptions selection = new RecipeOptions();
  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(names = "--all", description = "a line for each point, cached ones too")
  private boolean all;

  @Option(names = "--compare", description = "says beside it what would run without --set")
  private boolean compare;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  PlanCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws RecipeException, IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    if (compare && selection.overrides().isEmpty()) {
      throw storeOptions.misuse("--compare needs a --set to compare with");
    }
    Plan plan = selection.plan(surroundings);
    Capacity.ofMachine(settings.slots(), surroundings.environment())
        .refusals(plan)
        .forEach(line -> surroundings.err().println("warning: " + line));
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    Outlook outlook = Outlook.of(plan, store);
    Outlook without = compare ? Outlook.of(selection.planWithout(surroundings), store) : null;
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(PlanJson.of(plan, outlook, without, settings.slots())));
    } else {
      print(outlook, without, settings.slots());
    }
    boolean blocked = outlook.count(Expectation.BLOCKED) > 0;
    return (blocked ? ExitCode.DATA : ExitCode.OK).code();
  }

  private void print(Outlook outlook, @Nullable Outlook without, int slots) {
    boolean changed = !selection.overrides().isEmpty();
    List<String> lines = all ? PlanText.points(outlook) : PlanText.stages(outlook, !changed);
    lines.forEach(surroundings.out()::println);
    if (!lines.isEmpty()) {
      surroundings.out().println();
    }
    surroundings.out().println(PlanText.summary(outlook, slots));
    if (without != null) {
      String set = String.join(" --set ", selection.overrides());
      surroundings.out().println("Without --set " + set + ":");
      surroundings.out().println(PlanText.summary(without, slots));
    }
    PaperCost.of(outlook).ifPresent(cost -> surroundings.out().println(cost));
  }
}
