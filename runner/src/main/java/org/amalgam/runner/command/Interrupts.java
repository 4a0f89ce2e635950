package org.amalgam.runner.command;

import org.amalgam.runner.progress.RunDisplay;
import org.amalgam.runner.schedule.Cancellation;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM while a run goes: the first cancels, the second halts at once.
 *
 * <p>A shutdown hook could not do it: once it runs, the virtual machine no longer answers a second
 * signal, and a stage that takes long to reach its next step could not be left.
 */
@SuppressWarnings("sunapi") // the only way to signals in Java 17; in module jdk.unsupported
final class Interrupts {
  private Interrupts() {}

  static void cancel(Cancellation cancellation, RunDisplay display) {
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), signal -> received(cancellation, display));
      } catch (IllegalArgumentException e) {
        // the platform has no such signal, or the virtual machine keeps it: its default stays
      }
    }
  }

  private static void received(Cancellation cancellation, RunDisplay display) {
    if (cancellation.requested()) {
      display.close();
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
    }
    display.notice(
        "cancelling: running stages end at their next step; once more to stop at once."
            + " Running the same command again goes on from here.");
    cancellation.request();
  }
}
