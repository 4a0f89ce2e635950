package org.amalgam.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.StageContext;
import org.jspecify.annotations.Nullable;

/**
 * Adds numbers, and testifies outside of the store at its beginning and at its end whether its key
 * was published already. Whoever begins a published key repeats what was done; whoever finds it
 * published at the end was not alone. No kill can hide either, since the index tells.
 */
final class Witness extends TrialStages.Numbers<Witness.Settings> {
  static final String BEGINS = "begins";
  static final String PUBLISHED = " although it is published";

  record Settings(
      @Doc("the number to add") double value,
      @Doc("what to add it to") @Port("number") @Nullable List<Input> to,
      @Doc("steps to take") @Incidental int steps,
      @Doc("milliseconds of a step") @Incidental int pause,
      @Doc("a file that gets a line at the beginning and at the end") @Incidental String trace) {}

  @Override
  public String name() {
    return "witness";
  }

  @Override
  public String summary() {
    return "adds numbers and testifies";
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void run(Settings settings, StageContext context) throws Exception {
    testify(settings, BEGINS, context);
    for (int step = 1; step <= settings.steps(); step++) {
      context.progress().at(step, settings.steps(), "step", Map.of());
      Thread.sleep(settings.pause());
    }
    write(context, settings.value() + sum(settings.to()));
    testify(settings, "ends", context);
  }

  private static void testify(Settings settings, String what, StageContext context)
      throws IOException {
    Files.writeString(
        Path.of(settings.trace()),
        key(context.scratch())
            + " "
            + what
            + (isPublished(context.scratch()) ? PUBLISHED : "")
            + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static String key(Path scratch) {
    return scratch.getFileName().toString();
  }

  /** Whether the index has the key of this scratch directory. */
  static boolean isPublished(Path scratch) {
    Path keys = scratch.resolveSibling("..").normalize().resolve("keys");
    return Files.exists(keys.resolve(key(scratch).substring(0, 2)).resolve(key(scratch) + ".json"));
  }
}
