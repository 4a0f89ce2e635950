package org.amalgam.runner.schedule;

import java.time.Duration;

/**
 * How to run a plan.
 *
 * @param slots stages that run side by side, at least 1
 * @param maxFailures the run stops once so many stages have failed, at least 1
 * @param backoff what is waited after a first failure of the machine; doubled after each further
 */
public record RunOptions(int slots, int maxFailures, Duration backoff) {
  public RunOptions {
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, is " + slots);
    }
    if (maxFailures < 1) {
      throw new IllegalArgumentException("max-failures must be at least 1, is " + maxFailures);
    }
  }
}
