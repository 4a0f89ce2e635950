package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recipe and all that it includes, as they were when a run began. */
final class RecipeFiles {
  private final List<Path> files;
  private final Path main;
  private final Path top;

  /**
   * @param files every file as the reader names it
   * @param main the recipe's own
   */
  RecipeFiles(List<String> files, Path main) {
    this.files = files.stream().map(file -> Path.of(file).toAbsolutePath().normalize()).toList();
    this.main = main.toAbsolutePath().normalize();
    Path common = this.main;
    while (common.getParent() != null && !holdsAll(common)) {
      common = common.getParent();
    }
    this.top = common;
  }

  private boolean holdsAll(Path folder) {
    return files.stream().allMatch(file -> file.startsWith(folder) && !file.equals(folder));
  }

  /** The recipe's own path in a copy, with slashes. */
  String mainCopy() {
    return copyOf(main);
  }

  private String copyOf(Path file) {
    return top.relativize(file).toString().replace('\\', '/');
  }

  /**
   * The texts of copies by their paths, the recipe's own first.
   *
   * @param copies where {@link #copy} put them
   */
  Map<String, String> texts(Path copies) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(mainCopy(), Files.readString(copies.resolve(mainCopy())));
    for (Path file : files) {
      texts.put(copyOf(file), Files.readString(copies.resolve(copyOf(file))));
    }
    return texts;
  }

  /** Copies them so that their relative places stay, and an include still finds its file. */
  void copy(Path target) throws IOException {
    for (Path file : files) {
      Path copy = target.resolve(copyOf(file));
      Files.createDirectories(copy.resolveSibling(".").normalize());
      Files.copy(file, copy);
    }
  }
}
