package org.amalgam.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFailureTest {
  private final Path directory;

  StoreFailureTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
  }

  @Test
  void aFileIsNoStore() throws IOException {
    Path file = Files.writeString(directory.resolve("store"), "");

    assertFails(file, "store " + file + ": that is a file; name a directory");
  }

  @Test
  void aDirectoryOfOtherFilesIsLeftAlone() throws IOException {
    Files.writeString(directory.resolve("thesis.tex"), "");

    assertFails(
        directory,
        "store "
            + directory
            + ": the directory has files but is no store (no file \"format\"); name an empty or a"
            + " new directory");
    assertThat(directory).isDirectoryNotContaining("glob:**/tmp");
  }

  @Test
  void aFormatOfAnotherVersionIsNotTouched() throws IOException {
    Files.writeString(directory.resolve("format"), "amalgam-store 2\n");

    assertFails(
        directory,
        "store "
            + directory
            + ": it has format 2, and this program reads format 1; use the program that made it, or"
            + " name another store");
  }

  @Test
  void aForeignFileNamedFormatIsNotTouched() throws IOException {
    Files.writeString(directory.resolve("format"), "A4\n");

    assertFails(
        directory,
        "store "
            + directory
            + ": its file \"format\" is not that of a store; name another directory");
  }

  @Test
  void aStoreWhoseMakerWasKilledHalfWayIsMadeWhole() throws IOException {
    Files.writeString(directory.resolve(".format-1234"), "amal");

    assertThat(ArtifactStore.open(directory).verify()).isEmpty();
  }

  @Test
  void aDirectoryThatCannotBeWrittenToIsOneClearLine() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    // Permissions do not hold the superuser, but nobody makes directories there.
    Path place = Files.isWritable(directory) ? Path.of("/sys/fs/amalgam") : directory;

    assertThatThrownBy(() -> ArtifactStore.open(place))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("store " + place + ": could not open it: not writable");
  }

  @Test
  void aReadOnlyFileSystemIsOneClearLine() {
    FileSystemException cause = new FileSystemException("tmp/1", null, "Read-only file system");

    assertThat(StoreException.of(directory, "publish merged", cause))
        .hasMessage(
            "store %s: could not publish merged: not writable for this user (tmp/1: Read-only file"
                + " system); mend its permissions, or name another store",
            directory);
  }

  @Test
  void aFullDiskIsOneClearLine() {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    IOException cause =
        catchThrowableOfType(IOException.class, () -> Files.writeString(full, "text"));

    assertThat(StoreException.of(directory, "publish merged", cause))
        .hasMessage(
            "store %s: could not publish merged: no space left; free some, or name a store on"
                + " another disk, then run again",
            directory);
  }

  @Test
  void anythingElseKeepsItsReason() {
    assertThatThrownBy(() -> ArtifactStore.open(Path.of("/dev/null/store")))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("store /dev/null/store: could not open it: ");
  }

  private static void assertFails(Path root, String message) {
    assertThatThrownBy(() -> ArtifactStore.open(root))
        .isInstanceOf(StoreException.class)
        .hasMessage(message);
  }
}
