package org.amalgam.runner;

import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.runner.command.AmalgamCommand;
import org.amalgam.runner.command.Surroundings;
import org.amalgam.stages.Stages;

/** The entry of the program. */
public final class Amalgam {
  private Amalgam() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(Amalgam.class, Stages.catalog(), args));
  }

  /**
   * Runs one command in this process's surroundings; the exit code.
   *
   * @param program the class whose main method calls this
   */
  static int run(Class<?> program, StageCatalog catalog, String[] args) {
    return AmalgamCommand.execute(Surroundings.ofProcess(program, catalog), args);
  }
}
