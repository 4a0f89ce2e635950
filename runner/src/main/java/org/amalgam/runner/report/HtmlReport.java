package org.amalgam.runner.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.progress.Tally;
import org.amalgam.runner.report.ReportPage.Image;
import org.amalgam.runner.schedule.Machine;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;
import org.amalgam.runner.settings.BuildVersion;

/** The report as one self-contained page. */
final class HtmlReport {
  private static final String SAMPLES = "samples.png";
  private static final long LARGEST_IMAGE = 3 << 20;

  private HtmlReport() {}

  /**
   * The page.
   *
   * @param folder the run's, with copies of the recipe's files
   */
  static String of(RunResults results, List<FilledTable> tables, Path folder) throws IOException {
    TemplateEngine engine =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, HtmlReport.class.getClassLoader(), "org.amalgam.runner.pages");
    StringOutput output = new StringOutput();
    engine.render("report.jte", page(results, tables, folder), output);
    return output.toString();
  }

  private static ReportPage page(RunResults results, List<FilledTable> tables, Path folder)
      throws IOException {
    Recipe recipe = results.plan().recipe();
    PredictionSheets predictions = new PredictionSheets(results);
    Map<String, List<PredictionSheets.OfPoint>> predicted = predictions.all();
    return new ReportPage(
        recipe.title(),
        summary(results),
        problems(results),
        facts(results),
        results.claims(tables),
        tables,
        TablePlots.of(tables),
        new DistanceScatter(results).all(),
        StageGraph.svg(results),
        new Figures(results).all(),
        images(results),
        predictions.sheets(),
        predicted,
        ChanceLevels.of(results),
        new Breakdowns(results).all(),
        new StageRows(results).all(),
        environment(results, folder),
        Costs.facts(results),
        new RecipeFiles(recipe.files(), results.invocation().recipe())
            .texts(folder.resolve(RunFolder.RECIPE)));
  }

  private static String summary(RunResults results) {
    Tally tally = new Tally();
    results.outcomes().forEach(outcome -> tally.add(outcome.verdict()));
    return "%d stages in %s: %s"
        .formatted(results.outcomes().size(), Elapsed.text(results.seconds()), tally);
  }

  private static List<String> problems(RunResults results) {
    return results.outcomes().stream()
        .filter(o -> o.verdict() == Verdict.FAILED || o.cause() == Outcome.Cause.DATA)
        .map(o -> o.point().name() + " " + o.verdict() + ": " + o.message())
        .toList();
  }

  private static Map<String, String> facts(RunResults results) {
    Recipe recipe = results.plan().recipe();
    RunInvocation invocation = results.invocation();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Recipe", invocation.recipe() + " (digest " + recipe.digest().abbreviated() + ")");
    facts.put("Profile", recipe.profile());
    if (!invocation.overrides().isEmpty()) {
      facts.put("Overrides", String.join(" ", invocation.overrides()));
    }
    if (!invocation.targets().isEmpty()) {
      facts.put("Targets", String.join(" ", invocation.targets()));
    }
    facts.put("Started", invocation.started().truncatedTo(ChronoUnit.SECONDS).toString());
    return facts;
  }

  private static Map<String, String> environment(RunResults results, Path folder) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Amalgam", BuildVersion.current().toString());
    environment.put("Java", Machine.java());
    environment.put("Machine", Machine.host());
    environment.put("Engine", Machine.engine());
    List<String> classes =
        results.plan().points().stream()
            .filter(point -> point.type().usesEngine())
            .map(Point::environment)
            .map(
                e ->
                    "%s, %s, %d %s an operation"
                        .formatted(
                            e.device(),
                            e.precision(),
                            e.threads(),
                            e.threads() == 1 ? "thread" : "threads"))
            .distinct()
            .toList();
    environment.put("Environment class", classes.isEmpty() ? "any" : String.join("; ", classes));
    environment.put("Store", place(results.store().root(), folder));
    return environment;
  }

  /** Where the store is, seen from the page as long as both lie in one place that can be moved. */
  private static String place(Path store, Path folder) {
    Path at = folder.toAbsolutePath().normalize();
    Path runs = at.getParent();
    Path root = store.toAbsolutePath().normalize();
    return runs != null && runs.getParent() != null && root.startsWith(runs.getParent())
        ? at.relativize(root).toString().replace('\\', '/') + " from this page"
        : root.toString();
  }

  private static List<Image> images(RunResults results) throws IOException {
    Map<Path, Image> images = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      Optional<Path> file = results.directory(point).map(d -> d.resolve(SAMPLES));
      if (file.isPresent()
          && Files.isRegularFile(file.get())
          && Files.size(file.get()) <= LARGEST_IMAGE
          && !images.containsKey(file.get())) {
        BufferedImage image = ImageIO.read(file.get().toFile());
        if (image != null) {
          images.put(file.get(), new Image(point.name(), PredictionSheets.address(image)));
        }
      }
    }
    return List.copyOf(images.values());
  }
}
