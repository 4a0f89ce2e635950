package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/** The only stage type of {@code check}: writes its value, and how many inputs it has. */
final class CheckStage implements StageType<CheckStage.Settings> {
  /** Its settings. */
  record Settings(
      @Doc("the number to write") @Default("1") @Range(min = 0, max = 100) double value,
      @Doc("what was made before") @Port("numbers") @Nullable List<Input> from) {}

  @Override
  public String name() {
    return "number";
  }

  @Override
  public String summary() {
    return "writes a number";
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public String produces() {
    return "numbers";
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public void run(Settings settings, StageContext context) throws IOException {
    context.progress().at(1, 2, "step", Map.of("value", settings.value()));
    context.log("value " + settings.value());
    Path output = context.output();
    Files.writeString(
        output.resolve("metrics.json"),
        "{\"value\": %s, \"inputs\": {\"count\": %d}}"
            .formatted(settings.value(), settings.from() == null ? 0 : settings.from().size()));
    Files.writeString(output.resolve("curve.csv"), "step,loss\n1,2.0\n2,1.0\n3,0.5\n");
  }
}
