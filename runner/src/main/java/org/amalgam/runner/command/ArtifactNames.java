package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeepClass;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.report.RunSummary;

/** What users call artifacts by: points of runs, keys and digests; and which runs use them. */
final class ArtifactNames {
  private static final String HEX = "[0-9a-f]{6,64}";

  private final ArtifactStore store;
  private final List<RunRecord> runs = new ArrayList<>();

  ArtifactNames(ArtifactStore store, Path runs) throws IOException {
    this.store = store;
    for (RunSummary summary : RunHistory.in(runs).newestFirst()) {
      this.runs.add(RunRecord.of(summary));
    }
  }

  /**
   * Every artifact that a run used, with the most that it is worth to any of them. Runs of all ages
   * count until their folders go.
   */
  Map<Digest, KeepClass> reached() {
    Map<Digest, KeepClass> reached = new TreeMap<>();
    for (RunRecord run : runs) {
      for (RunStage stage : run.stages()) {
        stage
            .artifact()
            .ifPresent(artifact -> reached.merge(artifact, stage.keep(), ArtifactNames::most));
      }
    }
    return reached;
  }

  private static KeepClass most(KeepClass one, KeepClass other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** The runs that used an artifact and its points there, newest first. */
  Map<String, List<String>> users(Digest artifact) {
    Map<String, List<String>> users = new LinkedHashMap<>();
    for (RunRecord run : runs) {
      for (RunStage stage : run.stages()) {
        if (stage.artifact().filter(artifact::equals).isPresent()) {
          users.computeIfAbsent(run.summary().name(), r -> new ArrayList<>()).add(stage.point());
        }
      }
    }
    return users;
  }

  /**
   * The artifacts that a name means: the beginning (6 digits or more) of a digest or a key, or a
   * point or stage, as the newest run that has it means it.
   *
   * @return none if the name means nothing
   * @throws IllegalArgumentException if it is the beginning of several
   */
  List<Digest> find(String name) {
    if (name.matches(HEX)) {
      List<Digest> found = new ArrayList<>();
      store.artifacts().stream().filter(a -> a.hex().startsWith(name)).forEach(found::add);
      store.entries().stream()
          .filter(entry -> entry.key().hex().startsWith(name))
          .map(KeyEntry::artifact)
          .filter(artifact -> !found.contains(artifact))
          .forEach(found::add);
      if (found.size() > 1) {
        throw new IllegalArgumentException(
            name + " is the beginning of " + found.size() + " artifacts; give more digits");
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    for (RunRecord run : runs) {
      List<Digest> found =
          run.stages().stream()
              .filter(stage -> stage.isNamed(name))
              .flatMap(stage -> stage.artifact().stream())
              .distinct()
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /** The keys that point at an artifact. */
  List<KeyEntry> keysOf(Digest artifact) {
    return store.entries().stream().filter(entry -> entry.artifact().equals(artifact)).toList();
  }
}
