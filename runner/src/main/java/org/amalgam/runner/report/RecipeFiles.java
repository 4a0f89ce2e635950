package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A recipe and all that it includes, as they were when a run began. */
final class RecipeFiles {
  private RecipeFiles() {}

  /**
   * Copies them so that their relative places stay, and an include still finds its file.
   *
   * @param files every file as the reader names it
   * @param main the recipe's own
   */
  static void copy(List<String> files, Path main, Path target) throws IOException {
    List<Path> all =
        files.stream().map(file -> Path.of(file).toAbsolutePath().normalize()).toList();
    Path top = main.toAbsolutePath().normalize().getParent();
    while (top != null && !holds(top, all)) {
      top = top.getParent();
    }
    for (Path file : all) {
      Path name = top == null ? file.getFileName() : top.relativize(file);
      Path copy = target.resolve(name.toString());
      Files.createDirectories(copy.resolveSibling(".").normalize());
      Files.copy(file, copy);
    }
  }

  private static boolean holds(Path top, List<Path> all) {
    return all.stream().allMatch(file -> file.startsWith(top));
  }
}
