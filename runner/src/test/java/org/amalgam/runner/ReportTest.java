package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
  private static final String RECIPE =
      """
      recipe: tables
      stages:
        sum: {uses: add, steps: 6, value: {each: [60, 61.5]}}
        bad: {uses: fail}
      tables:
        sums:
          title: Table 1
          note: A note & <b>.
          rows:
            - {label: "ours, {value}", where: {}}
          columns:
            - {label: accuracy, from: sum, metric: number, prior: prior}
            - {label: what, from: sum, metric: by-type.what}
            - {label: absent, from: sum, metric: no.such}
          paper:
            caption: "Table 2a: ViT-B/16"
            values:
              "ours, 60": {accuracy: 73.59}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
  }

  @Test
  void tablesAreAlignedAndThePapersNumbersAreInABlockOfTheirOwn() throws IOException {
    Result result =
        trial.recipe(RECIPE).execute("run", "recipe.yaml", "sums", "bad", "--progress", "plain");

    assertThat(result.out())
        .contains(
            """
            Table 1
                             accuracy   what  absent
                          prior 37.10
              ours, 60          60.00  30.00     - a
              ours, 61.5        61.50  30.75     - b

              Printed in the paper (Table 2a: ViT-B/16): another scale, compare the order and not\
             the numbers
                             accuracy   what  absent
              ours, 60          73.59      -       -
              ours, 61.5            -      -       -
              a: sum[value=60] has no metric no.such
              b: sum[value=61.5] has no metric no.such
              A note & <b>.
            """);
  }

  @Test
  void plainProgressHasALineAStartAndAnEndWithTimes() throws IOException {
    Result result =
        trial.recipe(RECIPE).execute("run", "recipe.yaml", "sums", "bad", "--progress", "plain");

    assertThat(result.err())
        .containsPattern("\\[0:0\\d] 3 stages\n")
        .containsPattern("\\[0:0\\d] start   sum\\[value=60] \\(add\\)\n")
        .containsPattern("\\[0:0\\d] ran     sum\\[value=60] in \\d\\.\\d s\n")
        .containsPattern("\\[0:0\\d] failed  bad in .*: the number is too large")
        .containsPattern("\\[0:0\\d] done    2 ran, 1 failed\n")
        .doesNotContain("\033");
    assertThat(trial.execute("run", "recipe.yaml", "sums", "bad", "--progress", "plain").err())
        .contains("cached  2 stages");
  }

  @Test
  void aTerminalIsRestored() throws IOException {
    trial.environment.put("NO_COLOR", "1");
    Result result =
        trial.recipe(RECIPE).execute("run", "recipe.yaml", "sums", "bad", "--progress", "live");

    assertThat(result.err())
        .contains("\033[?25l", "\033[?25h")
        .doesNotContainPattern("\033\\[[0-9;]*m")
        .contains("3 of 3 stages (2 ran, 1 failed)");
  }

  @Test
  void thePageIsWellFormedAndAsksForNothingElse() throws Exception {
    trial.recipe(RECIPE).run("sums", "bad");

    String page = Files.readString(trial.latest("report.html"));
    String body = page.replaceFirst("(?is)^<!doctype html>", "");
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    String xml = body.replaceAll("<meta ([^>]*[^/])>", "<meta $1/>");
    assertThat(builder.parse(new InputSource(new StringReader(xml))).getDocumentElement())
        .isNotNull();
    assertThat(page)
        .doesNotContain("http://", "https://", "<script", "src=\"/", "@import", "url(")
        .contains("Table 1", "60.00", "73.59", "another scale", "<svg", "polyline", "how-many")
        .contains("A note &amp; &lt;b", "bad failed: the number is too large");
  }

  @Test
  void filesForProgramsHoldTheSameNumbers() throws IOException {
    trial.recipe(RECIPE).run("sums", "bad");

    assertThat(Files.readString(trial.latest("tables.csv")))
        .contains("sums,\"ours, 60\",accuracy,60.0,,,,1,37.1,73.59,other,,,sum[value=60],\r\n");
    assertThat(Files.readString(trial.latest("tables.md")))
        .contains("| | accuracy (prior 37.10) | what | absent |", "| ours, 60 | 60.00 | 30.00 |");
    assertThat(Files.readString(trial.latest("metrics.prom")))
        .contains("verdict=\"ran\"", "verdict=\"failed\"", "amalgam_stage_duration_seconds");
    assertThat(Files.readString(trial.latest("run.json")))
        .contains("\"printedInThePaper\" : 73.59");
  }

  @Test
  void whyExplainsACellOfATable() throws IOException {
    trial.recipe(RECIPE).run("sums", "bad");

    assertThat(trial.execute("why", "ours, 60/accuracy").out()).contains("sum[value=60] (add)");
  }

  @Test
  void thePageSaysWhereTheStoreIsSoThatBothCanBeMoved() throws IOException {
    trial.recipe(RECIPE).run("sums", "bad");

    assertThat(Files.readString(trial.latest("report.html")))
        .contains("../../store from this page")
        .doesNotContain(directory.resolve(".amalgam").toString());
  }
}
