package org.amalgam.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is found when an artifact's bytes are compared with its manifest.
 *
 * @param damage one line for each file that is missing or has other bytes
 * @param strays the files that the manifest does not name
 */
record Inspection(List<String> damage, List<Path> strays) {

  /**
   * Hashes every file of an artifact, several at a time.
   *
   * @throws IOException if something is there but cannot be read, which says nothing of its bytes
   */
  static Inspection of(StoreLayout layout, Digest artifact) throws IOException {
    Path manifest = layout.manifest(artifact);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(manifest);
    } catch (NoSuchFileException e) {
      return new Inspection(List.of(missing(manifest)), List.of());
    }
    Digest found = Digest.of(bytes);
    if (!found.equals(artifact)) {
      return new Inspection(List.of(differs(manifest, artifact, found)), List.of());
    }
    Path files = layout.files(artifact);
    TreeSet<String> unnamed = new TreeSet<>();
    if (Files.isDirectory(files)) {
      Manifest.filesBelow(files).forEach(file -> unnamed.add(Manifest.spelled(files, file)));
    }
    List<Manifest.Entry> entries;
    try {
      entries = Manifest.parse(new String(bytes, StandardCharsets.UTF_8)).entries();
    } catch (IllegalArgumentException e) {
      return new Inspection(List.of("unreadable " + manifest + ": " + e.getMessage()), List.of());
    }
    entries.forEach(entry -> unnamed.remove(entry.path()));
    try {
      List<String> damage =
          entries.parallelStream()
              .map(entry -> damage(files, entry))
              .flatMap(Optional::stream)
              .toList();
      return new Inspection(damage, unnamed.stream().map(files::resolve).toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Optional<String> damage(Path files, Manifest.Entry entry) {
    Path file = files.resolve(entry.path());
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(missing(file));
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of("no regular file any more: " + file);
    }
    try {
      Digest found = Digest.ofFile(file);
      return found.equals(entry.sha256())
          ? Optional.empty()
          : Optional.of(differs(file, entry.sha256(), found));
    } catch (NoSuchFileException e) {
      return Optional.of(missing(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One line for each stray. */
  List<String> strayLines() {
    return strays.stream().map(path -> "unexpected file " + path).toList();
  }

  private static String missing(Path file) {
    return "missing file " + file;
  }

  private static String differs(Path file, Digest expected, Digest found) {
    return "corrupt file " + file + ": expected SHA-256 " + expected + ", found " + found;
  }
}
