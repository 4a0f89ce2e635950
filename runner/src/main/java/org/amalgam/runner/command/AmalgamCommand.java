package org.amalgam.runner.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.schedule.Machine;
import org.amalgam.runner.settings.BuildVersion;
import org.amalgam.stages.tensor.TensorFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/** {@code amalgam}: the list of commands, and how what they throw becomes an exit code. */
@Command(
    name = "amalgam",
    description = "Runs studies of model merging from recipes and compares them with the paper.",
    mixinStandardHelpOptions = true,
    versionProvider = AmalgamCommand.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam run recipes/final-recipe.yaml      run a recipe, or go on with it",
      "  amalgam plan recipes/final-recipe.yaml     what would run, why, and how long",
      "  amalgam why 'ours, alpha 0.75 / VQA'       where a number comes from",
      "  amalgam runs                               what was run, and how it ended",
      "  amalgam diff latest~1 latest               what changed between two runs",
      "  amalgam stages merge                       the settings of a stage type",
      "",
      "amalgam COMMAND --help tells more."
    })
public final class AmalgamCommand implements Runnable {
  private final CommandLine line;

  private AmalgamCommand(Surroundings surroundings, @Nullable String only) {
    line = new CommandLine(this);
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("run", () -> new RunCommand(surroundings));
    commands.put("plan", () -> new PlanCommand(surroundings));
    commands.put("why", () -> new WhyCommand(surroundings));
    commands.put("runs", () -> new RunsCommand(surroundings));
    commands.put("diff", () -> new DiffCommand(surroundings));
    commands.put("logs", () -> new LogsCommand(surroundings));
    commands.put("adopt", () -> new AdoptCommand(surroundings));
    commands.put("stages", () -> new StagesCommand(surroundings));
    commands.put("params", () -> new ParamsCommand(surroundings));
    commands.put("merge", () -> MergeCommand.commandLine(surroundings));
    commands.put("distance", () -> new DistanceCommand(surroundings));
    commands.put("correlate", () -> new CorrelateCommand(surroundings));
    commands.put("align", () -> new AlignCommand(surroundings));
    commands.put("convert", () -> new ConvertCommand(surroundings));
    commands.put("show", () -> new ShowCommand(surroundings));
    commands.put("pin", () -> new PinCommand(surroundings));
    commands.put("unpin", () -> new UnpinCommand(surroundings));
    commands.put("gc", () -> new GcCommand(surroundings));
    commands.put("gram", () -> new GramCommand(surroundings));
    commands.put("fisher", () -> new FisherCommand(surroundings));
    commands.put("verify", () -> new VerifyCommand(surroundings));
    commands.put("bundle", () -> new BundleCommand(surroundings));
    commands.put("crate", () -> new CrateCommand(surroundings));
    commands.put("config", () -> new ConfigCommand(surroundings));
    commands.put("completion", () -> new CompletionCommand(surroundings));
    commands.put("check", () -> new CheckCommand(surroundings));
    commands.put("exec", () -> new ExecCommand(surroundings));
    commands.forEach(
        (name, command) -> {
          if (only == null || only.equals(name) || !commands.containsKey(only)) {
            line.addSubcommand(name, command.get());
          }
        });
  }

  /** Executes arguments; of the commands only the one that is named is made, for a quick start. */
  public static int execute(Surroundings surroundings, String... args) {
    return commandLine(surroundings, args.length == 0 ? null : args[0]).execute(args);
  }

  /** The command line with every command, ready to execute. */
  public static CommandLine commandLine(Surroundings surroundings) {
    return commandLine(surroundings, null);
  }

  private static CommandLine commandLine(Surroundings surroundings, @Nullable String only) {
    CommandLine line = new AmalgamCommand(surroundings, only).line;
    line.setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
    line.setParameterExceptionHandler((e, args) -> misused(e));
    for (CommandLine command : line.getSubcommands().values()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
      command.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
      command
          .getCommandSpec()
          .usageMessage()
          .exitCodeList(UsageMessageSpec.keyValuesMap(ExitCode.help()));
    }
    return line;
  }

  /** Without a command: the help, as an error. */
  @Override
  public void run() {
    throw new ParameterException(line, "no command given");
  }

  private static int misused(ParameterException e) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("amalgam: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.USAGE.code();
  }

  private static int explain(Exception e, CommandLine command) {
    if (e instanceof RecipeException) {
      command.getErr().println(e.getMessage());
      return ExitCode.RECIPE.code();
    }
    if (e instanceof StoreException) {
      command.getErr().println("amalgam: " + e.getMessage());
      return ExitCode.STORE.code();
    }
    if (e instanceof StageFailure || e instanceof TensorFileException) {
      command.getErr().println("amalgam: " + e.getMessage());
      return ExitCode.DATA.code();
    }
    if (e instanceof FileSystemException file) {
      String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
      command.getErr().println("amalgam: cannot use " + file.getFile() + ": " + reason);
      return ExitCode.STORE.code();
    }
    if (e instanceof ParameterException misuse) {
      return misused(misuse);
    }
    command.getErr().println("amalgam: this is a bug; please report it with what follows");
    e.printStackTrace(command.getErr());
    return ExitCode.INTERNAL.code();
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "Amalgam " + BuildVersion.current(), "Java " + Machine.java(), "Engine " + Machine.engine()
      };
    }
  }
}
