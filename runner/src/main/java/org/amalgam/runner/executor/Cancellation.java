package org.amalgam.runner.executor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A request to stop, made once and never taken back. Safe for all threads. */
public final class Cancellation {
  /** What is to run on a request, until it is closed. */
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  private final Set<Watching> watches = new LinkedHashSet<>();
  private volatile boolean requested;

  public boolean requested() {
    return requested;
  }

  /** Asks to stop; the second time nothing happens. */
  public void request() {
    List<Watching> due;
    synchronized (watches) {
      if (requested) {
        return;
      }
      requested = true;
      due = List.copyOf(watches);
    }
    due.forEach(watch -> watch.action.run());
  }

  /** Runs an action when it is requested; at once if it was already. */
  public Watch onRequest(Runnable action) {
    Watching watch = new Watching(action);
    synchronized (watches) {
      if (!requested) {
        watches.add(watch);
        return watch;
      }
    }
    action.run();
    return watch;
  }

  private final class Watching implements Watch {
    private final Runnable action;

    Watching(Runnable action) {
      this.action = action;
    }

    @Override
    public void close() {
      synchronized (watches) {
        watches.remove(this);
      }
    }
  }
}
