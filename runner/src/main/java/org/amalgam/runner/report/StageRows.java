package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.report.ReportPage.StageRow;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/** What became of every point, stage by stage. */
final class StageRows {
  private final RunResults results;

  StageRows(RunResults results) {
    this.results = results;
  }

  /** Stage to one row a point, in the plan's order. */
  Map<String, List<StageRow>> all() {
    Map<String, List<StageRow>> all = new LinkedHashMap<>();
    for (Outcome outcome : results.outcomes()) {
      all.computeIfAbsent(outcome.point().stage(), s -> new ArrayList<>()).add(row(outcome));
    }
    return all;
  }

  private StageRow row(Outcome outcome) {
    StageKey key = outcome.key();
    return new StageRow(
        outcome.point().name(),
        Names.anchor(outcome.point()),
        outcome.point().type().name(),
        outcome.verdict().toString(),
        time(outcome),
        key == null ? "" : key.digest().hex(),
        outcome.artifact() == null ? "" : outcome.artifact().hex(),
        key == null ? "" : logs(key),
        message(outcome));
  }

  private String message(Outcome outcome) {
    return results
        .made(outcome)
        .flatMap(made -> Optional.ofNullable(made.adoption()))
        .map(adoption -> "adopted " + adoption)
        .orElse(outcome.message());
  }

  /** The log below the store. */
  private String logs(StageKey key) {
    return results
        .store()
        .existingLog(key.digest())
        .map(log -> results.store().root().relativize(log).toString())
        .orElse("");
  }

  /** This run's time, or in brackets the earlier run's that made it. */
  private String time(Outcome outcome) {
    if (outcome.verdict() == Verdict.CACHED) {
      return results
          .made(outcome)
          .map(Provenance::seconds)
          .map(seconds -> "(" + Elapsed.text(seconds) + ")")
          .orElse("");
    }
    return outcome.seconds() > 0 ? Elapsed.text(outcome.seconds()) : "";
  }
}
