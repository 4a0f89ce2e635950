package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.amalgam.pipelines.stage.StageFailure;

/** Writes beside the target and renames, so that there is a whole file or none. */
final class NewFile {
  private NewFile() {}

  /** What makes the file. */
  interface Writing<T> {
    T to(Path file) throws IOException, StageFailure, InterruptedException;
  }

  /** Makes the folder where it is missing, and replaces what is there. */
  static <T> T write(Path target, Writing<T> writing)
      throws IOException, StageFailure, InterruptedException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    T result = writing.to(part);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return result;
  }
}
