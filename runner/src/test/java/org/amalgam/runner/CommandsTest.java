package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.runner.Trial.Result;
import org.amalgam.runner.command.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final String RECIPE =
      """
      recipe: grid
      vars: {start: 1}
      stages:
        base: {uses: add, value: "${start}"}
        sum: {uses: add, value: {each: [1, 2, 3]}, to: "${base}"}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
  }

  @Test
  void theExitCodesAreThese() {
    assertThat(Arrays.stream(ExitCode.values()).mapToInt(ExitCode::code))
        .containsExactly(0, 2, 3, 4, 5, 6, 70, 130);
  }

  @Test
  void theEnvironmentHasOptionsOfItsOwn() throws IOException {
    trial.recipe(RECIPE);
    Result wrong = trial.execute("plan", "recipe.yaml", "--device", "gpu");
    Result right =
        trial.execute(
            "run", "recipe.yaml", "--device", "auto", "--threads", "2", "--output", "json");

    assertThat(wrong.code()).isEqualTo(ExitCode.RECIPE.code());
    assertThat(wrong.err()).contains("device cannot be \"gpu\"").contains("cuda");
    assertThat(right.code()).as(right.err()).isZero();
    assertThat(right.out()).contains("environment.device=auto", "environment.threads=2");
  }

  @Test
  void aWrongCommandLineExitsWithTwoAndSaysWhatToTry() throws IOException {
    trial.recipe(RECIPE);

    assertThat(trial.execute().code()).isEqualTo(2);
    assertThat(trial.execute("rnu").code()).isEqualTo(2);
    assertThat(trial.run("--slots", "0").code()).isEqualTo(2);
    assertThat(trial.run("--max-failures", "0").code()).isEqualTo(2);
    Result result = trial.execute("run", "recipe.yaml", "--slot", "2");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--slots");
  }

  @Test
  void aWrongRecipeExitsWithThreeAndShowsTheLineWithACaret() throws IOException {
    trial.recipe("recipe: wrong\nstages:\n  one: {uses: ad, value: 1}\n");

    Result result = trial.run();

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains("recipe.yaml:3:", "one: {uses: ad, value: 1}", "^", "add")
        .doesNotContain("Exception", "\tat ");
    assertThat(trial.execute("run", "none.yaml").code()).isEqualTo(3);
    assertThat(trial.run("nobody").code()).isEqualTo(3);
  }

  @Test
  void aFileInTheWayIsOneClearMessage() throws IOException {
    trial.recipe(RECIPE);
    Files.createDirectories(directory.resolve(".amalgam"));
    Files.writeString(directory.resolve(".amalgam/runs"), "a file where the runs should be");

    Result result = trial.run();

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err())
        .contains("cannot use " + directory + "/.amalgam/runs")
        .doesNotContain("\tat ");
  }

  @Test
  void aBugExitsWithSeventyAndItsStackTrace() {
    trial.catalog = new StageCatalog(List.of(new Forgetful()));

    Result result = trial.execute("stages");

    assertThat(result.code()).isEqualTo(70);
    assertThat(result.err()).contains("this is a bug", "no summary was written", "\tat ");
  }

  /** A stage type with a bug that no recipe can mend. */
  private static final class Forgetful implements StageType<Forgetful.Settings> {
    record Settings() {}

    @Override
    public String name() {
      return "forgetful";
    }

    @Override
    public String summary() {
      throw new IllegalStateException("no summary was written");
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public String produces() {
      return "nothing";
    }

    @Override
    public void run(Settings settings, StageContext context) {}
  }

  @Test
  void helpTellsOptionsExamplesAndExitCodes() {
    Result result = trial.execute("run", "--help");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("--fail-fast", "Examples:", "Exit codes:", "130");
    assertThat(trial.execute("--version").out()).contains("Amalgam", "Java", "Engine");
  }

  @Test
  void planSaysWhatIsCachedAndWhatRunsAndWhy() throws IOException {
    trial.recipe(RECIPE);
    Result before = trial.execute("plan", "recipe.yaml");
    assertThat(before.out())
        .containsPattern("base +to run +never run")
        .containsPattern("sum +to run +all 3 points +input to be made: base")
        .contains("4 points: 0 cached, 4 to run, 0 blocked", "no times known of 4");

    trial.run("sum[value=1]", "sum[value=2]");
    Result between = trial.execute("plan", "recipe.yaml");
    assertThat(between.out())
        .containsPattern("base +cached")
        .containsPattern("sum +cached +\\[value=1] \\[value=2]")
        .containsPattern("sum +to run +\\[value=3] .*changed settings.value: .\\.0 -> 3.0");

    Result after = trial.execute("plan", "recipe.yaml", "--set", "start=9");
    assertThat(after.out()).contains("changed settings.value: 1").contains("-> 9.0");
    assertThat(trial.execute("plan", "recipe.yaml", "--output", "json").out())
        .contains("\"verdict\" : \"cached\"");
  }

  @Test
  void planNamesTheFilesThatAreMissing() throws IOException {
    trial.recipe(
        """
        recipe: external
        stages:
          file: {uses: read, file: %s/n.txt}
          sum: {uses: add, value: 1, to: "${file}"}
        """
            .formatted(directory));

    Result result = trial.execute("plan", "recipe.yaml");

    assertThat(result.code()).isEqualTo(4);
    assertThat(result.out())
        .contains("blocked  missing " + directory + "/n.txt", "blocked  file is blocked");
  }

  @Test
  void whyTellsKeyOriginAndTheFirstDifference() throws IOException {
    trial.recipe(RECIPE).run();

    Result result = trial.execute("why", "sum[value=2]");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("sum[value=2] (add)", "settings.value: 2.0", "by recipe  grid", "made from")
        .containsPattern("settings.value: \\d\\.0 -> 2.0")
        .containsPattern("to: base [0-9a-f]{12}");
    assertThat(trial.execute("why", "nothing").code()).isEqualTo(2);
    assertThat(trial.execute("why", "nothing").err()).contains("it has base, sum");
  }

  @Test
  void stagesTellsEverySettingWithRangeDefaultAndMeaning() {
    assertThat(trial.execute("stages").out()).contains("add      adds numbers");

    Result add = trial.execute("stages", "add");

    assertThat(add.out())
        .contains("number, from -1000 to 1000, default 0", "the number to add, in apples")
        .contains("inputs: number, optional", "not in the key");
    Parsed json = trial.execute("stages", "add", "--output", "json").json();
    assertThat(json.keys())
        .containsExactly("name", "summary", "produces", "usesEngine", "usesSeed");
    assertThat(trial.execute("stages", "--output", "json").json().get(0))
        .as("the first of all is add")
        .isEqualTo(json);
    assertThat(trial.execute("stages", "ad").err()).contains("there are add, empty, fail");
  }

  @Test
  void settingsComeFromTheStrongestLayerThatHasThem() throws IOException {
    Path home = directory.resolve("home/.config/amalgam");
    Files.createDirectories(home);
    Files.writeString(home.resolve("amalgam.properties"), "store = from-user\nslots = 3\n");
    Files.writeString(directory.resolve("amalgam.properties"), "slots = 5\nruns = from-project\n");
    trial.environment.put("AMALGAM_RUNS", "from-environment");

    Result result = trial.execute("config");

    assertThat(result.out())
        .containsPattern("store +=.*from-user.*home/.config/amalgam/amalgam.properties")
        .containsPattern("slots +=.*5.*" + directory.getFileName() + "/amalgam.properties")
        .containsPattern("runs +=.*from-environment.*from: environment")
        .containsPattern("progress +=.*auto.*from: default");
    assertThat(trial.execute("config", "--store", "x").out()).contains("from: command line");
    Files.writeString(directory.resolve("amalgam.properties"), "slot = 5\n");
    assertThat(trial.execute("config").err()).contains("unknown setting slot", "slots");
  }

  @Test
  void checkFindsThisInstallationWell() {
    Result result = trial.execute("check");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("all well\n");
  }
}
