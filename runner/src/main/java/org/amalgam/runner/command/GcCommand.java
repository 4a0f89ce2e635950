package org.amalgam.runner.command;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Garbage;
import org.amalgam.artifacts.GarbageCollection;
import org.amalgam.artifacts.GarbageCollection.Limits;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.progress.Bytes;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam gc}. */
@Command(
    name = "gc",
    description = {
      "Deletes from the store what no run and no pin needs: artifacts that no run folder names,"
          + " checkpoints and logs of stages that were never finished, and what was found damaged."
          + " Without --yes it only tells what it would delete. What a run of this moment uses is"
          + " never deleted. Delete the folder of a run to let go of what it used; pin what is to"
          + " stay without one.",
      "Of what runs used, the recipe's keep decides. scratch goes at once when all that reads it"
          + " is there; intermediate, which is the default for what another stage reads, goes only"
          + " to get below --max-size and after what nobody needs; final, the default for the rest,"
          + " stays. A later run makes again what it cannot do without."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam gc                                 what would go",
      "  amalgam gc --yes --older-than 30d          delete what nobody used for a month",
      "  amalgam gc --yes --max-size 20G            the least recently used first, down to 20 GB"
    })
final class GcCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      converter = Amount.Age.class,
      description = {
        "only what was not used for so long: 12h, 30d, 0; 1d if not given; scratch goes at any age"
      })
  private Duration olderThan = Duration.ofDays(1);

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      converter = Amount.Size.class,
      description = "delete artifacts only until all together are no larger: 500M, 20G")
  private @Nullable Long maxSize;

  @Option(names = "--yes", description = "delete")
  private boolean yes;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  GcCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    ArtifactNames names =
        new ArtifactNames(store, surroundings.resolve(settings.value(ToolSetting.RUNS)));
    OptionalLong limit = maxSize == null ? OptionalLong.empty() : OptionalLong.of(maxSize);
    GarbageCollection collection =
        GarbageCollection.of(store, names.reached(), new Limits(olderThan, limit));
    Map<Garbage, String> titles = new LinkedHashMap<>();
    collection.garbage().forEach(one -> titles.put(one, title(one, store)));
    List<Garbage> taken = yes ? collection.collect() : collection.garbage();
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(collection, taken, titles)));
    } else {
      print(collection, taken, titles);
    }
    return ExitCode.OK.code();
  }

  private static String title(Garbage one, ArtifactStore store) {
    return one.keys().stream()
        .flatMap((Digest key) -> store.provenance(key).stream())
        .map(Provenance::stage)
        .findFirst()
        .orElse(one.kind().name().toLowerCase(Locale.ROOT));
  }

  private void print(
      GarbageCollection collection, List<Garbage> taken, Map<Garbage, String> titles) {
    for (Garbage one : taken) {
      String name = one.name();
      surroundings
          .out()
          .printf(
              "%s  %8s  last used %s  %s: %s%n",
              name.substring(0, Math.min(12, name.length())),
              Bytes.text(one.bytes()),
              one.used().toString().substring(0, 10),
              titles.get(one),
              one.reason());
    }
    long bytes = taken.stream().mapToLong(Garbage::bytes).sum();
    GarbageCollection.Totals totals = collection.totals();
    surroundings
        .out()
        .println(
            (yes ? "deleted " : "would delete ")
                + taken.size()
                + (taken.size() == 1 ? " thing, " : " things, ")
                + Bytes.text(bytes)
                + "; of "
                + Bytes.text(totals.all())
                + " of artifacts, runs use "
                + Bytes.text(totals.used())
                + " and pins hold "
                + Bytes.text(totals.pinned())
                + (yes || taken.isEmpty() ? "" : "; --yes deletes"));
  }

  private static Map<String, Object> json(
      GarbageCollection collection, List<Garbage> taken, Map<Garbage, String> titles) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bytes", taken.stream().mapToLong(Garbage::bytes).sum());
    json.put("artifactBytes", collection.totals().all());
    json.put("usedBytes", collection.totals().used());
    json.put("pinnedBytes", collection.totals().pinned());
    json.put(
        "garbage",
        taken.stream()
            .map(
                one -> {
                  Map<String, Object> item = new LinkedHashMap<>();
                  item.put("kind", one.kind().name().toLowerCase(Locale.ROOT));
                  item.put("name", one.name());
                  item.put("title", String.valueOf(titles.get(one)));
                  item.put("bytes", one.bytes());
                  item.put("used", one.used().toString());
                  item.put("reason", one.reason());
                  return item;
                })
            .toList());
    return json;
  }
}
