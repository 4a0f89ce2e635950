package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.List;

/** A request to stop, made once and never taken back. Safe for all threads. */
public final class Cancellation {
  private final List<Runnable> actions = new ArrayList<>();
  private volatile boolean requested;

  public boolean requested() {
    return requested;
  }

  /** Asks to stop; the second time nothing happens. */
  public void request() {
    List<Runnable> due;
    synchronized (actions) {
      if (requested) {
        return;
      }
      requested = true;
      due = List.copyOf(actions);
    }
    due.forEach(Runnable::run);
  }

  /** Runs an action when it is requested; at once if it was already. */
  void onRequest(Runnable action) {
    synchronized (actions) {
      if (!requested) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }
}
