package org.amalgam.runner.command;

import java.io.PrintStream;
import java.util.List;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Outcome.Cause;

/** What went wrong, at the end of a run: one clear message each, and where its log is. */
final class FailureSummary {
  private FailureSummary() {}

  static void print(List<Outcome> outcomes, PrintStream err) {
    List<Outcome> own = outcomes.stream().filter(o -> o.cause() != Cause.OTHER).toList();
    long following = outcomes.size() - own.size();
    if (own.isEmpty()) {
      return;
    }
    err.println();
    for (Outcome outcome : own) {
      err.println(outcome.point().name() + " " + outcome.verdict() + ": " + outcome.message());
      if (outcome.log() != null) {
        err.println("  log: " + outcome.log());
      }
    }
    if (following > 0) {
      err.println(
          following
              + (following == 1 ? " stage that depends" : " stages that depend")
              + " on what went wrong not run; mend it and run the same command again.");
    }
    err.flush();
  }
}
