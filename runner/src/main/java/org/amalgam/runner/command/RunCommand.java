package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.runner.executor.Cancellation;
import org.amalgam.runner.executor.EngineThreads;
import org.amalgam.runner.executor.Executor;
import org.amalgam.runner.executor.LocalExecutor;
import org.amalgam.runner.executor.ProcessExecutor;
import org.amalgam.runner.progress.LiveProgress;
import org.amalgam.runner.progress.MetricsServer;
import org.amalgam.runner.progress.PlainProgress;
import org.amalgam.runner.progress.RunDisplay;
import org.amalgam.runner.progress.RunMetrics;
import org.amalgam.runner.progress.Terminal;
import org.amalgam.runner.report.ClaimsText;
import org.amalgam.runner.report.FilledTable;
import org.amalgam.runner.report.JudgedClaim;
import org.amalgam.runner.report.RunFolder;
import org.amalgam.runner.report.RunInvocation;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.report.RunResults;
import org.amalgam.runner.report.TableText;
import org.amalgam.runner.schedule.Capacity;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Outcome.Cause;
import org.amalgam.runner.schedule.RunListener;
import org.amalgam.runner.schedule.RunOptions;
import org.amalgam.runner.schedule.Scheduler;
import org.amalgam.runner.schedule.Verdict;
import org.amalgam.runner.settings.ExecutorKind;
import org.amalgam.runner.settings.ProgressStyle;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam run}. */
@Command(
    name = "run",
    header = "Runs a recipe, or goes on with it.",
    description = {
      "Runs a recipe, or what the targets need of it. What the store already has is not computed"
          + " again: after an interruption the same command goes on where it stopped."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam run recipes/final-recipe.yaml",
      "  amalgam run recipes/final-recipe.yaml --profile smoke --slots 2",
      "  amalgam run recipes/final-recipe.yaml 'ours[alpha=0.5]' --set k-vl=300"
    })
final class RunCommand implements Callable<Integer> {
  private static final Duration BACKOFF = Duration.ofMillis(500);

  private final Surroundings surroundings;

  @Mixin private RecipeOptions selection = new RecipeOptions();
  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(names = "--slots", paramLabel = "N", description = "stages that run side by side")
  private @Nullable String slots;

  @Option(
      names = "--executor",
      paramLabel = "KIND",
      description = {
        "local: in this process; process: in a child process for each slot, so that a crash or want"
            + " of memory is that stage's alone"
      })
  private @Nullable String executor;

  @Option(
      names = "--progress",
      paramLabel = "STYLE",
      description = "auto, live, plain or none; live is for terminals")
  private @Nullable String progress;

  @Option(
      names = "--metrics-port",
      paramLabel = "N",
      description =
          "serve the run's metrics to this machine at http://127.0.0.1:N/metrics; 0 is any port")
  private @Nullable Integer metricsPort;

  @Option(names = "--fail-fast", description = "stop everything at the first failure")
  private boolean failFast;

  @Option(
      names = "--max-failures",
      paramLabel = "N",
      description = "stop everything once N stages have failed")
  private int maxFailures = Integer.MAX_VALUE;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "text or json on standard output; progress is on standard error")
  private OutputFormat output = OutputFormat.text;

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws RecipeException, IOException, InterruptedException {
    Instant started = Instant.now();
    ToolSettings settings = settings();
    RunOptions options = options(settings);
    Plan plan = selection.plan(surroundings);
    Capacity capacity = Capacity.ofMachine(options.slots(), surroundings.environment());
    List<String> refusals = refusals(plan, capacity, settings.executor());
    if (!refusals.isEmpty()) {
      refusals.forEach(line -> surroundings.err().println(selection.recipe + ": " + line));
      return ExitCode.RECIPE.code();
    }
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    RunInvocation invocation =
        new RunInvocation(
            surroundings.resolve(selection.recipe),
            selection.overrides(),
            selection.targets,
            started);
    Path runs = surroundings.resolve(settings.value(ToolSetting.RUNS));
    try (RunFolder folder = RunFolder.create(runs, plan, invocation)) {
      return run(plan, store, settings, options, capacity, invocation, folder).code();
    }
  }

  private ExitCode run(
      Plan plan,
      ArtifactStore store,
      ToolSettings settings,
      RunOptions options,
      Capacity capacity,
      RunInvocation invocation,
      RunFolder folder)
      throws IOException, InterruptedException {
    Cancellation cancellation = new Cancellation();
    RunMetrics metrics =
        new RunMetrics(
            plan.recipe().name(),
            artifact -> store.manifest(artifact).map(Manifest::size).orElse(0L));
    List<Outcome> outcomes;
    try (RunDisplay display = display(settings.progress(), plan.recipe());
        @Nullable MetricsServer server = serve(metrics);
        Executor executor = executor(settings, store, options.slots())) {
      Interrupts.cancel(cancellation, display, executor::kill);
      if (server != null) {
        display.notice("metrics at " + server.address());
      }
      RunListener listener = RunListener.all(List.of(display, metrics, folder.journal()));
      outcomes =
          new Scheduler(store, plan, options, capacity, executor, listener, cancellation).run();
    }
    double seconds = Duration.between(invocation.started(), Instant.now()).toNanos() / 1e9;
    ExitCode exit = exitCode(outcomes, cancellation);
    RunResults results =
        new RunResults(
            invocation, plan, surroundings.catalog(), store, outcomes, seconds, exit.code());
    List<FilledTable> tables = results.tables();
    metrics.write(folder.metrics());
    folder.write(results, tables);
    say(results, tables, folder);
    return exit;
  }

  private ToolSettings settings() {
    Map<ToolSetting, String> given = new EnumMap<>(ToolSetting.class);
    if (slots != null) {
      given.put(ToolSetting.SLOTS, slots);
    }
    if (progress != null) {
      given.put(ToolSetting.PROGRESS, progress);
    }
    if (executor != null) {
      given.put(ToolSetting.EXECUTOR, executor);
    }
    return storeOptions.settings(surroundings, given);
  }

  private @Nullable MetricsServer serve(RunMetrics metrics) {
    Integer port = metricsPort;
    if (port == null) {
      return null;
    }
    try {
      return new MetricsServer(port, metrics::text);
    } catch (IOException | IllegalArgumentException e) {
      throw storeOptions.misuse("--metrics-port " + port + ": " + e.getMessage());
    }
  }

  private Executor executor(ToolSettings settings, ArtifactStore store, int workers) {
    return switch (settings.executor()) {
      case LOCAL -> new LocalExecutor(surroundings.catalog(), store, settings.grace());
      case PROCESS -> new ProcessExecutor(surroundings.program(), store, workers, settings.grace());
    };
  }

  /** Why this plan cannot be run on this machine. */
  private static List<String> refusals(Plan plan, Capacity capacity, ExecutorKind executor) {
    List<String> refusals = new ArrayList<>(capacity.refusals(plan));
    if (executor == ExecutorKind.LOCAL) {
      try {
        EngineThreads.configure(plan);
      } catch (IllegalArgumentException e) {
        refusals.add(String.valueOf(e.getMessage()));
      }
    }
    return refusals;
  }

  private RunOptions options(ToolSettings settings) {
    try {
      return new RunOptions(settings.slots(), failFast ? 1 : maxFailures, BACKOFF);
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
  }

  private RunDisplay display(ProgressStyle style, Recipe recipe) {
    Terminal terminal = Terminal.of(surroundings.environment());
    boolean live =
        style == ProgressStyle.LIVE || (style == ProgressStyle.AUTO && terminal.present());
    if (style == ProgressStyle.NONE) {
      return RunDisplay.NONE;
    }
    String title = recipe.name() + " (" + recipe.profile() + ")";
    return live
        ? new LiveProgress(surroundings.err(), title, terminal)
        : new PlainProgress(surroundings.err());
  }

  private void say(RunResults results, List<FilledTable> tables, RunFolder folder) {
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.of(results, tables));
      surroundings.out().flush();
    } else {
      for (FilledTable table : tables) {
        surroundings.out().println();
        surroundings.out().print(TableText.of(table));
      }
      List<JudgedClaim> claims = results.claims(tables);
      if (!claims.isEmpty()) {
        surroundings.out().println();
        surroundings.out().print(ClaimsText.plain(claims));
      }
      surroundings.out().println();
      surroundings.out().println("Report: " + folder.report());
    }
    for (Outcome outcome : results.outcomesOf(Verdict.RAN)) {
      if (!outcome.message().isEmpty()) {
        surroundings.err().println("warning: " + outcome.point().name() + ": " + outcome.message());
      }
    }
    FailureSummary.print(results.outcomesOf(Verdict.FAILED, Verdict.BLOCKED), surroundings.err());
  }

  private static ExitCode exitCode(List<Outcome> outcomes, Cancellation cancellation) {
    boolean stopped = outcomes.stream().anyMatch(o -> o.verdict() == Verdict.CANCELLED);
    if (cancellation.requested() && stopped) {
      return ExitCode.INTERRUPTED;
    }
    Map<Cause, ExitCode> codes = new EnumMap<>(Cause.class);
    codes.put(Cause.STORE, ExitCode.STORE);
    codes.put(Cause.STAGE, ExitCode.STAGE);
    codes.put(Cause.DATA, ExitCode.DATA);
    return codes.entrySet().stream()
        .filter(code -> outcomes.stream().anyMatch(o -> o.cause() == code.getKey()))
        .map(Map.Entry::getValue)
        .max(Comparator.comparingInt(ExitCode::code))
        .orElse(ExitCode.OK);
  }
}
