package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.amalgam.artifacts.Defect.Kind;

/** Looks at all that a store holds, and changes nothing. */
public final class Verification {
  private final StoreLayout layout;
  private final int threads;
  private final Progress progress;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong all = new AtomicLong();

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** An artifact was hashed: {@code done} of {@code all} bytes are behind. */
    void at(long done, long all);
  }

  Verification(StoreLayout layout, int threads, Progress progress) {
    this.layout = layout;
    this.threads = threads;
    this.progress = progress;
  }

  /** In the order of the store's paths. */
  List<Defect> defects() throws IOException {
    List<Defect> defects = new ArrayList<>();
    List<Digest> artifacts = new ArrayList<>();
    for (Path path : StoreLayout.inShards(layout.artifacts())) {
      String name = path.getFileName().toString();
      if (Digest.isHex(name) && path.equals(layout.artifact(new Digest(name)))) {
        artifacts.add(new Digest(name));
        all.addAndGet(size(new Digest(name)));
      } else {
        defects.add(new Defect(Kind.OTHER, "unexpected file " + path, Optional.empty()));
      }
    }
    defects.addAll(inArtifacts(artifacts));
    for (Path path : StoreLayout.inShards(layout.keys())) {
      inIndex(path, defects);
    }
    return defects;
  }

  private List<Defect> inArtifacts(List<Digest> artifacts) {
    // Streams run in the pool that starts them, so the files of one large artifact are spread too.
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      return pool.submit(() -> artifacts.parallelStream().flatMap(this::inArtifact).toList())
          .join();
    } finally {
      pool.shutdown();
    }
  }

  private Stream<Defect> inArtifact(Digest artifact) {
    Optional<Digest> about = Optional.of(artifact);
    try {
      Inspection inspection = Inspection.of(layout, artifact);
      return Stream.concat(
          inspection.damage().stream().map(line -> new Defect(Kind.DAMAGED_ARTIFACT, line, about)),
          inspection.strayLines().stream().map(line -> new Defect(Kind.STRAY_FILE, line, about)));
    } catch (IOException e) {
      String line = "unreadable artifact " + layout.artifact(artifact) + ": " + e.getMessage();
      return Stream.of(new Defect(Kind.OTHER, line, Optional.empty()));
    } finally {
      progress.at(done.addAndGet(size(artifact)), all.get());
    }
  }

  /** As its manifest says; 0 where that is damaged. */
  private long size(Digest artifact) {
    try {
      return Manifest.parse(Files.readString(layout.manifest(artifact))).size();
    } catch (IOException | IllegalArgumentException e) {
      return 0;
    }
  }

  private void inIndex(Path path, List<Defect> defects) {
    String name = path.getFileName().toString();
    String hex = name.replace(".json", "");
    if (!Digest.isHex(hex) || !path.equals(layout.key(new Digest(hex)))) {
      defects.add(new Defect(Kind.OTHER, "unexpected file " + path, Optional.empty()));
      return;
    }
    Digest key = new Digest(hex);
    Optional<Digest> about = Optional.of(key);
    try {
      String text = Files.readString(path);
      KeyEntry entry = KeyEntry.parse(key, text);
      if (!entry.text().equals(text)) {
        String line = "unreadable index entry " + path + ": not in canonical form";
        defects.add(new Defect(Kind.INDEX_ENTRY, line, about));
      }
      if (!Files.exists(layout.manifest(entry.artifact()))) {
        String line =
            "dangling index entry " + path + ": artifact " + entry.artifact() + " is missing";
        defects.add(new Defect(Kind.MISSING_ARTIFACT, line, about));
      }
    } catch (IOException | IllegalArgumentException e) {
      String line = "unreadable index entry " + path + ": " + e.getMessage();
      defects.add(new Defect(Kind.INDEX_ENTRY, line, about));
    }
    Path provenance = layout.provenance(key);
    try {
      Provenance.parse(Files.readString(provenance));
    } catch (IOException | IllegalArgumentException e) {
      String what = Files.exists(provenance) ? "unreadable" : "missing";
      String line = what + " provenance " + provenance + ": " + e.getMessage();
      defects.add(new Defect(Kind.PROVENANCE, line, about));
    }
  }
}
