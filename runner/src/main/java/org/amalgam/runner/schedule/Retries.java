package org.amalgam.runner.schedule;

import java.time.Duration;
import java.util.Optional;
import org.amalgam.pipelines.stage.Resources;
import org.amalgam.runner.executor.JobResult.Ending;
import org.amalgam.runner.executor.Share;

/**
 * Whether there is another attempt after one that failed. What the user or a bug did wrong would go
 * wrong again; a machine that failed may not; for want of memory there is another attempt only with
 * more of it.
 */
final class Retries {
  /** Where the recipe does not say. */
  static final int STANDARD = 2;

  private static final Duration LONGEST = Duration.ofMinutes(1);

  /**
   * The next attempt.
   *
   * @param pause until then
   * @param resources what it asks for
   * @param difference to the last one, in words
   */
  record Next(Duration pause, Resources resources, String difference) {}

  private final Capacity capacity;
  private final boolean separate;
  private final Duration backoff;

  /**
   * @param separate whether each attempt has a memory of its own
   */
  Retries(Capacity capacity, boolean separate, Duration backoff) {
    this.capacity = capacity;
    this.separate = separate;
    this.backoff = backoff;
  }

  /**
   * @param attempt the number of the one that failed, from 1
   * @param allowed attempts after the first
   */
  Optional<Next> after(Ending ending, int attempt, int allowed, Resources had, Share share) {
    if (attempt > allowed) {
      return Optional.empty();
    }
    if (ending == Ending.INFRASTRUCTURE) {
      Duration pause = backoff.multipliedBy(1L << Math.min(attempt - 1, 20));
      return Optional.of(new Next(pause.compareTo(LONGEST) < 0 ? pause : LONGEST, had, ""));
    }
    long more = Math.min(2 * share.memoryBytes(), capacity.memoryBytes());
    if (ending == Ending.RESOURCE && separate && more > share.memoryBytes()) {
      return Optional.of(
          new Next(
              Duration.ZERO,
              new Resources(had.gpus(), more, had.threads()),
              "with " + Capacity.bytes(more) + " of memory"));
    }
    return Optional.empty();
  }

  /** What the user can do when memory did not suffice and there is no other attempt. */
  String advice(Share share) {
    if (!separate) {
      return "give the program more (AMALGAM_JAVA_FLAGS=-Xmx8g), or each stage a memory of its own"
          + " (--executor process)";
    }
    return share.memoryBytes() >= capacity.memoryBytes()
        ? "this machine has no more than " + Capacity.bytes(capacity.memoryBytes())
        : "give the stage more (resources: {memory: ...}) or more retries";
  }
}
