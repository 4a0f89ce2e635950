package org.amalgam.runner.progress;

import org.amalgam.runner.schedule.RunListener;

/** A listener that shows what it hears, until it is closed. */
public interface RunDisplay extends RunListener, AutoCloseable {
  /** Shows nothing. */
  RunDisplay NONE = new RunDisplay() {};

  /** Shows a line for people, such as that the run is being cancelled. */
  default void notice(String line) {}

  /** Leaves the terminal as it was. */
  @Override
  default void close() {}
}
