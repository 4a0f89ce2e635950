package org.amalgam.runner.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command writes one safetensors file. */
final class SafetensorsOut {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      required = true,
      description = "the .safetensors file to write")
  private String out = "";

  @Option(names = "--force", description = "replace OUT if it exists")
  private boolean force;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** The place, once it is known to be free. */
  Path target(Surroundings surroundings) {
    CommandSpec spec = command;
    if (spec == null) {
      throw new IllegalStateException("options are used only after parsing");
    }
    if (!out.endsWith(".safetensors")) {
      throw new ParameterException(
          spec.commandLine(),
          spec.name() + " writes safetensors; name a file that ends so, not " + out);
    }
    Path target = surroundings.resolve(out);
    if (Files.exists(target) && !force) {
      throw new ParameterException(
          spec.commandLine(), target + " exists; name another place or add --force");
    }
    return target;
  }
}
