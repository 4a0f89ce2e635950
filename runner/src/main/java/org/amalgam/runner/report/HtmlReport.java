package org.amalgam.runner.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.progress.Tally;
import org.amalgam.runner.report.ReportPage.Image;
import org.amalgam.runner.report.ReportPage.StageRow;
import org.amalgam.runner.schedule.Machine;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;
import org.amalgam.runner.settings.BuildVersion;

/** The report as one self-contained page. */
final class HtmlReport {
  private static final String SAMPLES = "samples.png";
  private static final long LARGEST_IMAGE = 3 << 20;

  private HtmlReport() {}

  static String of(RunResults results, List<FilledTable> tables) throws IOException {
    TemplateEngine engine =
        TemplateEngine.createPrecompiled(
            null, ContentType.Html, HtmlReport.class.getClassLoader(), "org.amalgam.runner.pages");
    StringOutput output = new StringOutput();
    engine.render("report.jte", page(results, tables), output);
    return output.toString();
  }

  private static ReportPage page(RunResults results, List<FilledTable> tables) throws IOException {
    Recipe recipe = results.plan().recipe();
    RunInvocation invocation = results.invocation();
    return new ReportPage(
        recipe.title(),
        summary(results),
        problems(results),
        facts(results),
        results.claims(tables),
        tables,
        new Figures(results).all(),
        images(results),
        new Breakdowns(results).all(),
        stages(results),
        environment(results),
        Files.readString(invocation.recipe()));
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

  private static Map<String, String> environment(RunResults results) {
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
                    "%s, %s, %d threads an operation"
                        .formatted(e.device(), e.precision(), e.threads()))
            .distinct()
            .toList();
    environment.put("Environment class", classes.isEmpty() ? "any" : String.join("; ", classes));
    environment.put("Store", results.store().root().toString());
    return environment;
  }

  private static List<Image> images(RunResults results) throws IOException {
    Map<Path, Image> images = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      Optional<Path> file = results.directory(point).map(d -> d.resolve(SAMPLES));
      if (file.isPresent()
          && Files.isRegularFile(file.get())
          && Files.size(file.get()) <= LARGEST_IMAGE
          && !images.containsKey(file.get())) {
        String bytes = Base64.getEncoder().encodeToString(Files.readAllBytes(file.get()));
        images.put(file.get(), new Image(point.name(), "data:image/png;base64," + bytes));
      }
    }
    return List.copyOf(images.values());
  }

  private static List<StageRow> stages(RunResults results) {
    return results.outcomes().stream()
        .map(
            outcome -> {
              StageKey key = outcome.key();
              return new StageRow(
                  outcome.point().name(),
                  outcome.point().type().name(),
                  outcome.verdict().toString(),
                  time(outcome, results),
                  key == null ? "" : key.digest().hex(),
                  outcome.artifact() == null ? "" : outcome.artifact().hex(),
                  message(outcome, results));
            })
        .toList();
  }

  private static String message(Outcome outcome, RunResults results) {
    return results
        .made(outcome)
        .flatMap(made -> Optional.ofNullable(made.adoption()))
        .map(adoption -> "adopted " + adoption)
        .orElse(outcome.message());
  }

  /** This run's time, or in brackets the earlier run's that made it. */
  private static String time(Outcome outcome, RunResults results) {
    if (outcome.verdict() == Verdict.CACHED) {
      return results
          .made(outcome)
          .map(Provenance::seconds)
          .map(seconds -> "(" + Elapsed.text(seconds) + ")")
          .orElse("");
    }
    return outcome.seconds() > 0 ? Elapsed.text(outcome.seconds()) : "";
  }
}
