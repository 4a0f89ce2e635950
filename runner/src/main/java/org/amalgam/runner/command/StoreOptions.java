package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.SharedStore;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where artifacts are; the command line's part of the tool's settings. */
final class StoreOptions {
  @Option(names = "--store", paramLabel = "DIR", description = "where artifacts are kept")
  private @Nullable String store;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** The settings in force, {@code --store} included. */
  ToolSettings settings(Surroundings surroundings, Map<ToolSetting, String> others) {
    Map<ToolSetting, String> given = new EnumMap<>(ToolSetting.class);
    given.putAll(others);
    if (store != null) {
      given.put(ToolSetting.STORE, store);
    }
    try {
      ToolSettings settings =
          ToolSettings.of(surroundings.directory(), surroundings.environment(), given);
      settings.slots();
      settings.executor();
      settings.grace();
      settings.progress();
      settings.share();
      settings.trust();
      return settings;
    } catch (IllegalArgumentException e) {
      throw misuse(String.valueOf(e.getMessage()));
    }
  }

  /** The store that the settings name. */
  ArtifactStore open(Surroundings surroundings) {
    return open(surroundings, settings(surroundings, Map.of()));
  }

  /** The store that settings name, with its shared store and what is believed of them. */
  static ArtifactStore open(Surroundings surroundings, ToolSettings settings) {
    SharedStore shared =
        SharedStore.at(
            surroundings.resolve(settings.value(ToolSetting.SHARED_STORE)),
            settings.share(),
            warning -> surroundings.err().println("warning: " + warning));
    return ArtifactStore.open(
        surroundings.resolve(settings.value(ToolSetting.STORE)), settings.trust(), shared);
  }

  /** The run that an option names, or the newest that ended; a wrong name is a mistake. */
  Optional<RunRecord> run(RunOption option, Path runs) throws IOException {
    try {
      return option.read(runs);
    } catch (IllegalArgumentException e) {
      throw misuse(String.valueOf(e.getMessage()));
    }
  }

  /** A mistake of the command line. */
  ParameterException misuse(String message) {
    CommandSpec spec = command;
    if (spec == null) {
      throw new IllegalStateException("options are used only after parsing");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
