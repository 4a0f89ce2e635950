package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorrelateCommandTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory);
    Files.writeString(
        directory.resolve("table5.csv"),
        "K_seed,L2,TSSD,same,drop\n"
            + "none,580.6,.066,1,9.16\n50k,496.8,.037,1,4.50\n"
            + "100k,388.5,.015,1,2.80\n150k,284.6,.006,1,2.60\n");
  }

  @Test
  void columnsOfNumbersAreCorrelatedWithTheLast() {
    Result result = trial.execute("correlate", "table5.csv");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .containsPattern("L2 +0.8824 +0.1250 +1.0000 +0.0833")
        .containsPattern("TSSD +0.9721 +0.0417 +1.0000 +0.0833")
        .contains("same or drop is the same at all points")
        .containsOnlyOnce("warning: with 4 points no p can be below 0.0417 (Pearson)")
        .doesNotContain("K_seed");
    Result json = trial.execute("correlate", "table5.csv", "--with=TSSD", "--output=json");
    Map<?, ?> root = (Map<?, ?>) CanonicalJson.parse(json.out());
    Map<?, ?> correlations = object(root, "correlations");
    assertThat(correlations.keySet()).map(String::valueOf).contains("L2", "same", "drop");
    assertThat((Double) object(correlations, "drop").get("pearson"))
        .isCloseTo(0.9721, within(5e-4));
  }

  @Test
  void whatIsWrongIsToldInOneLine() throws IOException {
    Result unknown = trial.execute("correlate", "table5.csv", "--with=drops");
    assertThat(unknown.code()).isEqualTo(4);
    assertThat(unknown.err()).contains("no column of numbers named drops; did you mean drop?");
    Files.writeString(directory.resolve("short.csv"), "a,b\n1,2\n3,4\n");
    assertThat(trial.execute("correlate", "short.csv").err())
        .contains("there are 2 rows, but a correlation needs 3");
    Files.writeString(directory.resolve("ragged.csv"), "a,b\n1,2\n3\n");
    assertThat(trial.execute("correlate", "ragged.csv").err()).contains("row 2 has 1 cells");
    Files.writeString(directory.resolve("empty.csv"), "");
    assertThat(trial.execute("correlate", "empty.csv").err())
        .contains("there are no two columns of numbers to correlate");
  }

  private static Map<?, ?> object(Map<?, ?> json, String name) {
    return (Map<?, ?>) Objects.requireNonNull(json.get(name), name);
  }
}
