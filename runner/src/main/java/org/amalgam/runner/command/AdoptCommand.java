package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.Adoption;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.schedule.Adoptions;
import org.amalgam.runner.schedule.Adoptions.Candidate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam adopt}. */
@Command(
    name = "adopt",
    description = {
      "Accepts earlier results after a change that is known to be harmless, such as of code that"
          + " computes the same: points whose keys differ from a stored one in nothing but the"
          + " code get that artifact.",
      "Only shows what it would do, unless --yes is given. Who adopted what, when and why is kept"
          + " with each, and shown by why, plan and the report."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam adopt recipes/final-recipe.yaml",
      "  amalgam adopt recipes/final-recipe.yaml merged --yes --reason 'only renamed a method'",
      "  amalgam adopt recipes/final-recipe.yaml --part environment.engine"
    })
final class AdoptCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private RecipeOptions selection = new RecipeOptions();
  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(
      names = "--part",
      paramLabel = "NAME",
      description =
          "a part of the key that may differ, as plan names it; may be repeated; default code")
  private List<String> parts = new ArrayList<>();

  @Option(names = "--yes", description = "adopt them; needs --reason")
  private boolean yes;

  @Option(names = "--reason", paramLabel = "TEXT", description = "why the change is harmless")
  private @Nullable String reason;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  AdoptCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws RecipeException, IOException, InterruptedException {
    String why = reason == null ? "" : reason.strip();
    if (yes && why.isEmpty()) {
      throw storeOptions.misuse("--yes needs --reason TEXT: why is the change harmless?");
    }
    List<String> differing = parts.isEmpty() ? List.of("code") : parts;
    Plan plan = selection.plan(surroundings);
    ArtifactStore store = storeOptions.open(surroundings);
    Adoptions adoptions = Adoptions.of(plan, store, differing);
    if (yes) {
      String who = surroundings.environment().getOrDefault("USER", "somebody");
      String when = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
      for (Candidate one : adoptions.found()) {
        store.adopt(
            one.key().digest(),
            one.key().parts(),
            new Adoption(one.earlier().key(), String.join(", ", differing), why, who, when));
      }
    }
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(adoptions.found().stream().map(this::json).toList()));
    } else {
      print(adoptions, surroundings.out());
    }
    return ExitCode.OK.code();
  }

  private Map<String, @Nullable Object> json(Candidate one) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("point", one.point().name());
    json.put("adopted", yes);
    json.put("key", one.key().digest().hex());
    json.put("from", one.earlier().key().hex());
    json.put("artifact", one.earlier().artifact().hex());
    json.put("made", one.made());
    json.put("difference", one.difference());
    return json;
  }

  private void print(Adoptions adoptions, PrintStream out) {
    String verb = yes ? "adopted" : "would adopt";
    for (Candidate one : adoptions.found()) {
      out.println(
          "%s  %s  made %s under key %s; %s"
              .formatted(
                  verb,
                  one.point().name(),
                  one.made(),
                  one.earlier().key().abbreviated(),
                  one.difference()));
    }
    out.println(
        "%d %s, %d already there, %d with nothing to adopt"
            .formatted(
                adoptions.found().size(),
                yes ? "adopted" : "to adopt",
                adoptions.cached(),
                adoptions.without()));
    if (!yes && !adoptions.found().isEmpty()) {
      out.println("Nothing was changed; --yes --reason TEXT adopts them.");
    }
  }
}
