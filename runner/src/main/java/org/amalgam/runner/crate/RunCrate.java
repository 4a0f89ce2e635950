package org.amalgam.runner.crate;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.report.RunSummary;

/**
 * Writes a run as a Provenance Run Crate 0.5: the recipe as the workflow, each stage's execution as
 * an action with its tool, inputs, outputs, times and environment, and the files with their
 * digests.
 *
 * @see <a href="https://w3id.org/ro/wfrun/provenance/0.5">the profile</a>
 */
public final class RunCrate {
  /** The file that makes a directory a crate. */
  public static final String METADATA = "ro-crate-metadata.json";

  private static final List<String> PROFILES =
      List.of(
          "https://w3id.org/ro/wfrun/process/0.5",
          "https://w3id.org/ro/wfrun/workflow/0.5",
          "https://w3id.org/ro/wfrun/provenance/0.5",
          "https://w3id.org/workflowhub/workflow-ro-crate/1.0");

  private static final String RUN = "#run";

  /**
   * What is to be written.
   *
   * @param license a URI or a sentence; empty where none is stated
   * @param agent who ran it, a URI or a name; empty where that is not stated
   * @param artifacts whether the artifacts' files are copied, or only described
   */
  public record Options(String license, String agent, boolean artifacts) {}

  /** How much was written. */
  public record Written(int files, long bytes) {}

  private final RunRecord run;
  private final StageCatalog catalog;
  private final Options options;
  private final CrateGraph graph = new CrateGraph();
  private final CrateFiles files;
  private final StageActions actions;
  private final List<String> parts = new ArrayList<>();

  private RunCrate(
      RunRecord run, ArtifactStore store, StageCatalog catalog, Path target, Options options) {
    this.run = run;
    this.catalog = catalog;
    this.options = options;
    this.files = new CrateFiles(target, graph);
    this.actions = new StageActions(store, graph, files, options, parts);
  }

  /**
   * Writes the crate of a run that ended.
   *
   * @param target an empty directory
   */
  public static Written write(
      RunRecord run, ArtifactStore store, StageCatalog catalog, Path target, Options options)
      throws IOException {
    RunCrate crate = new RunCrate(run, store, catalog, target, options);
    crate.describe();
    // Last: a directory without it is no crate.
    Files.writeString(target.resolve(METADATA), CanonicalJson.writePretty(crate.graph.json()));
    return new Written(crate.files.count() + 1, crate.files.bytes());
  }

  private void describe() throws IOException {
    RunSummary summary = run.summary();
    graph
        .add(METADATA, "CreativeWork")
        .ref("about", "./")
        .refs(
            "conformsTo",
            List.of("https://w3id.org/ro/crate/1.1", PROFILES.get(PROFILES.size() - 1)));
    CrateGraph.Entity root = graph.add("./", "Dataset");
    PROFILES.forEach(RunCrate.this::profile);
    people();
    CrateGraph.Entity workflow = recipe(summary);
    List<String> results = results(summary);
    software(summary);
    List<String> controls = new ArrayList<>();
    List<String> executions = new ArrayList<>();
    Map<String, List<String>> toolsOfStage = new LinkedHashMap<>();
    for (RunStage stage : run.stages()) {
      StageActions.Action action = actions.of(stage, catalog);
      if (action != null) {
        executions.add(action.id());
        toolsOfStage.computeIfAbsent(stage.stage(), s -> new ArrayList<>()).add(action.tool());
        controls.add(control(stage, action));
      }
    }
    steps(toolsOfStage);
    workflow
        .refs("hasPart", toolsOfStage.values().stream().flatMap(List::stream).toList())
        .refs("step", toolsOfStage.keySet().stream().map(RunCrate::step).toList());
    workflowRun(summary, workflow, results, controls);
    parts.addAll(0, results);
    List<String> mentioned = new ArrayList<>(List.of(RUN));
    mentioned.addAll(executions);
    String title = "Run " + summary.name() + " of the recipe " + summary.text("recipe");
    root.with("name", title)
        .with(
            "description",
            title
                + " by Amalgam, profile "
                + summary.text("profile")
                + (options.artifacts()
                    ? ", with all artifacts"
                    : "; its artifacts are described by their digests, their files are not in"
                        + " here"))
        .with("datePublished", summary.ended().toString())
        .ref("license", "#license")
        .refs("conformsTo", PROFILES)
        .refs("hasPart", parts)
        .ref("mainEntity", workflow.id())
        .refs("mentions", mentioned);
  }

  private void profile(String permalink) {
    Path path = Path.of(URI.create(permalink).getPath());
    graph
        .add(permalink, "CreativeWork")
        .with("name", path.getName(path.getNameCount() - 2) + " profile")
        .with("version", path.getFileName().toString());
  }

  private void people() {
    String license = options.license();
    boolean isUri = license.startsWith("https://") || license.startsWith("http://");
    graph
        .add("#license", "CreativeWork")
        .with("name", license.isEmpty() ? "No license was stated on export" : license)
        .with("url", isUri ? license : "");
    if (!options.agent().isEmpty()) {
      graph.add(actions.agent(), "Person").with("name", options.agent());
    }
  }

  private CrateGraph.Entity recipe(RunSummary summary) throws IOException {
    graph.add("#amalgam-recipe", "ComputerLanguage").with("name", "Amalgam recipe (YAML)");
    Path folder = summary.recipeFolder();
    Path main = summary.recipeFile();
    CrateGraph.Entity workflow =
        files
            .copy(
                main,
                "recipe/" + CrateFiles.relative(folder, main),
                "File",
                "SoftwareSourceCode",
                "ComputationalWorkflow",
                "HowTo")
            .with("name", summary.text("recipe"))
            .with("version", summary.text("recipeDigest"))
            .ref("programmingLanguage", "#amalgam-recipe")
            .ref("license", "#license");
    parts.add(workflow.id());
    for (Path include : summary.includedFiles()) {
      parts.add(files.copy(include, "recipe/" + CrateFiles.relative(folder, include), "File").id());
    }
    return workflow;
  }

  /** What the run itself left: its page, tables, and records. */
  private List<String> results(RunSummary summary) throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path file : summary.files()) {
      ids.add(files.copy(file, file.getFileName().toString(), "File").ref("about", RUN).id());
    }
    return ids;
  }

  private void software(RunSummary summary) {
    graph
        .add("#java", "SoftwareApplication")
        .with("name", "Java")
        .with("softwareVersion", summary.text("java"));
    graph
        .add("#engine", "SoftwareApplication")
        .with("name", "Tensor engine")
        .with("softwareVersion", summary.text("engine"));
    graph
        .add("#amalgam", "SoftwareApplication")
        .with("name", "Amalgam")
        .with("softwareVersion", summary.text("amalgam"))
        .refs("softwareRequirements", List.of("#java", "#engine"));
  }

  private String control(RunStage stage, StageActions.Action action) {
    String id = "#control-" + CrateFiles.id(stage.point());
    graph
        .add(id, "ControlAction")
        .with("name", stage.point() + ": " + stage.verdict())
        .ref("instrument", step(stage.stage()))
        .ref("object", action.id())
        .with("actionStatus", action.status());
    return id;
  }

  private static String step(String stage) {
    return "#step-" + CrateFiles.id(stage);
  }

  private void steps(Map<String, List<String>> toolsOfStage) {
    int position = 0;
    for (Map.Entry<String, List<String>> stage : toolsOfStage.entrySet()) {
      graph
          .add(step(stage.getKey()), "HowToStep")
          .with("name", stage.getKey())
          .with("position", String.valueOf(position++))
          .refs("workExample", stage.getValue());
    }
  }

  private void workflowRun(
      RunSummary summary, CrateGraph.Entity workflow, List<String> results, List<String> controls) {
    List<String> given = new ArrayList<>();
    List<String> parameters = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("profile", summary.text("profile"));
    summary
        .texts("overrides")
        .forEach(set -> values.put(set.replaceFirst("=.*", ""), set.replaceFirst("[^=]*=", "")));
    values.forEach(
        (name, value) -> {
          String parameter = "#parameter-" + CrateFiles.id(name);
          graph.add(parameter, "FormalParameter").with("name", name).with("additionalType", "Text");
          graph
              .add("#given-" + CrateFiles.id(name), "PropertyValue")
              .with("name", name)
              .with("value", value)
              .ref("exampleOfWork", parameter);
          parameters.add(parameter);
          given.add("#given-" + CrateFiles.id(name));
        });
    workflow.refs("input", parameters);
    boolean good = summary.exit().orElse(1) == 0;
    String status = StageActions.status(good);
    graph
        .add(RUN, "CreateAction")
        .with("name", "Run of " + summary.text("recipe"))
        .with("description", "on " + summary.text("host"))
        .with("startTime", summary.started().toString())
        .with("endTime", summary.ended().toString())
        .ref("instrument", workflow.id())
        .refs("agent", actions.agents())
        .refs("object", given)
        .refs("result", results)
        .with("actionStatus", status)
        .with("error", good ? "" : "exit code " + summary.exit().orElse(1));
    if (!controls.isEmpty()) {
      graph
          .add("#engine-run", "OrganizeAction")
          .with("name", "Amalgam " + summary.text("amalgam"))
          .with("startTime", summary.started().toString())
          .with("endTime", summary.ended().toString())
          .ref("instrument", "#amalgam")
          .refs("agent", actions.agents())
          .refs("object", controls)
          .ref("result", RUN);
    }
  }

  /** The id of an artifact. */
  static String artifact(Digest digest, boolean copied) {
    return copied ? "artifacts/" + digest.hex() + "/" : "#artifact-" + digest.hex();
  }
}
