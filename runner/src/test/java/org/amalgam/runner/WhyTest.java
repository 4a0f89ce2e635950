package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyTest {
  private static final String RECIPE =
      """
      recipe: deep
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

  @BeforeEach
  void ranOnce() throws IOException {
    trial = new Trial(directory);
    Files.writeString(directory.resolve("n.txt"), "8");
    trial.recipe(RECIPE.replace("DIR", directory.toString()));
    trial.run("sums", "bad");
  }

  @Test
  void aCellIsFollowedDownToDataAndCode() {
    Result result = trial.execute("why", "ours, 2 /accuracy");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("ours, 2 / accuracy = 11.0", "metric     number", "sum[value=2] (add)")
        .containsPattern("    to: base [0-9a-f]{12} \\(add, code [0-9a-f]{12}\\)")
        .containsPattern(
            "      to: file [0-9a-f]{12} \\(read, code [0-9a-f]{12}, data [0-9a-f]{12}\\)")
        .contains("settings.value: 1.0 -> 2.0");
  }

  @Test
  void aFailedStageIsExplainedToo() {
    Result result = trial.execute("why", "bad");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains(
            "bad (fail) has no artifact: failed",
            "the number is too large: 7",
            "settings.bug: false");
  }

  @Test
  void storeAndRunFolderAreEnough() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    copy(directory.resolve(".amalgam"), elsewhere.resolve(".amalgam"));
    String here = trial.execute("why", "ours, 2 / accuracy").out();

    assertThat(new Trial(elsewhere).execute("why", "ours, 2 / accuracy").out()).isEqualTo(here);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(
            path,
            to.resolve(from.relativize(path).toString()),
            java.nio.file.LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  @Test
  void anEarlierRunIsAskedByName() {
    trial.run("sums", "--set", "start=5");

    assertThat(trial.execute("why", "base").out()).contains("settings.value: 5.0");
    assertThat(trial.execute("why", "base", "--run", "latest~1").out())
        .contains("settings.value: 1.0", "settings.value: 5.0 -> 1.0");
    assertThat(trial.execute("why", "base", "--run", "latest~7").err())
        .contains("there is no run latest~7: 2 ended");
  }

  @Test
  void aChangedInputIsFollowedToWhatChangedItFirst() throws IOException {
    Files.writeString(directory.resolve("n.txt"), "30");
    trial.run("sums");

    Result result = trial.execute("why", "sum[value=2]");

    assertThat(result.out().lines().map(String::strip))
        .anyMatch(line -> line.matches("inputs\\.to: [0-9a-f]{12} -> [0-9a-f]{12}"))
        .anyMatch(line -> line.matches("since of base inputs\\.to: [0-9a-f]{12} -> [0-9a-f]{12}"))
        .anyMatch(line -> line.matches("since of file externals: [0-9a-f]{12} -> [0-9a-f]{12}"));
    Parsed difference =
        trial
            .execute("why", "sum[value=2]", "--output", "json")
            .json()
            .get("artifacts")
            .get(0)
            .get("difference");
    assertThat(difference.get("causes").get(1).get("part").text()).isEqualTo("externals");
  }

  @Test
  void itTakesWhatRunTakesAsTargets() {
    assertThat(points("sum[*]")).containsExactly("sum[value=1]", "sum[value=2]");
    assertThat(points("sum[value=2.0]")).containsExactly("sum[value=2]");
    assertThat(points("sums")).containsExactly("sum[value=1]", "sum[value=2]");
    assertThat(points("base+")).containsExactly("base", "sum[value=1]", "sum[value=2]");
    assertThat(points("+base")).containsExactly("base");
    assertThat(trial.execute("why", "sum[value=3]").code()).isEqualTo(2);
  }

  private List<String> points(String target) {
    Parsed why = trial.execute("why", target, "--output", "json").json();
    return ((List<?>) why.get("artifacts").value())
        .stream().map(one -> new Parsed(one).get("point").text()).toList();
  }

  @Test
  void theJsonHasTheseFields() {
    Parsed why = trial.execute("why", "ours, 2 / accuracy", "--output", "json").json();

    assertThat(why.keys()).containsExactlyInAnyOrder("cell", "artifacts", "withoutArtifact");
    assertThat(why.get("cell").keys())
        .containsExactlyInAnyOrder("table", "row", "column", "metric", "mean", "points");
    Parsed one = why.get("artifacts").get(0);
    assertThat(one.keys())
        .containsExactlyInAnyOrder(
            "point",
            "uses",
            "artifact",
            "code",
            "key",
            "parts",
            "recipe",
            "recipeDigest",
            "started",
            "seconds",
            "host",
            "java",
            "engine",
            "difference",
            "inputs");
    assertThat(one.get("difference").keys())
        .containsExactlyInAnyOrder("part", "before", "now", "causes", "earlierPoint", "earlierKey");
    Parsed base = one.get("inputs").get("to");
    assertThat(base.keys())
        .containsExactlyInAnyOrder("point", "uses", "artifact", "code", "inputs");
    Parsed failed =
        trial.execute("why", "bad", "--output", "json").json().get("withoutArtifact").get(0);
    assertThat(failed.keys())
        .containsExactlyInAnyOrder(
            "point", "uses", "verdict", "message", "key", "parts", "difference");
  }

  @Test
  void aMistypedCellIsAUsageErrorWithTheNearestName() {
    Result result = trial.execute("why", "ours, 2 / acuracy");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("did you mean ours, 2 / accuracy?");
  }
}
