package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunRecord.RunCell;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.schedule.PastRuns;
import org.amalgam.runner.schedule.PastRuns.Past;
import org.amalgam.runner.settings.ToolSetting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam why}. */
@Command(
    name = "why",
    header = "Explains where an artifact, or a number in a table, comes from.",
    description = {
      "Explains an artifact: the parts of its key, who made it when and from what, down to the"
          + " first inputs and the code, and the first part, old -> new, in which its key differs"
          + " from the nearest other one of that stage. Of a stage that failed it says why.",
      "Where an input differs, it follows what made it differ down to the first setting, code or"
          + " data.",
      "Named is what run takes as a target (a stage, a point, stage[dimension=label], stage[*], a"
          + " table; stage+ adds what reads from it), or a cell of a table (ROW / COLUMN), of the"
          + " newest run. Needs only the store and the folder of the run: no recipe, nothing is"
          + " computed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam why ours",
      "  amalgam why 'ours[alpha=0.5]' --run latest~1",
      "  amalgam why 'scores[task=vqa]'            of all that has this dimension",
      "  amalgam why 'ours, alpha 0.75 / VQA' --output json"
    })
final class WhyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();
  @Mixin private RunOption run = new RunOption();

  @Parameters(paramLabel = "TARGET|CELL", description = "what to explain")
  private String name = "";

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  WhyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Path runs =
        surroundings.resolve(storeOptions.settings(surroundings, Map.of()).value(ToolSetting.RUNS));
    ArtifactStore store = storeOptions.open(surroundings);
    Optional<RunRecord> record = storeOptions.run(run, runs);
    Optional<RunCell> cell = record.flatMap(last -> last.cell(name));
    PastRuns past = PastRuns.in(store);
    List<Past> made = new ArrayList<>();
    List<RunStage> unmade = new ArrayList<>();
    for (String point : cell.map(RunCell::points).orElseGet(() -> named(record, past))) {
      look(point, record, past, made, unmade);
    }
    if (made.isEmpty() && unmade.isEmpty()) {
      throw storeOptions.misuse(
          "the store " + store.root() + " knows nothing named " + name + hint(record, past));
    }
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(cell.orElse(null), past, made, unmade)));
    } else {
      Explanation explanation = new Explanation(surroundings.out(), past);
      cell.ifPresent(explanation::print);
      made.forEach(explanation::print);
      unmade.forEach(explanation::print);
    }
    return ExitCode.OK.code();
  }

  /** The points of a table; else the name, with what reads from it if it ends with a plus. */
  private List<String> named(Optional<RunRecord> record, PastRuns past) {
    boolean down = name.endsWith("+");
    String bare = name.substring(name.startsWith("+") ? 1 : 0, name.length() - (down ? 1 : 0));
    List<RunStage> stages = record.map(RunRecord::stages).orElse(List.of());
    List<String> points =
        record.map(RunRecord::cells).orElse(List.of()).stream()
            .filter(cell -> cell.table().equals(bare))
            .flatMap(cell -> cell.points().stream())
            .distinct()
            .toList();
    if (!points.isEmpty() || !down) {
      return points.isEmpty() ? List.of(bare) : points;
    }
    Set<String> readFrom = new HashSet<>();
    List<String> reading = new ArrayList<>();
    for (RunStage stage : stages) {
      Optional<Past> made = stage.key().flatMap(past::ofKey);
      boolean reads =
          made.filter(m -> m.provenance().inputs().values().stream().anyMatch(readFrom::contains))
              .isPresent();
      if (reads || stage.isNamed(bare)) {
        made.ifPresent(m -> readFrom.add(m.entry().artifact().hex()));
        reading.add(stage.point());
      }
    }
    return reading.isEmpty() ? List.of(bare) : reading;
  }

  private Map<String, @Nullable Object> json(
      @Nullable RunCell cell, PastRuns past, List<Past> made, List<RunStage> unmade) {
    ExplanationJson explanation = new ExplanationJson(past);
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("cell", cell == null ? null : ExplanationJson.of(cell));
    json.put("artifacts", made.stream().map(explanation::of).toList());
    json.put("withoutArtifact", unmade.stream().map(explanation::of).toList());
    return json;
  }

  /** What the run means by a name, else the newest artifact of each point of that name. */
  private void look(
      String wanted,
      Optional<RunRecord> record,
      PastRuns past,
      List<Past> made,
      List<RunStage> unmade) {
    boolean known = false;
    for (RunStage stage : record.map(RunRecord::stages).orElse(List.of())) {
      if (stage.isNamed(wanted)) {
        Optional<Past> found = stage.key().flatMap(past::ofKey);
        known |= found.isPresent() || !stage.message().isEmpty();
        if (found.isPresent()) {
          made.add(found.get());
        } else if (!stage.message().isEmpty()) {
          unmade.add(stage);
        }
      }
    }
    if (known || run.isGiven()) {
      return;
    }
    Map<String, Past> newest = new TreeMap<>();
    for (Past one : past.ofStage(PastRuns.stageOf(wanted))) {
      String point = one.provenance().stage();
      if (RunStage.isNamed(point, wanted)) {
        newest.putIfAbsent(point, one);
      }
    }
    made.addAll(newest.values());
  }

  private String hint(Optional<RunRecord> record, PastRuns past) {
    if (past.stages().isEmpty()) {
      return ": it is empty";
    }
    List<String> cells =
        record.map(RunRecord::cells).orElse(List.of()).stream()
            .map(RunCell::name)
            .distinct()
            .toList();
    if (name.contains("/") && !cells.isEmpty()) {
      return "; " + Suggestion.among(name, cells, "cells");
    }
    return "; it has " + String.join(", ", past.stages());
  }
}
