package org.amalgam.runner.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.runner.report.LastRun;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.schedule.KeyDifference.Past;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code amalgam why}. */
@Command(
    name = "why",
    description = {
      "Explains an artifact: the parts of its key, who made it when and from what, down to the"
          + " first inputs, and the first difference to the nearest other artifact of that stage.",
      "A stage, a point or a cell of a table (ROW / COLUMN) of the newest run may be named."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam why merged",
      "  amalgam why 'merged[alpha=0.5]'",
      "  amalgam why 'ours, alpha 0.5 / VQA accuracy'"
    })
final class WhyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(paramLabel = "STAGE|POINT|CELL", description = "what to explain")
  private String name = "";

  WhyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    ArtifactStore store = storeOptions.open(surroundings);
    LastRun last = LastRun.in(surroundings.resolve(settings.value(ToolSetting.RUNS)));
    List<String> points = last.cells().getOrDefault(LastRun.cellName(name), List.of(name));
    Map<Digest, Past> byKey = new TreeMap<>();
    Map<Digest, Past> byArtifact = new TreeMap<>();
    for (KeyEntry entry : store.entries()) {
      store
          .provenance(entry.key())
          .ifPresent(
              provenance -> {
                byKey.put(entry.key(), new Past(entry, provenance));
                byArtifact.putIfAbsent(entry.artifact(), new Past(entry, provenance));
              });
    }
    Explanation explanation = new Explanation(surroundings.out(), byArtifact);
    int explained = 0;
    for (String point : points) {
      for (Past past : found(point, last, byKey)) {
        explanation.print(past, KeyDifference.pastOf(store, stage(past.provenance().stage())));
        explained++;
      }
    }
    if (explained == 0) {
      throw storeOptions.misuse(
          "the store " + store.root() + " knows nothing named " + name + suggestion(byKey));
    }
    return ExitCode.OK.code();
  }

  /** What the newest run means by a name, else the newest artifact of each point of that name. */
  private static List<Past> found(String name, LastRun last, Map<Digest, Past> byKey) {
    List<Past> found = new ArrayList<>();
    last.keys()
        .forEach(
            (point, key) -> {
              if (point.equals(name) || stage(point).equals(name)) {
                Optional.ofNullable(byKey.get(key)).ifPresent(found::add);
              }
            });
    if (!found.isEmpty()) {
      return found;
    }
    Map<String, Past> newest = new TreeMap<>();
    for (Past past : byKey.values()) {
      String point = past.provenance().stage();
      if (point.equals(name) || stage(point).equals(name)) {
        newest.merge(
            point,
            past,
            (a, b) -> a.provenance().started().compareTo(b.provenance().started()) >= 0 ? a : b);
      }
    }
    return List.copyOf(newest.values());
  }

  private static String suggestion(Map<Digest, Past> byKey) {
    List<String> stages =
        byKey.values().stream()
            .map(p -> stage(p.provenance().stage()))
            .distinct()
            .sorted()
            .toList();
    return stages.isEmpty() ? ": it is empty" : "; it has " + String.join(", ", stages);
  }

  private static String stage(String point) {
    int bracket = point.indexOf('[');
    return bracket < 0 ? point : point.substring(0, bracket);
  }
}
