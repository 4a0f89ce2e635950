package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;

/** Everything that a store knows of what was computed: read once, looked up often. */
public final class PastRuns {
  /** An index entry with its provenance. */
  public record Past(KeyEntry entry, Provenance provenance) {
    /** The stage's name at that time. */
    public String stage() {
      return stageOf(provenance.stage());
    }
  }

  /** The earlier key that is most like another, and the first part in which they differ. */
  public record Nearest(Past past, KeyDifference difference) {}

  /** A point whose other key parts made an input differ, and the first of these parts. */
  public record InputChange(String point, KeyDifference difference) {}

  private final Map<Digest, Past> byKey = new LinkedHashMap<>();
  private final Map<Digest, List<Past>> byArtifact = new LinkedHashMap<>();
  private final Map<String, List<Past>> byStage = new TreeMap<>();

  private PastRuns() {}

  /** Reads the index and the provenance of every key. */
  public static PastRuns in(ArtifactStore store) {
    List<Past> all = new ArrayList<>();
    for (KeyEntry entry : store.entries()) {
      store.provenance(entry.key()).ifPresent(made -> all.add(new Past(entry, made)));
    }
    all.sort(Comparator.comparing((Past past) -> past.provenance().started()).reversed());
    PastRuns runs = new PastRuns();
    for (Past past : all) {
      runs.byKey.put(past.entry().key(), past);
      runs.byArtifact.computeIfAbsent(past.entry().artifact(), a -> new ArrayList<>()).add(past);
      runs.byStage.computeIfAbsent(past.stage(), s -> new ArrayList<>()).add(past);
    }
    return runs;
  }

  /** The stage of a point's name: {@code merged} of {@code merged[alpha=0.5]}. */
  public static String stageOf(String pointName) {
    int bracket = pointName.indexOf('[');
    return bracket < 0 ? pointName : pointName.substring(0, bracket);
  }

  /** What was computed under a key. */
  public Optional<Past> ofKey(Digest key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** What made an artifact; the newest where several keys did. */
  public Optional<Past> ofArtifact(Digest artifact) {
    return byArtifact.getOrDefault(artifact, List.of()).stream().findFirst();
  }

  /** All that a stage of this name ever made, newest first. */
  public List<Past> ofStage(String stage) {
    return byStage.getOrDefault(stage, List.of());
  }

  /** The names of all stages. */
  public SortedSet<String> stages() {
    return new TreeSet<>(byStage.keySet());
  }

  /**
   * What made an input differ, link by link, down to the first difference that is no input's.
   *
   * @return empty if the difference is in no input, or the store does not know both artifacts
   */
  public List<InputChange> causes(KeyDifference difference) {
    List<InputChange> causes = new ArrayList<>();
    Optional<InputChange> next = cause(difference);
    // Where one stage gave the bytes of another, following inputs might go round.
    while (next.isPresent() && !causes.contains(next.get())) {
      causes.add(next.get());
      next = cause(next.get().difference());
    }
    return causes;
  }

  private Optional<InputChange> cause(KeyDifference difference) {
    if (!difference.part().startsWith("inputs.")) {
      return Optional.empty();
    }
    List<?> before = difference.before() instanceof List<?> list ? list : List.of();
    List<?> now = difference.now() instanceof List<?> list ? list : List.of();
    for (int i = 0; i < Math.min(before.size(), now.size()); i++) {
      if (!before.get(i).equals(now.get(i))) {
        return makers(new Digest(before.get(i).toString()), new Digest(now.get(i).toString()));
      }
    }
    return Optional.empty();
  }

  /** Equal bytes may have several makers; those of one point or stage are the likely pair. */
  private Optional<InputChange> makers(Digest before, Digest now) {
    for (Function<Past, String> name :
        List.<Function<Past, String>>of(past -> past.provenance().stage(), Past::stage)) {
      for (Past made : byArtifact.getOrDefault(now, List.of())) {
        for (Past old : byArtifact.getOrDefault(before, List.of())) {
          if (name.apply(made).equals(name.apply(old))) {
            return KeyDifference.between(old.entry().parts(), made.entry().parts())
                .map(d -> new InputChange(made.provenance().stage(), d));
          }
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The earlier key of a point's stage that differs in the fewest parts.
   *
   * @param pointName preferred among keys that differ in equally many parts; then the newest
   * @return empty if the stage has no other key in the past
   */
  public Optional<Nearest> nearest(Digest key, Map<String, Object> parts, String pointName) {
    Past best = null;
    int least = Integer.MAX_VALUE;
    for (Past other : ofStage(stageOf(pointName))) {
      if (other.entry().key().equals(key)) {
        continue;
      }
      boolean namesake = other.provenance().stage().equals(pointName);
      boolean draws = namesake && best != null && !best.provenance().stage().equals(pointName);
      int limit = draws ? least + 1 : least;
      int count = KeyDifference.count(parts, other.entry().parts(), limit);
      if (count < limit) {
        best = other;
        least = count;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    Past found = best;
    return KeyDifference.between(found.entry().parts(), parts)
        .map(difference -> new Nearest(found, difference));
  }
}
