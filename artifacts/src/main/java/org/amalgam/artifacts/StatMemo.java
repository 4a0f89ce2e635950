package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How an artifact's files stood when they were last found sound, so that gigabytes are not hashed
 * again in every process: of every file its size, inode and times of change of content and of
 * status, which no program can set back. A bit that the disk itself lost changes none of them; that
 * is what {@code verify} and {@link Trust#unchanged} are for.
 *
 * @param text a line a file
 * @param bytes their size in all
 * @param newest the last change of any of the files
 */
record StatMemo(String text, long bytes, Instant newest) {
  /** Hashing less than this is no slower than comparing. */
  private static final long WORTHWHILE_BYTES = 1 << 20;

  /** Two changes within this may bear one time. */
  private static final Duration TICK = Duration.ofSeconds(1);

  /**
   * How an artifact's files stand now; empty where the file system does not tell.
   *
   * @param directory the artifact with its manifest
   */
  static Optional<StatMemo> of(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return Optional.empty();
    }
    Map<String, String> lines = new TreeMap<>();
    Instant newest = Instant.MIN;
    long bytes = 0;
    for (Path file : Manifest.filesBelow(directory)) {
      Map<String, Object> stat =
          Files.readAttributes(
              file, "unix:size,ino,mode,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
      if (!(stat.get("ctime") instanceof FileTime changed)
          || !(stat.get("lastModifiedTime") instanceof FileTime modified)) {
        return Optional.empty();
      }
      newest = changed.toInstant().isAfter(newest) ? changed.toInstant() : newest;
      bytes += stat.get("size") instanceof Long size ? size : 0;
      lines.put(
          Manifest.spelled(directory, file),
          "%s %s %s %s %s"
              .formatted(
                  stat.get("size"),
                  stat.get("ino"),
                  stat.get("mode"),
                  modified.toInstant(),
                  changed.toInstant()));
    }
    StringBuilder text = new StringBuilder();
    lines.forEach((path, line) -> text.append(line).append(' ').append(path).append('\n'));
    return Optional.of(new StatMemo(text.toString(), bytes, newest));
  }

  boolean isWorthwhile() {
    return bytes >= WORTHWHILE_BYTES;
  }

  /** Whether a change after this look would show; not if the last one was just now. */
  boolean tells(Instant now) {
    return newest.isBefore(now.minus(TICK));
  }
}
