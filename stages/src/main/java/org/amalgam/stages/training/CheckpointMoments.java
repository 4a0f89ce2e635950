package org.amalgam.stages.training;

import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a training is saved, as the setting {@code checkpoint-every} tells: {@code auto}, {@code
 * never} or {@code 200 steps}.
 */
final class CheckpointMoments {
  private static final Pattern STEPS = Pattern.compile("([1-9][0-9]{0,8}) steps?");
  private static final String AUTO = "auto";
  private static final String NEVER = "never";

  /** Saving takes at most one part in so many of the time. */
  private static final long PARTS = 100;

  private static final long LEAST_NANOS = 20_000_000_000L;

  private final String setting;
  private final int steps;
  private final LongSupplier nanoTime;
  private long waitNanos = LEAST_NANOS;
  private long since;

  /**
   * Begins to count.
   *
   * @param setting one that {@link #check} lets pass
   */
  CheckpointMoments(String setting, LongSupplier nanoTime) {
    Matcher matcher = STEPS.matcher(setting);
    this.setting = setting;
    this.steps = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /**
   * Checks a setting.
   *
   * @throws IllegalArgumentException if it is none of the three
   */
  static void check(String setting) {
    if (!setting.equals(AUTO) && !setting.equals(NEVER) && !STEPS.matcher(setting).matches()) {
      throw new IllegalArgumentException(
          "checkpoint-every must be auto, never or as in \"200 steps\", is \"" + setting + "\"");
    }
  }

  boolean never() {
    return setting.equals(NEVER);
  }

  /** Whether to save now that so many steps are done. */
  boolean due(int done) {
    if (steps > 0) {
      return done % steps == 0;
    }
    return !never() && nanoTime.getAsLong() - since >= waitNanos;
  }

  /** Tells that saving took from a moment until now. */
  void saved(long startNanos) {
    since = nanoTime.getAsLong();
    waitNanos = Math.max(LEAST_NANOS, PARTS * (since - startNanos));
  }
}
