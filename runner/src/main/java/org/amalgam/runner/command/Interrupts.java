package org.amalgam.runner.command;

import org.amalgam.runner.executor.Cancellation;
import org.amalgam.runner.progress.RunDisplay;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C, SIGTERM and a lost terminal while a run goes: the first cancels, the second halts at
 * once.
 *
 * <p>A shutdown hook could not do it: once it runs, the virtual machine no longer answers a second
 * signal, and a stage that takes long to reach its next step could not be left.
 */
@SuppressWarnings("sunapi") // the only way to signals in Java 17; in module jdk.unsupported
final class Interrupts {
  private Interrupts() {}

  /**
   * @param display is told of the first signal, and closed at the second
   * @param kill ends what runs, at the second
   */
  static void cancel(Cancellation cancellation, RunDisplay display, Runnable kill) {
    handle(signal -> received(cancellation, display, kill));
  }

  /** The same for a process without a display, of which nobody must end more than itself. */
  static void cancel(Cancellation cancellation) {
    cancel(cancellation, RunDisplay.NONE, () -> {});
  }

  /**
   * For a worker: its runner gets the same signal from the terminal, and tells it what to do. Only
   * kill -9 ends it otherwise.
   */
  static void leaveToTheRunner() {
    handle(SignalHandler.SIG_IGN);
  }

  private static void handle(SignalHandler handler) {
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      try {
        Signal.handle(new Signal(name), handler);
      } catch (IllegalArgumentException e) {
        // the platform has no such signal, or the virtual machine keeps it: its default stays
      }
    }
  }

  private static void received(Cancellation cancellation, RunDisplay display, Runnable kill) {
    if (cancellation.requested()) {
      display.close();
      kill.run();
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
    }
    display.notice(
        "cancelling: running stages write their checkpoints and end; once more to stop at once."
            + " Running the same command again goes on from here.");
    cancellation.request();
  }
}
