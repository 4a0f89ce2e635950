package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's numbers are those that lie in {@code recipes/results}, and no others. */
class ResultsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path RESULTS = ROOT.resolve("recipes/results");

  /** The rows of a table of Markdown below a heading, its head and rule left out. */
  private static List<String> rows(String text, String heading) {
    int at = text.indexOf("\n" + heading + "\n");
    assertThat(at).as(heading).isNotNegative();
    return text.substring(at)
        .lines()
        .dropWhile(line -> !line.startsWith("|"))
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .toList();
  }

  private static String tables(String run) throws IOException {
    return "\n" + Files.readString(RESULTS.resolve(run).resolve("tables.md"));
  }

  @Test
  void theReadmeShowsTheFinalRecipesTableAsItWasMeasured() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));

    assertThat(rows(readme, "## The final recipe, measured"))
        .hasSize(5)
        .isEqualTo(rows(tables("final-recipe"), "## Merging with and without a seed"));
  }

  @Test
  void theReadmeShowsEveryClaimsVerdictAsItWasJudged() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    List<String> shown = rows(readme, "## The paper's claims at this scale");
    List<String> judged = rows(tables("paper"), "## Claims");

    assertThat(shown).hasSameSizeAs(judged).hasSizeGreaterThan(13);
    for (String line : shown) {
      // Claim, verdict and what print says; the numbers follow in the longer table.
      assertThat(judged).as(line).anyMatch(longer -> longer.startsWith(line));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"final-recipe", "paper"})
  void whatARunLeftLiesTogether(String run) {
    assertThat(RESULTS.resolve(run))
        .isDirectoryContaining("glob:**report.html")
        .isDirectoryContaining("glob:**tables.csv")
        .isDirectoryContaining("glob:**claims.csv");
  }
}
