package org.amalgam.runner.command;

import java.io.PrintStream;
import org.amalgam.stages.tensor.TensorSource;

/** Tells what of a checkpoint is not tensors and so was passed over. */
final class SkippedParts {
  private static final int TOLD = 8;

  private SkippedParts() {}

  static void tell(TensorSource source, PrintStream err) {
    int count = source.skipped().size();
    if (count > 0) {
      String some = String.join(", ", source.skipped().subList(0, Math.min(TOLD, count)));
      err.printf(
          "%s: passed over %s%s%n",
          source.path(), some, count > TOLD ? " and " + (count - TOLD) + " more" : "");
    }
  }
}
