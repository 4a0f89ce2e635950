package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.runner.report.Interval;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedClaimsTest {
  private static final String RECIPE =
      """
      recipe: claims
      stages:
        high: {uses: noisy, value: 20}
        low: {uses: noisy, value: 10}
        same: {uses: noisy, value: 10.5}
        fixed: {uses: add, value: 15}
        bad: {uses: fail}
      vars:
        models: {each: {high: '${high}', low: '${low}', same: '${same}', fixed: '${fixed}', bad: '${bad}'}, as: model}
      tables:
        numbers:
          rows: [{label: "{model}"}]
          columns: [{label: number, from: shown, metric: number}]
          paper: {values: {high: {number: 80}, low: {number: 70}, same: {number: 75}}}
      claims:
        higher: {says: high is higher, table: numbers, holds-if: [{above: [high / number, low / number]}]}
        lower: {says: low is higher, table: numbers, holds-if: [{above: [low / number, high / number]}]}
        near: {says: same is higher, table: numbers, holds-if: [{above: [same / number, low / number]}]}
        between: {says: fixed is between, table: numbers, holds-if: [{above: [high / number, fixed / number, low / number]}]}
        level: {says: they are level, table: numbers, holds-if: [{level: [same / number, low / number], within: 5}]}
        far: {says: these are level, table: numbers, holds-if: [{level: [high / number, low / number], within: 5}]}
        best: {says: the best is much better, section: "1.2", table: numbers, holds-if: [{above: [{greatest: [high / number, same / number]}, {mean: [same / number, low / number]}], by: 5}]}
        absent: {says: bad is best, table: numbers, holds-if: [{above: [bad / number, high / number]}]}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory);
    String shown = "  shown: {uses: add, one: '${models}'}\n";
    trial.recipe(RECIPE.replace("vars:", shown + "vars:"));
  }

  @Test
  void aClaimHoldsIfItsIntervalIsOnItsSideAndOnlyThen() {
    String out = trial.execute("run", "recipe.yaml", "numbers", "--set", "replicates=5").out();

    assertThat(out)
        .containsPattern("  holds          high is higher\n")
        .containsPattern("  does not hold  low is higher\n")
        .containsPattern("  undecided      same is higher\n")
        .containsPattern("  holds          fixed is between\n")
        .containsPattern("  holds          they are level\n")
        .containsPattern("  does not hold  these are level\n")
        .containsPattern("  holds          the best is much better \\(1.2\\)\n")
        .containsPattern("  not measured   bad is best\n")
        .contains("bad / number above high / number: bad / number: shown[model=bad")
        .contains("; in print +10.00")
        .contains("8 claims: 4 holds, 2 does not hold, 1 undecided, 1 not measured");
  }

  @Test
  void oneReplicateDecidesNothing() {
    String out = trial.execute("run", "recipe.yaml", "numbers").out();

    assertThat(out)
        .containsPattern("  undecided      high is higher\n")
        .contains("one replicate: no interval");
  }

  @Test
  void thePageAndTheFilesHoldTheVerdicts() throws IOException {
    trial.run("numbers", "--set", "replicates=5");

    assertThat(Files.readString(trial.latest("report.html")))
        .contains("<span class=\"verdict does-not-hold\">does not hold</span> <b>low is higher")
        .contains("id=\"claim-best\"");
    assertThat(Files.readString(trial.latest("claims.csv")))
        .contains("far,does not hold,high / number,level with,low / number,5.0,5,");
    assertThat(Files.readString(trial.latest("tables.md")))
        .contains("| high is higher | holds | holds |", "| low is higher | does not hold |");
    Object run = CanonicalJson.parse(Files.readString(trial.latest("run.json")));
    assertThat(run).extracting("claims").asList().hasSize(8);
  }

  @Test
  void anIntervalIsStudents() {
    // Of 1, 2, 3, 4: mean 2.5, s = 1.2910, t(0.975, 3) = 3.1824.
    Interval interval = Interval.of(List.of(1.0, 2.0, 3.0, 4.0));

    assertThat(interval.mean()).isEqualTo(2.5);
    assertThat(interval.half()).isCloseTo(3.182446 * 1.290994 / 2, within(1e-5));
    assertThat(Interval.of(List.of(7.0)).isBounded()).isFalse();
  }
}
