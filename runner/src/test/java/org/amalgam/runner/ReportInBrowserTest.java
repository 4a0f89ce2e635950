package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.amalgam.stages.Stages;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a real run with every kind of section, as a browser shows it. */
@Timeout(300)
class ReportInBrowserTest {
  private static final String RECIPE =
      """
      recipe: looked-at
      replicates: 2
      profile: smoke
      include: [recipes/table5.yaml, recipes/table7.yaml]
      tables:
        seeds:
          rows:
            - {label: "before, {k-seed}", where: {method: before}}
            - {label: "after, {k-seed}", where: {method: after}}
          columns: [{label: recall, from: zero-shot, metric: mean}]
          paper:
            values: {"before, 0": {recall: 80.6}, "before, 0.5": {recall: 80.5}}
          plot:
            x: k-seed
            lines: {before: ["before, {k-seed}"], after: ["after, {k-seed}"]}
      claims:
        shrinks:
          says: Merging costs less with a seed
          table: seeds
          holds-if: [{above: ["after, 0.5 / recall", "after, 0 / recall"]}]
      """;

  /** Says what it finds in attributes of the root of the page around it. */
  private static final String PROBE =
      """
      <script>
      addEventListener('load', () => {
        const root = document.documentElement;
        const says = top.document.documentElement.dataset;
        const missing = [...document.querySelectorAll('a[href^="#"], use')]
            .map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id));
        says.width = innerWidth;
        says.scroll = root.scrollWidth;
        says.requests = performance.getEntriesByType('resource')
            .map(entry => entry.name).filter(name => !name.startsWith('data:')).join(' ');
        says.broken = [...document.images].filter(image => !image.naturalWidth).length;
        says.images = document.images.length;
        says.missing = missing.join(' ');
        says.whiskers = document.querySelectorAll('.whisker').length;
        says.nodes = document.querySelectorAll('.graph .node').length;
        says.dots = document.querySelectorAll('#distances .dot').length;
        says.verdicts = document.querySelectorAll('.counts span').length;
        says.examples = document.querySelectorAll('.example').length;
        says.muted = document.querySelectorAll('.chart.muted').length;
      });
      </script>
      """;

  @TempDir static Path directory = Path.of("");
  private static Path page = Path.of("");

  @BeforeAll
  static void run() throws Exception {
    Chromium.found(directory);
    Path recipes = Path.of("..", "recipes").toAbsolutePath().normalize();
    try (Stream<Path> files = Files.walk(recipes)) {
      for (Path file : files.sorted().toList()) {
        Files.copy(file, directory.resolve("recipes").resolve(recipes.relativize(file)));
      }
    }
    Trial trial = new Trial(directory);
    trial.catalog = Stages.catalog();
    trial.recipe(RECIPE);
    Trial.Result result = trial.run("seeds", "shrinks", "table7", "correlation[numbers=zero-shot]");
    assertThat(result.code()).as(result.err()).isZero();
    page = trial.latest("report.html").toRealPath();
  }

  /** In a frame of that width: a window cannot be as narrow as a phone. */
  private static String probed(int width) throws Exception {
    String probed = Files.readString(page).replace("</body>", PROBE + "</body>");
    String frame =
        "<!DOCTYPE html><html><head></head><body><iframe width=\"%d\" height=\"800\""
            + " style=\"border: 0\" srcdoc=\"%s\"></iframe></body></html>";
    Path copy = directory.resolve("probed.html");
    Files.writeString(
        copy, frame.formatted(width, probed.replace("&", "&amp;").replace("\"", "&quot;")));
    Chromium.Printed printed =
        Chromium.found(directory).open(copy, "--dump-dom", "--window-size=1300,900");
    assertThat(printed.err()).doesNotContain("CONSOLE");
    return printed.out().substring(0, printed.out().indexOf("<head>"));
  }

  private static String value(String root, String name) {
    Matcher matcher = Pattern.compile("data-" + name + "=\"([^\"]*)\"").matcher(root);
    assertThat(matcher.find()).as(name + " in " + root).isTrue();
    return matcher.group(1);
  }

  @Test
  void everySectionIsThereWithoutErrorsOrOutsideRequests() throws Exception {
    String root = probed(1200);

    assertThat(value(root, "requests")).isEmpty();
    assertThat(value(root, "missing")).isEmpty();
    assertThat(value(root, "broken")).isEqualTo("0");
    assertThat(Integer.parseInt(value(root, "images"))).isPositive();
    assertThat(Integer.parseInt(value(root, "whiskers"))).isPositive();
    assertThat(Integer.parseInt(value(root, "muted"))).isPositive();
    assertThat(Integer.parseInt(value(root, "nodes"))).isGreaterThan(10);
    assertThat(Integer.parseInt(value(root, "examples"))).isPositive();
    assertThat(Integer.parseInt(value(root, "dots"))).isPositive();
    assertThat(Integer.parseInt(value(root, "verdicts"))).isPositive();
  }

  @Test
  void aPhoneNeedNotScrollSideways() throws Exception {
    String root = probed(360);

    assertThat(value(root, "width")).isEqualTo("360");
    assertThat(value(root, "scroll")).isEqualTo("360");
  }

  @Test
  void itIsLightOrDarkAsTheReaderPrefers() throws Exception {
    Chromium chromium = Chromium.found(directory);

    BufferedImage light =
        chromium.screenshot(page, 800, 600, "--blink-settings=preferredColorScheme=1");
    BufferedImage dark =
        chromium.screenshot(page, 800, 600, "--blink-settings=preferredColorScheme=0");

    assertThat(brightness(light)).isBetween(0.75, 0.99);
    assertThat(brightness(dark)).isBetween(0.05, 0.3);
  }

  private static double brightness(BufferedImage image) {
    long sum = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        sum += image.getRGB(x, y) >> 8 & 255;
      }
    }
    return sum / 255.0 / image.getWidth() / image.getHeight();
  }

  @Test
  void numbersOfAnotherScaleAreCalledSo() throws Exception {
    String html = Files.readString(page);
    String parameters = html.substring(html.indexOf("id=\"table-table7\""));

    assertThat(html.substring(html.indexOf("id=\"table-seeds\"")))
        .contains("another scale, compare the order and not the numbers", "other scale</small>");
    assertThat(parameters.substring(0, parameters.indexOf("</table>")))
        .contains("the same quantity, compare the numbers")
        .doesNotContain("other scale");
  }

  @Test
  void aPageOfManyRunsStaysSmall() throws Exception {
    assertThat(Files.size(page)).isLessThan(3_000_000);
  }
}
