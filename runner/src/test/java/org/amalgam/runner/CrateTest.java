package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds an exported run against what RO-Crate 1.1 and the Provenance Run profile 0.5 require. */
class CrateTest {
  private static final String RECIPE =
      """
      recipe: sums
      vars: {start: 1}
      stages:
        file: {uses: read, file: DIR/n.txt}
        base: {uses: add, value: "${start}", to: "${file}"}
        sum: {uses: add, value: {each: [1, 2]}, to: "${base}"}
        bad: {uses: fail, of: "${base}"}
      tables:
        sums:
          rows: [{label: "ours, {value}", where: {}}]
          columns: [{label: accuracy, from: sum, metric: number}]
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);
  private final Map<String, Map<?, ?>> entities = new LinkedHashMap<>();

  @BeforeEach
  void ranOnce() throws IOException {
    trial = new Trial(directory);
    Files.writeString(directory.resolve("n.txt"), "8");
    trial.recipe(RECIPE.replace("DIR", directory.toString()));
    trial.run("base");
    trial.run("sums", "bad", "--set", "start=1");
  }

  private void export(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("crate", "latest", "-o", "crate"));
    command.addAll(List.of(options));
    Result result = trial.execute(command.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    Map<?, ?> metadata =
        (Map<?, ?>) CanonicalJson.parse(Files.readString(crate("ro-crate-metadata.json")));
    assertThat(metadata.get("@context"))
        .isEqualTo(
            List.of(
                "https://w3id.org/ro/crate/1.1/context",
                "https://w3id.org/ro/terms/workflow-run/context"));
    for (Object entity : (List<?>) Objects.requireNonNull(metadata.get("@graph"))) {
      Map<?, ?> one = (Map<?, ?>) entity;
      assertThat(entities.put(String.valueOf(one.get("@id")), one)).isNull();
    }
  }

  private Path crate(String path) {
    return directory.resolve("crate").resolve(path);
  }

  private List<Map<?, ?>> ofType(String type) {
    List<Map<?, ?>> found = new ArrayList<>();
    for (Map<?, ?> entity : entities.values()) {
      if (types(entity).contains(type)) {
        found.add(entity);
      }
    }
    return found;
  }

  private static List<?> types(Map<?, ?> entity) {
    return entity.get("@type") instanceof List<?> list
        ? list
        : List.of(String.valueOf(entity.get("@type")));
  }

  /** What a property refers to. */
  private List<Map<?, ?>> refs(Map<?, ?> entity, String property) {
    Object value = entity.get(property);
    List<Map<?, ?>> found = new ArrayList<>();
    for (Object one :
        value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
      String id = String.valueOf(((Map<?, ?>) one).get("@id"));
      found.add(Objects.requireNonNull(entities.get(id), () -> "nothing has the id " + id));
    }
    return found;
  }

  /** Each line of the list: entity type, property, what it must refer to or be. */
  @Test
  void everyPropertyThatTheProfilesRequireIsThere() throws IOException {
    export();
    int checked = 0;
    try (Stream<String> lines = Files.lines(Path.of("src/test/resources/crate/required.txt"))) {
      for (String line : lines.filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
        String[] rule = line.strip().split("\\s+", 3);
        List<Map<?, ?>> subjects =
            rule[0].startsWith("id:")
                ? List.of(Objects.requireNonNull(entities.get(rule[0].substring(3)), line))
                : ofType(rule[0]);
        assertThat(subjects).as(line).isNotEmpty();
        for (Map<?, ?> subject : subjects) {
          holds(subject, rule[1], rule[2], line + " of " + subject.get("@id"));
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(60);
  }

  private void holds(Map<?, ?> subject, String property, String wanted, String what) {
    if (wanted.startsWith("=")) {
      assertThat(String.valueOf(subject.get(property))).as(what).matches(wanted.substring(1));
    } else if (wanted.startsWith("id:")) {
      assertThat(refs(subject, property).stream().map(e -> String.valueOf(e.get("@id"))))
          .as(what)
          .contains(wanted.substring(3));
    } else if (property.equals("@type")) {
      assertThat(types(subject).contains(wanted)).as(what).isTrue();
    } else {
      assertThat(refs(subject, property)).as(what).isNotEmpty();
      for (Map<?, ?> object : refs(subject, property)) {
        assertThat(types(object).contains(wanted)).as(what).isTrue();
      }
    }
  }

  @Test
  void everyReferenceIsResolvedAndEveryFileIsPartOfTheCrate() throws IOException {
    export();
    Map<?, ?> descriptor = entities.remove("ro-crate-metadata.json");
    assertThat(descriptor).isNotNull();
    for (Map<?, ?> entity : entities.values()) {
      entity.forEach(
          (property, value) -> {
            Object first = value instanceof List<?> list && !list.isEmpty() ? list.get(0) : value;
            if (first instanceof Map<?, ?>) {
              assertThat(refs(entity, String.valueOf(property))).isNotEmpty();
            }
          });
    }
    List<Object> parts = new ArrayList<>();
    for (Map<?, ?> part : refs(Objects.requireNonNull(entities.get("./")), "hasPart")) {
      parts.add(part.get("@id"));
      refs(part, "hasPart").forEach(inner -> parts.add(inner.get("@id")));
    }
    for (Map<?, ?> file : ofType("File")) {
      String id = String.valueOf(file.get("@id"));
      assertThat(parts).contains(id);
      Path copy = crate(id);
      assertThat(file.get("sha256")).isEqualTo(Digest.ofFile(copy).hex());
      assertThat(file.get("contentSize")).isEqualTo(String.valueOf(Files.size(copy)));
    }
    try (Stream<Path> files = Files.walk(crate(""))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(ofType("File").size() + 1);
    }
  }

  @Test
  void cachedExecutionsHaveTheTimeAndTheEnvironmentOfTheRunThatMadeThem() throws IOException {
    export("--license", "https://spdx.org/licenses/CC-BY-4.0", "--agent", "Ada Lovelace");
    Map<?, ?> base =
        ofType("CreateAction").stream()
            .filter(action -> String.valueOf(action.get("name")).startsWith("base "))
            .findFirst()
            .orElseThrow();

    assertThat(String.valueOf(base.get("description")))
        .contains("made by an earlier run", "Java ", "cores");
    assertThat(String.valueOf(base.get("startTime")))
        .isLessThan(String.valueOf(Objects.requireNonNull(entities.get("#run")).get("startTime")));
    assertThat(refs(base, "agent").get(0).get("name")).isEqualTo("Ada Lovelace");
    assertThat(refs(base, "object").stream().map(e -> String.valueOf(e.get("name"))))
        .contains("setting value");
    assertThat(Objects.requireNonNull(entities.get("#license")).get("url"))
        .isEqualTo("https://spdx.org/licenses/CC-BY-4.0");
  }

  @Test
  void aFailedStageIsToldAsFailed() throws IOException {
    export();
    Map<?, ?> failed =
        ofType("CreateAction").stream()
            .filter(action -> String.valueOf(action.get("name")).startsWith("bad "))
            .findFirst()
            .orElseThrow();

    assertThat(failed.get("actionStatus")).isEqualTo("http://schema.org/FailedActionStatus");
    assertThat(String.valueOf(failed.get("error"))).contains("the number is too large");
    assertThat(Objects.requireNonNull(entities.get("#run")).get("error")).isEqualTo("exit code 5");
  }

  @Test
  void withoutArtifactsTheirDigestsStay() throws IOException {
    export("--no-artifacts");

    assertThat(crate("artifacts")).doesNotExist();
    assertThat(ofType("CreateAction").stream().flatMap(a -> refs(a, "result").stream()))
        .anySatisfy(
            result ->
                assertThat(String.valueOf(result.get("description")))
                    .contains("not in this crate"));
  }

  @Test
  void aDirectoryWithFilesIsRefused() throws IOException {
    Files.createDirectories(crate("x"));

    Result result = trial.execute("crate", "latest", "-o", "crate");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("is not empty");
  }
}
