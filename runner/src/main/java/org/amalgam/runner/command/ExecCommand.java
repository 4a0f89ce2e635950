package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.amalgam.runner.executor.AssignedJob;
import org.amalgam.runner.executor.Cancellation;
import org.amalgam.runner.executor.JobResult;
import org.amalgam.runner.executor.ServedJobs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code amalgam exec}, which only runners call. */
@Command(
    name = "exec",
    hidden = true,
    description = {
      "Computes the job of a file and writes the result beside it (exit.json); progress.json tells"
          + " meanwhile how far it is. Without a file, computes the jobs that standard input names,"
          + " until it ends. Publishes nothing: the runner does."
    })
final class ExecCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(arity = "0..1", paramLabel = "JOB", description = "a job file (JSON)")
  private @Nullable String job;

  ExecCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    return job == null ? serve() : run(surroundings.resolve(job)).code();
  }

  private int serve() throws IOException {
    Interrupts.leaveToTheRunner();
    PrintStream toRunner = surroundings.out();
    // Whatever else writes there would break the conversation.
    System.setOut(surroundings.err());
    new ServedJobs(surroundings.catalog(), toRunner).serve(System.in);
    return ExitCode.OK.code();
  }

  private ExitCode run(Path file) throws IOException {
    Cancellation cancellation = new Cancellation();
    Interrupts.cancel(cancellation);
    JobResult result;
    try {
      result = AssignedJob.run(surroundings.catalog(), file, cancellation);
    } catch (IllegalArgumentException e) {
      surroundings.err().println("amalgam: " + file + " is no job: " + e.getMessage());
      return ExitCode.USAGE;
    }
    if (!result.message().isEmpty()) {
      surroundings.err().println(result.message());
    }
    return switch (result.ending()) {
      case DONE -> ExitCode.OK;
      case CANCELLED -> ExitCode.INTERRUPTED;
      default -> ExitCode.STAGE;
    };
  }
}
