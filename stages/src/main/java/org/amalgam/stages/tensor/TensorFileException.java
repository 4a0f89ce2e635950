package org.amalgam.stages.tensor;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of tensors, of whatever format, is missing, unsound or hostile, or lacks what was asked of
 * it. One line, with its path. Reading tensors throws nothing else because of what a file holds.
 */
public final class TensorFileException extends IOException {
  private static final long serialVersionUID = 1;

  private final String message;

  /**
   * @param problem what is wrong; control characters are taken out and it is cut to bounded length
   */
  public TensorFileException(Path file, String problem) {
    this(file, problem, null);
  }

  public TensorFileException(Path file, String problem, @Nullable Throwable cause) {
    super(cause);
    this.message = file + ": " + line(problem);
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** A message may quote a file that nobody can trust: one line of bounded length is kept. */
  private static String line(String problem) {
    String plain = problem.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 400 ? plain : plain.substring(0, 400) + " ...";
  }
}
