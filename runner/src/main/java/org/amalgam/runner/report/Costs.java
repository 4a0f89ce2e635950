package org.amalgam.runner.report;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/** What a run and what it reused took, and what the paper's scale would. */
final class Costs {
  private static final double HOUR = 3600;

  private Costs() {}

  /**
   * Time of some stages.
   *
   * @param seconds wall seconds, added up over stages, side by side or not
   * @param cpuSeconds of the stages' own threads, where the platform tells
   */
  record Time(int stages, double seconds, double cpuSeconds) {
    private Time plus(Provenance provenance) {
      return new Time(
          stages + 1,
          seconds + provenance.seconds(),
          cpuSeconds + Math.max(0, provenance.cpuSeconds()));
    }

    private String text() {
      return String.format(
          Locale.ROOT,
          "%d stages: %s of stage time, %.4f CPU-hours of their own threads",
          stages,
          Elapsed.text(seconds),
          cpuSeconds / HOUR);
    }
  }

  /** The time of every artifact that this run made, or reused, each key once. */
  static Time of(RunResults results, boolean made) {
    Set<Digest> ran = new LinkedHashSet<>();
    Set<Digest> reused = new LinkedHashSet<>();
    for (Outcome outcome : results.outcomes()) {
      StageKey key = outcome.key();
      if (key != null && outcome.verdict() == Verdict.RAN) {
        ran.add(key.digest());
      } else if (key != null && outcome.verdict() == Verdict.CACHED) {
        reused.add(key.digest());
      }
    }
    reused.removeAll(ran);
    Time time = new Time(0, 0, 0);
    for (Digest key : made ? ran : reused) {
      Provenance provenance = results.provenance(key).orElse(null);
      time = provenance == null ? time : time.plus(provenance);
    }
    return time;
  }

  /** Facts for the page. */
  static Map<String, String> facts(RunResults results) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("This run", Elapsed.text(results.seconds()) + "; " + of(results, true).text());
    facts.put("Reused", of(results, false).text());
    List<String> paper = PaperCost.estimate(results);
    facts.put("At the paper's scale", String.join(" ", paper).strip());
    return facts;
  }
}
