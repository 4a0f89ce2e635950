package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where things are in a store, as the package's documentation lists them.
 *
 * @param root a real path: locks are known by path
 */
record StoreLayout(Path root) {
  private static final String MAGIC = "amalgam-store ";
  private static final String VERSION = "1";
  private static final String HALF_WRITTEN = ".format-";

  /** Opens a store's directory, making it a store if it is empty or absent. */
  static StoreLayout open(Path given) throws IOException {
    if (Files.exists(given) && !Files.isDirectory(given)) {
      throw new StoreException("store " + given + ": that is a file; name a directory");
    }
    Files.createDirectories(given);
    StoreLayout layout = new StoreLayout(given.toRealPath());
    layout.checkFormat();
    for (Path directory :
        List.of(
            layout.artifacts(),
            layout.keys(),
            layout.root.resolve("provenance"),
            layout.root.resolve("logs"),
            layout.root.resolve("origins"),
            layout.root.resolve("checked"),
            layout.pins(),
            layout.root.resolve("scratch"),
            layout.leases(),
            layout.notes(),
            layout.tmp(),
            layout.quarantine())) {
      Disk.createDirectory(directory);
    }
    return layout;
  }

  /** A store that is only read: nothing is made. Its directory must be a store. */
  static StoreLayout existing(Path given) throws IOException {
    StoreLayout layout = new StoreLayout(given.toRealPath());
    layout.readFormat(layout.root.resolve("format"));
    return layout;
  }

  private void checkFormat() throws IOException {
    Path format = root.resolve("format");
    if (!Files.exists(format)) {
      // Another process may make it a store just now: the mark comes before anything else.
      if (hasOtherFiles() && !Files.exists(format)) {
        throw new StoreException(
            "store "
                + root
                + ": the directory has files but is no store (no file \"format\"); name an empty or"
                + " a new directory");
      }
      writeFormat(format);
    }
    readFormat(format);
  }

  private void readFormat(Path format) throws IOException {
    String found = Files.readString(format).strip();
    if (!found.startsWith(MAGIC)) {
      throw new StoreException(
          "store " + root + ": its file \"format\" is not that of a store; name another directory");
    }
    if (!found.equals(MAGIC + VERSION)) {
      throw new StoreException(
          "store "
              + root
              + ": it has format "
              + found.substring(MAGIC.length())
              + ", and this program reads format "
              + VERSION
              + "; use the program that made it, or name another store");
    }
  }

  private boolean hasOtherFiles() throws IOException {
    try (Stream<Path> names = Files.list(root)) {
      return names.anyMatch(path -> !path.getFileName().toString().startsWith(HALF_WRITTEN));
    }
  }

  private void writeFormat(Path format) throws IOException {
    Path temporary = root.resolve(HALF_WRITTEN + UUID.randomUUID());
    Files.writeString(temporary, MAGIC + VERSION + "\n");
    Disk.sync(temporary);
    Files.move(temporary, format, StandardCopyOption.ATOMIC_MOVE);
    Disk.sync(root);
  }

  Path artifacts() {
    return root.resolve("artifacts");
  }

  Path artifact(Digest artifact) {
    return shard("artifacts", artifact).resolve(artifact.hex());
  }

  Path manifest(Digest artifact) {
    return artifact(artifact).resolve("manifest");
  }

  Path files(Digest artifact) {
    return artifact(artifact).resolve("files");
  }

  Path keys() {
    return root.resolve("keys");
  }

  Path key(Digest key) {
    return shard("keys", key).resolve(key + ".json");
  }

  Path provenance(Digest key) {
    return shard("provenance", key).resolve(key + ".json");
  }

  Path log(Digest key) {
    return shard("logs", key).resolve(key + ".log");
  }

  Path origin(Digest key) {
    return shard("origins", key).resolve(key + ".json");
  }

  Path checked(Digest artifact) {
    return shard("checked", artifact).resolve(artifact.hex());
  }

  Path pins() {
    return root.resolve("pins");
  }

  /** What the collection that is under way is about to delete. */
  Path condemned() {
    return leases().resolve("condemned");
  }

  Path collecting() {
    return root.resolve("leases").resolve("collection.lock");
  }

  Path scratch() {
    return root.resolve("scratch");
  }

  Path leases() {
    return root.resolve("leases");
  }

  Path notes() {
    return leases().resolve("held");
  }

  Path tmp() {
    return root.resolve("tmp");
  }

  Path quarantine() {
    return root.resolve("quarantine");
  }

  /** What is in the shards of one part of the store, sorted by name. */
  static List<Path> inShards(Path part) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path shard : children(part)) {
      found.addAll(Files.isDirectory(shard) ? children(shard) : List.of(shard));
    }
    return found;
  }

  /** The digests that the files or directories in the shards of a part are named by, sorted. */
  static List<Digest> digestsIn(Path part, String suffix) throws IOException {
    List<Digest> digests = new ArrayList<>();
    for (Path path : inShards(part)) {
      String name = path.getFileName().toString();
      String hex = name.substring(0, Math.max(0, name.length() - suffix.length()));
      if (name.endsWith(suffix) && Digest.isHex(hex)) {
        digests.add(new Digest(hex));
      }
    }
    return digests;
  }

  /** What is in a directory, sorted by name; nothing if it is gone. */
  static List<Path> children(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
      names.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      return List.of();
    }
    found.sort(null);
    return found;
  }

  private Path shard(String part, Digest digest) {
    return root.resolve(part).resolve(digest.hex().substring(0, 2));
  }
}
