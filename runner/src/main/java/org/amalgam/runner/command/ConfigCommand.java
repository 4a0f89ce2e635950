package org.amalgam.runner.command;

import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code amalgam config}. */
@Command(
    name = "config",
    description = {
      "Prints the tool's settings and where each comes from. Later ones win: default,"
          + " ~/.config/amalgam/amalgam.properties, ./amalgam.properties, environment"
          + " (AMALGAM_STORE and so on), command line."
    })
final class ConfigCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  ConfigCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    for (ToolSetting setting : ToolSetting.values()) {
      surroundings
          .out()
          .printf(
              "%-8s = %-20s  # %s; from: %s%n",
              setting.key(), settings.value(setting), setting.summary(), settings.origin(setting));
    }
    return ExitCode.OK.code();
  }
}
