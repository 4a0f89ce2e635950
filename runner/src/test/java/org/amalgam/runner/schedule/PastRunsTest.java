package org.amalgam.runner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.schedule.PastRuns.Past;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastRunsTest {
  @TempDir Path directory = Path.of("");

  private static Map<String, Object> parts(Random random) {
    Map<String, Object> settings = new TreeMap<>();
    for (String name : new String[] {"alpha", "beta", "gamma", "delta"}) {
      if (random.nextInt(4) > 0) {
        settings.put(name, (long) random.nextInt(3));
      }
    }
    return new TreeMap<>(
        Map.of("uses", "add", "seed", (long) random.nextInt(2), "settings", settings));
  }

  private static void publish(
      ArtifactStore store, Map<String, Object> parts, String point, int time) throws IOException {
    Path files = store.workspace();
    Files.writeString(files.resolve("number"), point + time);
    Provenance made =
        new Provenance(
            point,
            "add",
            "r",
            Digest.of("r").hex(),
            Map.of(),
            Map.of(),
            1,
            "none",
            "none",
            "java",
            "host",
            "2026-01-01T00:00:%02dZ".formatted(time),
            1,
            1);
    store.publish(Digest.of(CanonicalJson.write(parts)), parts, files, made);
  }

  /** Counts leaves that differ, without limits. */
  private static long naive(Map<String, Object> a, Map<String, Object> b) {
    Map<String, Object> left = leaves(a);
    Map<String, Object> right = leaves(b);
    Map<String, Object> all = new TreeMap<>(left);
    all.putAll(right);
    return all.keySet().stream().filter(k -> !Objects.equals(left.get(k), right.get(k))).count();
  }

  private static Map<String, Object> leaves(Map<String, Object> parts) {
    Map<String, Object> leaves = new TreeMap<>();
    parts.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> map) {
            map.forEach((inner, v) -> leaves.put(name + "." + inner, v));
          } else {
            leaves.put(name, value);
          }
        });
    return leaves;
  }

  @Test
  void theNearestKeyIsTheOneANaiveSearchFinds() throws IOException {
    Random random = new Random(3);
    ArtifactStore store = ArtifactStore.open(directory);
    for (int i = 0; i < 30; i++) {
      publish(store, parts(random), "sum[value=" + i % 4 + "]", i);
    }
    PastRuns past = PastRuns.in(store);
    for (int i = 0; i < 50; i++) {
      Map<String, Object> asked = parts(random);
      Digest key = Digest.of(CanonicalJson.write(asked));
      String name = "sum[value=" + i % 4 + "]";
      Past expected =
          past.ofStage("sum").stream()
              .filter(other -> !other.entry().key().equals(key))
              .min(
                  Comparator.comparingLong((Past other) -> naive(asked, other.entry().parts()))
                      .thenComparing(other -> !other.provenance().stage().equals(name)))
              .orElseThrow();

      assertThat(past.nearest(key, asked, name).orElseThrow().past()).isEqualTo(expected);
    }
    assertThat(past.nearest(Digest.of("x"), Map.of(), "other")).isEmpty();
  }

  @Test
  void partsAreComparedInAFixedOrderAndShownShort() {
    Map<String, Object> before =
        Map.of("code", "a", "settings", Map.of("b", 1L, "a", 1L), "inputs", Map.of("x", "y"));
    Map<String, Object> now = Map.of("code", "a", "settings", Map.of("b", 2L), "inputs", Map.of());

    KeyDifference first = KeyDifference.between(before, now).orElseThrow();

    assertThat(first).hasToString("settings.a: 1 -> nothing");
    assertThat(KeyDifference.between(now, now)).isEmpty();
    assertThat(KeyDifference.shown(java.util.List.of(Digest.of("a").hex()))).hasSize(12);
  }
}
