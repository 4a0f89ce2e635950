package org.amalgam.runner.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;

/**
 * What a recipe would cost with its profile {@code base}, from the paper's appendix A: 48 V100 for
 * 3.5 days are 200k steps of pre-training, fine-tuning takes 32 V100 about 7 hours on VQA and on
 * COCO and about 2 on NLVR2 and on Flickr30k. What the appendix does not state is counted and left
 * out.
 */
final class PaperCost {
  private static final double LONG_TUNING = 224;
  private static final double SHORT_TUNING = 64;

  private static final String NOTHING_TRAINED = "nothing is trained.";

  private double steps;
  private int pretrainings;
  private int tunings;
  private double tuningHours;
  private int unstated;

  private PaperCost() {}

  /** Sentences for the page. */
  static List<String> estimate(RunResults results) {
    // Planning again costs as much as the whole of a run in which nothing is to be done.
    if (results.plan().points().stream().noneMatch(PaperCost::trains)) {
      return List.of(NOTHING_TRAINED);
    }
    Plan base;
    try {
      List<String> one = List.of("replicates=1");
      Recipe recipe = Recipe.readForPlan(results.invocation().recipe(), "base", one);
      base = Plan.of(recipe, results.catalog(), results.invocation().targets());
    } catch (RecipeException e) {
      return List.of("not computed: the recipe does not plan with the profile base.");
    }
    Set<String> shifted = shifted(results.plan());
    PaperCost cost = new PaperCost();
    base.points().forEach(point -> cost.add(point, shifted));
    if (cost.pretrainings + cost.tunings + cost.unstated == 0) {
      return List.of(NOTHING_TRAINED);
    }
    return List.of(
        String.format(
            Locale.ROOT,
            "%,.0f V100-hours of one replicate, an estimate from the paper's appendix A: %,.0f for"
                + " %d pre-trainings (%,.0f steps at %.5f V100-hours) and %,.0f for %d"
                + " fine-tunings.",
            cost.steps * PaperScale.V100_HOURS_A_STEP + cost.tuningHours,
            cost.steps * PaperScale.V100_HOURS_A_STEP,
            cost.pretrainings,
            cost.steps,
            PaperScale.V100_HOURS_A_STEP,
            cost.tuningHours,
            cost.tunings),
        cost.unstated == 0
            ? ""
            : "Not in it, since the appendix does not state them: "
                + cost.unstated
                + " further trainings (other sizes and tasks).");
  }

  /** The fine-tunings on the shifted source: it has a name only where the data are sprites. */
  private static Set<String> shifted(Plan plan) {
    Set<String> stages = new LinkedHashSet<>();
    for (Point point : plan.points()) {
      if (point.type().name().equals("fine-tune")
          && !String.valueOf(point.settings().getOrDefault("source", "")).isEmpty()) {
        stages.add(point.stage());
      }
    }
    return stages;
  }

  private void add(Point point, Set<String> shifted) {
    String type = point.type().name();
    Map<String, Object> settings = point.settings();
    if (type.equals("pretrain")
        && PaperScale.isBase(point)
        && settings.get("steps") instanceof Number all) {
      steps += all.doubleValue();
      pretrainings++;
    } else if (type.equals("fine-tune") && PaperScale.isBase(point)) {
      double hours = hours(String.valueOf(settings.get("task")), shifted.contains(point.stage()));
      tuningHours += hours;
      tunings += hours > 0 ? 1 : 0;
      unstated += hours > 0 ? 0 : 1;
    } else if (trains(point)) {
      unstated++;
    }
  }

  private static boolean trains(Point point) {
    String type = point.type().name();
    return type.equals("pretrain") || type.equals("fine-tune");
  }

  private static double hours(String task, boolean shifted) {
    return switch (task) {
      case "vqa" -> LONG_TUNING;
      case "retrieval" -> shifted ? SHORT_TUNING : LONG_TUNING;
      case "nlvr2" -> SHORT_TUNING;
      default -> 0;
    };
  }
}
