package org.amalgam.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of an artifact, sorted by path.
 *
 * <p>Its text has one line a file, {@code <sha256> <size> <path>}, and its digest is the digest of
 * that text: it is the digest of the artifact. Directories are not in it, so an empty one is not
 * part of an artifact.
 *
 * @param entries strictly ascending by path (as {@link String} compares)
 */
public record Manifest(List<Entry> entries) {
  private static final Pattern LINE =
      Pattern.compile("(?<sha>[0-9a-f]{64}) (?<size>0|[1-9][0-9]{0,18}) (?<path>.+)");

  public Manifest {
    entries = List.copyOf(entries);
    for (int i = 1; i < entries.size(); i++) {
      if (entries.get(i - 1).path().compareTo(entries.get(i).path()) >= 0) {
        throw new IllegalArgumentException(
            "not sorted by path, or twice there: " + entries.get(i).path());
      }
    }
  }

  /**
   * One file.
   *
   * @param path relative, with forward slashes; printable ASCII without backslash, since how any
   *     other name is read depends on the locale and the file system
   * @param size in bytes
   */
  public record Entry(String path, long size, Digest sha256) {
    public Entry {
      if (size < 0) {
        throw new IllegalArgumentException("size " + size + " of " + path);
      }
      if (!path.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\\')) {
        throw new IllegalArgumentException(
            "the name of " + readable(path) + " has other characters than printable ASCII");
      }
      for (String name : path.split("/", -1)) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
          throw new IllegalArgumentException("not a plain relative path: \"" + path + "\"");
        }
      }
    }

    private static String readable(String path) {
      return path.chars()
          .mapToObj(
              c -> c >= ' ' && c <= '~' ? String.valueOf((char) c) : String.format("\\u%04x", c))
          .collect(Collectors.joining("", "\"", "\""));
    }
  }

  /**
   * Reads and hashes every regular file below a directory, several files at a time.
   *
   * @throws StoreException if something there cannot be part of an artifact: a symbolic link, a
   *     device, a name that {@link Entry} refuses
   */
  public static Manifest of(Path directory) throws IOException {
    List<Path> files = filesBelow(directory);
    for (Path file : files) {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new StoreException(
            (Files.isSymbolicLink(file) ? "a symbolic link" : "no regular file")
                + " cannot be part of an artifact: "
                + file
                + "; write a copy of the file in its place");
      }
    }
    try {
      List<Entry> entries =
          files.parallelStream()
              .map(file -> entry(directory, file))
              .sorted(Comparator.comparing(Entry::path))
              .toList();
      return new Manifest(entries);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Reads the text of a manifest.
   *
   * @throws IllegalArgumentException if it is not exactly what {@link #text} writes, with the line
   */
  public static Manifest parse(String text) {
    List<Entry> entries = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      String place = "manifest line " + (entries.size() + 1) + ": ";
      if (end < 0) {
        throw new IllegalArgumentException(place + "cut off");
      }
      Matcher line = LINE.matcher(text.substring(start, end));
      if (!line.matches()) {
        throw new IllegalArgumentException(place + "not \"<sha256> <size> <path>\"");
      }
      try {
        Digest sha256 = new Digest(line.group("sha"));
        entries.add(new Entry(line.group("path"), Long.parseLong(line.group("size")), sha256));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + e.getMessage(), e);
      }
      start = end + 1;
    }
    return new Manifest(entries);
  }

  /** One line a file, each ended by a line feed. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(entry.sha256()).append(' ').append(entry.size()).append(' ');
      text.append(entry.path()).append('\n');
    }
    return text.toString();
  }

  public Digest digest() {
    return Digest.of(text().getBytes(StandardCharsets.UTF_8));
  }

  /** The sum of the file sizes, in bytes. */
  public long size() {
    return entries.stream().mapToLong(Entry::size).sum();
  }

  /** Everything below a directory that is not a directory, links not followed. */
  static List<Path> filesBelow(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The path of a file as a manifest spells it. */
  static String spelled(Path directory, Path file) {
    String path = directory.relativize(file).toString();
    return path.replace(directory.getFileSystem().getSeparator(), "/");
  }

  private static Entry entry(Path directory, Path file) {
    try {
      long size = Files.size(file);
      Entry entry = new Entry(spelled(directory, file), size, Digest.ofFile(file));
      if (Files.size(file) != size) {
        throw new StoreException("somebody still writes to " + file + " while it is being hashed");
      }
      return entry;
    } catch (IllegalArgumentException e) {
      throw new StoreException(e.getMessage() + "; rename it, in " + directory, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
