package org.amalgam.runner.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.schedule.Machine;
import org.amalgam.runner.settings.BuildVersion;
import org.amalgam.stages.tensor.TensorFileException;
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
      "  amalgam stages merge                       the settings of a stage type",
      "  amalgam why merged                         where an artifact comes from",
      "",
      "amalgam COMMAND --help tells more."
    })
public final class AmalgamCommand implements Runnable {
  private final CommandLine line;

  private AmalgamCommand(Surroundings surroundings) {
    line = new CommandLine(this);
    line.addSubcommand(new RunCommand(surroundings));
    line.addSubcommand(new PlanCommand(surroundings));
    line.addSubcommand(new WhyCommand(surroundings));
    line.addSubcommand(new StagesCommand(surroundings));
    line.addSubcommand(new ParamsCommand(surroundings));
    line.addSubcommand(MergeCommand.commandLine(surroundings));
    line.addSubcommand(new DistanceCommand(surroundings));
    line.addSubcommand(new CorrelateCommand(surroundings));
    line.addSubcommand(new AlignCommand(surroundings));
    line.addSubcommand(new ConvertCommand(surroundings));
    line.addSubcommand(new VerifyCommand(surroundings));
    line.addSubcommand(new ConfigCommand(surroundings));
    line.addSubcommand(new CheckCommand(surroundings));
  }

  /** The command line with every command, ready to execute. */
  public static CommandLine commandLine(Surroundings surroundings) {
    CommandLine line = new AmalgamCommand(surroundings).line;
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
