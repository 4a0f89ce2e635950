package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunMetricsTest {
  @TempDir Path directory = Path.of("");

  @Test
  void theFileBesideTheRunHasVerdictsTimesUnitsBytesAndLosses() throws IOException {
    Trial trial =
        new Trial(directory)
            .recipe(
                """
                recipe: counted
                stages:
                  one: {uses: add, value: 1, steps: 5, pause: 2}
                  two: {uses: add, value: 2, to: ["${one}"]}
                  bad: {uses: mishap, kind: broken-disk, times: 1, trace: TRACE}
                """
                    .replace("TRACE", directory.resolve("trace").toString()));
    assertThat(trial.run("one").code()).isZero();
    assertThat(trial.run().code()).isZero();

    assertThat(Files.readString(trial.latest("metrics.prom")))
        .contains("amalgam_stages_total{recipe=\"counted\",verdict=\"cached\"} 1.0")
        .contains("amalgam_stages_total{recipe=\"counted\",verdict=\"ran\"} 2.0")
        .contains("amalgam_retries_total 1.0", "amalgam_lease_waits_total 0.0")
        .contains("amalgam_stages_ready 0.0", "amalgam_stages_planned 3.0")
        .contains("amalgam_stage_duration_seconds_count{stage=\"two\",uses=\"add\"} 1")
        .containsPattern("amalgam_artifact_bytes_total\\{stage=\"two\"} [1-9]")
        .contains("amalgam_stage_value{name=\"loss\",point=\"two\"} 1.0");
    trial.run("one", "--store", "other");
    assertThat(Files.readString(trial.latest("metrics.prom")))
        .contains("amalgam_stage_units_total{stage=\"one\",unit=\"step\"} 4.0")
        .contains("amalgam_stage_unit_time_seconds_count{stage=\"one\",unit=\"step\"} 4")
        .contains("amalgam_stage_value{name=\"loss\",point=\"one\"} 0.2");
  }

  @Test
  void aRunThatGoesTellsItsMetricsToThisMachine() throws Exception {
    Trial trial =
        new Trial(directory)
            .recipe("recipe: slow\nstages:\n  one: {uses: add, steps: 100000, pause: 10}\n");
    Process run = trial.child("run", "recipe.yaml", "--metrics-port", "0");
    Matcher address = Pattern.compile("http://127.0.0.1:\\d+/metrics").matcher("");
    while (!address.reset(trial.printed()).find()) {
      Thread.sleep(10);
    }
    HttpRequest request = HttpRequest.newBuilder(URI.create(address.group())).build();
    String body = "";
    while (!body.contains("amalgam_stages_running 1.0")) {
      body = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
    assertThat(body).contains("amalgam_stages_total{recipe=\"slow\",verdict=\"ran\"} 0.0");
    run.destroy();
    assertThat(run.waitFor()).isEqualTo(130);
  }

  @Test
  void aPortThatIsTakenIsAMistakeOfTheCommandLine() throws IOException {
    Trial trial = new Trial(directory).recipe("recipe: one\nstages:\n  one: {uses: add}\n");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Trial.Result result = trial.run("--metrics-port", "" + taken.getLocalPort());

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).contains("--metrics-port " + taken.getLocalPort());
    }
  }
}
