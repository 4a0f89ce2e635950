package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.artifacts.Garbage.Kind;

/** Sorts a store's contents into what is needed and what is not. */
final class GarbageSearch {
  private final ArtifactStore store;
  private final StoreLayout layout;
  private final Map<Digest, KeepClass> reached;
  private final GarbageCollection.Limits limits;
  private final Instant before;
  private final Map<Digest, List<Digest>> keys = new TreeMap<>();
  private final Set<Digest> pinned = new TreeSet<>();
  private final List<Garbage> artifacts = new ArrayList<>();
  private final List<Garbage> intermediate = new ArrayList<>();
  private final List<Garbage> others = new ArrayList<>();
  private long all;
  private long allPinned;
  private long allUsed;

  GarbageSearch(
      ArtifactStore store, Map<Digest, KeepClass> reached, GarbageCollection.Limits limits) {
    this.store = store;
    this.layout = store.layout();
    this.reached = reached;
    this.limits = limits;
    this.before = Instant.now().minus(limits.unused());
  }

  GarbageCollection result() throws IOException {
    for (KeyEntry entry : store.entries()) {
      keys.computeIfAbsent(entry.artifact(), a -> new ArrayList<>()).add(entry.key());
    }
    store.pins().all().forEach(pin -> pinned.addAll(pin.artifacts()));
    Set<Digest> living = TempSpace.usedByOthers(layout.tmp());
    for (Digest artifact : store.artifacts()) {
      look(artifact, living.contains(artifact));
    }
    lookForOthers();
    Comparator<Garbage> leastUsed =
        Comparator.comparing(Garbage::used).thenComparing(Garbage::name);
    artifacts.sort(leastUsed);
    intermediate.sort(leastUsed);
    artifacts.addAll(intermediate);
    List<Garbage> found = new ArrayList<>(others);
    long left = all;
    for (Garbage one : artifacts) {
      if (limits.maxBytes().isPresent() && left <= limits.maxBytes().getAsLong()) {
        break;
      }
      left -= one.bytes();
      found.add(one);
    }
    GarbageCollection.Totals totals = new GarbageCollection.Totals(all, allPinned, allUsed);
    return new GarbageCollection(store, List.copyOf(found), totals);
  }

  private void look(Digest artifact, boolean living) throws IOException {
    Path directory = layout.artifact(artifact);
    long bytes = bytes(directory);
    all += bytes;
    KeepClass kept = reached.get(artifact);
    if (pinned.contains(artifact)) {
      allPinned += bytes;
      return;
    }
    if (kept != null) {
      allUsed += bytes;
    }
    String reason;
    if (kept == null) {
      reason = "no run and no pin has it";
    } else if (kept == KeepClass.SCRATCH
        || (kept == KeepClass.INTERMEDIATE && limits.maxBytes().isPresent())) {
      reason = kept + " of a run";
    } else {
      return;
    }
    if (!living) {
      List<Digest> pointing = keys.getOrDefault(artifact, List.of());
      Instant latest = kept == KeepClass.SCRATCH ? Instant.MAX : before;
      List<Garbage> to = kept == KeepClass.INTERMEDIATE ? intermediate : artifacts;
      add(to, Kind.ARTIFACT, directory, bytes, reason, pointing, latest);
    }
  }

  private void lookForOthers() throws IOException {
    for (Path path : StoreLayout.children(layout.quarantine())) {
      add(others, Kind.QUARANTINED, path, bytes(path), "found damaged", List.of(), before);
    }
    for (Path path : StoreLayout.children(layout.scratch())) {
      String name = path.getFileName().toString();
      if (Digest.isHex(name)) {
        List<Digest> key = List.of(new Digest(name));
        add(others, Kind.CHECKPOINTS, path, bytes(path), "of an unfinished stage", key, before);
      }
    }
    for (Path path : StoreLayout.inShards(layout.root().resolve("logs"))) {
      String name = path.getFileName().toString().replace(".log", "");
      if (Digest.isHex(name) && store.entry(new Digest(name)).isEmpty()) {
        List<Digest> key = List.of(new Digest(name));
        add(others, Kind.LOG, path, bytes(path), "of an unfinished stage", key, before);
      }
    }
  }

  private void add(
      List<Garbage> to,
      Kind kind,
      Path path,
      long bytes,
      String reason,
      List<Digest> keys,
      Instant latest)
      throws IOException {
    Instant used = newest(path);
    if (!used.isAfter(latest)) {
      to.add(new Garbage(kind, path, bytes, used, reason, keys));
    }
  }

  /** The last change of a file, or of a directory and what is right in it. */
  private static Instant newest(Path path) throws IOException {
    Instant newest = Files.getLastModifiedTime(path).toInstant();
    if (Files.isDirectory(path)) {
      for (Path child : StoreLayout.children(path)) {
        Instant changed = Files.getLastModifiedTime(child).toInstant();
        newest = changed.isAfter(newest) ? changed : newest;
      }
    }
    return newest;
  }

  private static long bytes(Path path) throws IOException {
    long bytes = 0;
    for (Path file : Manifest.filesBelow(path)) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
