package org.amalgam.runner.schedule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;

/**
 * Earlier artifacts that could stand for points whose keys are new: those whose keys differ in
 * nothing but some named parts, such as the code.
 *
 * @param found in the plan's order, inputs first
 * @param cached how many points need none
 * @param without how many points have none, or read from one that has none
 */
public record Adoptions(List<Candidate> found, int cached, int without) {
  /**
   * An artifact for a point.
   *
   * @param earlier the newest entry that would do
   * @param made when that was computed, ISO-8601
   * @param difference what differs, old -> new
   */
  public record Candidate(
      Point point, StageKey key, KeyEntry earlier, String made, String difference) {}

  /**
   * Looks for them. What reads from an adopted artifact has the same inputs as before, and so is
   * looked for in the same go.
   *
   * @param parts dotted names of the parts that may differ, {@code code} or {@code
   *     environment.engine}
   */
  public static Adoptions of(Plan plan, ArtifactStore store, List<String> parts)
      throws IOException {
    Map<String, List<KeyEntry>> known = new TreeMap<>();
    for (KeyEntry entry : store.entries()) {
      known.computeIfAbsent(rest(entry.parts(), parts), k -> new ArrayList<>()).add(entry);
    }
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    List<Candidate> found = new ArrayList<>();
    int cached = 0;
    for (Point point : plan.points()) {
      boolean ready =
          point.missingExternals().isEmpty()
              && point.inputs().values().stream()
                  .flatMap(List::stream)
                  .allMatch(artifacts::containsKey);
      if (!ready) {
        continue;
      }
      StageKey key = point.key(artifacts);
      Optional<KeyEntry> entry = store.find(key.digest());
      if (entry.isPresent()) {
        cached++;
        artifacts.put(point, entry.get().artifact());
        continue;
      }
      newest(known.getOrDefault(rest(key.parts(), parts), List.of()), store)
          .ifPresent(
              earlier -> {
                artifacts.put(point, earlier.artifact());
                found.add(candidate(point, key, earlier, store));
              });
    }
    int without = plan.points().size() - cached - found.size();
    return new Adoptions(List.copyOf(found), cached, without);
  }

  private static Candidate candidate(
      Point point, StageKey key, KeyEntry earlier, ArtifactStore store) {
    String difference =
        KeyDifference.between(earlier.parts(), key.parts())
            .map(KeyDifference::toString)
            .orElse("nothing");
    return new Candidate(point, key, earlier, started(earlier, store), difference);
  }

  private static Optional<KeyEntry> newest(List<KeyEntry> entries, ArtifactStore store) {
    return entries.stream()
        .filter(entry -> store.find(entry.key()).isPresent())
        .filter(entry -> store.provenance(entry.key()).isPresent())
        .max(
            Comparator.comparing((KeyEntry entry) -> started(entry, store))
                .thenComparing(KeyEntry::key));
  }

  private static String started(KeyEntry entry, ArtifactStore store) {
    return store.provenance(entry.key()).map(Provenance::started).orElse("");
  }

  /** The parts of a key but for some, as one text. */
  private static String rest(Map<String, Object> key, List<String> without) {
    Map<String, Object> rest = new TreeMap<>(key);
    for (String name : without) {
      int dot = name.indexOf('.');
      if (dot < 0) {
        rest.remove(name);
      } else if (rest.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
        Map<Object, Object> fewer = new TreeMap<>(inner);
        fewer.remove(name.substring(dot + 1));
        rest.put(name.substring(0, dot), fewer);
      }
    }
    return CanonicalJson.write(rest);
  }
}
