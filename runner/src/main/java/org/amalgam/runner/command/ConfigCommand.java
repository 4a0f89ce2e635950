package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam config}. */
@Command(
    name = "config",
    header = "Prints the tool's settings and where each comes from.",
    description = {
      "Prints the tool's settings and where each comes from. Later ones win: default,"
          + " ~/.config/amalgam/amalgam.properties, ./amalgam.properties, environment"
          + " (AMALGAM_STORE and so on), command line."
    })
final class ConfigCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  ConfigCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(Map.of("settings", json(settings))));
      return ExitCode.OK.code();
    }
    for (ToolSetting setting : ToolSetting.values()) {
      surroundings
          .out()
          .printf(
              "%-12s = %-20s  # %s; from: %s%n",
              setting.key(), settings.value(setting), setting.summary(), settings.origin(setting));
    }
    return ExitCode.OK.code();
  }

  private static List<Map<String, String>> json(ToolSettings settings) {
    List<Map<String, String>> all = new ArrayList<>();
    for (ToolSetting setting : ToolSetting.values()) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("name", setting.key());
      one.put("value", settings.value(setting));
      one.put("from", settings.origin(setting));
      one.put("default", setting.standard());
      one.put("variable", setting.variable());
      one.put("summary", setting.summary());
      all.add(one);
    }
    return all;
  }
}
