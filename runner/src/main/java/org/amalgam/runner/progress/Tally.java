package org.amalgam.runner.progress;

import java.util.EnumMap;
import java.util.Map;
import org.amalgam.runner.schedule.Verdict;

/** Counts verdicts. */
public final class Tally {
  private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
  private int ended;

  /** Counts one. */
  public void add(Verdict verdict) {
    counts.merge(verdict, 1, Integer::sum);
    ended++;
  }

  int ended() {
    return ended;
  }

  /** {@code 3 cached, 7 ran, 1 failed}; verdicts that nothing has are left out. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (verdict, n) -> text.append(text.isEmpty() ? "" : ", ").append(n + " " + verdict));
    return text.toString();
  }
}
