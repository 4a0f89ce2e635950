package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Pin;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam pin}. */
@Command(
    name = "pin",
    description = {
      "Keeps artifacts from amalgam gc: all that a run used, or those of a stage, a point, a"
          + " digest or a key. Without a name it lists the pins."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam pin latest --as paper              all that the newest run used",
      "  amalgam pin 'merged[alpha=0.5]'            one artifact",
      "  amalgam pin                                what is pinned",
      "  amalgam unpin paper"
    })
final class PinCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(arity = "0..1", paramLabel = "RUN|POINT|DIGEST", description = "what to keep")
  private @Nullable String name;

  @Option(names = "--as", paramLabel = "PIN", description = "the pin's name; what is kept, if none")
  private @Nullable String as;

  PinCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    String wanted = name;
    if (wanted == null) {
      for (Pin pin : store.pins().all()) {
        surroundings
            .out()
            .printf(
                "%s  %d artifacts, since %s%n", pin.name(), pin.artifacts().size(), pin.since());
      }
      return ExitCode.OK.code();
    }
    try {
      Path runs = surroundings.resolve(settings.value(ToolSetting.RUNS));
      List<Digest> artifacts = new ArtifactNames(store, runs).find(wanted);
      String title = wanted;
      if (artifacts.isEmpty()) {
        RunRecord run = RunRecord.of(RunHistory.in(runs).find(wanted));
        title = run.summary().name();
        artifacts =
            run.stages().stream().flatMap(stage -> stage.artifact().stream()).distinct().toList();
      }
      String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
      Pin pin = new Pin(as == null ? title : as, since, artifacts);
      store.pins().add(pin);
      surroundings
          .out()
          .printf("pinned %d artifacts of %s as %s%n", pin.artifacts().size(), title, pin.name());
      return ExitCode.OK.code();
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
  }
}
