package org.amalgam.runner.crate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Manifest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.runner.report.RunStage;
import org.jspecify.annotations.Nullable;

/** The executions of stages, of this run or of the earlier one that made what is cached. */
final class StageActions {
  /** An execution, and the tool that it is one of. */
  record Action(String id, String tool, String status) {}

  private final ArtifactStore store;
  private final CrateGraph graph;
  private final CrateFiles files;
  private final RunCrate.Options options;
  private final List<String> parts;
  private final Map<Digest, Action> byKey = new LinkedHashMap<>();

  /**
   * @param parts gets the ids of the data that are added to the crate
   */
  StageActions(
      ArtifactStore store,
      CrateGraph graph,
      CrateFiles files,
      RunCrate.Options options,
      List<String> parts) {
    this.store = store;
    this.graph = graph;
    this.files = files;
    this.options = options;
    this.parts = parts;
  }

  static String status(boolean good) {
    return "http://schema.org/" + (good ? "CompletedActionStatus" : "FailedActionStatus");
  }

  String agent() {
    return options.agent().startsWith("https://") ? options.agent() : "#agent";
  }

  List<String> agents() {
    return options.agent().isEmpty() ? List.of() : List.of(agent());
  }

  /** The execution behind a point; null where it was never executed or nothing knows how. */
  @Nullable Action of(RunStage stage, StageCatalog catalog) throws IOException {
    Digest key = stage.key().orElse(null);
    if (key == null) {
      return null;
    }
    Action known = byKey.get(key);
    if (known != null) {
      return known;
    }
    Optional<Provenance> made = stage.artifact().flatMap(artifact -> store.provenance(key));
    Action action =
        made.isPresent()
            ? succeeded(stage, key, made.get(), catalog)
            : stage.verdict().equals("failed") ? failed(stage, key, catalog) : null;
    if (action != null) {
      byKey.put(key, action);
    }
    return action;
  }

  private Action succeeded(RunStage stage, Digest key, Provenance made, StageCatalog catalog)
      throws IOException {
    Digest artifact = stage.artifact().orElseThrow();
    Map<String, Object> keyParts = store.entry(key).map(KeyEntry::parts).orElse(Map.of());
    String tool = tool(made.uses(), made.code(), made.engine(), catalog);
    String id = "#execution-" + key.hex();
    Instant started = Instant.parse(made.started());
    List<String> read = new ArrayList<>();
    for (String input : made.inputs().values()) {
      if (Digest.isHex(input)) {
        read.add(artifact(new Digest(input)));
      }
    }
    read.addAll(data(keyParts));
    read.addAll(settings(id, made, keyParts));
    graph
        .add(id, "CreateAction")
        .with("name", made.stage() + " (" + made.uses() + ")")
        .with(
            "description",
            "settings "
                + CanonicalJson.write(made.settings())
                + "; on "
                + made.host()
                + ", Java "
                + made.java()
                + ", engine "
                + made.engine()
                + (stage.verdict().equals("cached") ? "; made by an earlier run" : ""))
        .with("startTime", made.started())
        .with("endTime", started.plusNanos((long) (made.seconds() * 1e9)).toString())
        .ref("instrument", tool)
        .refs("agent", agents())
        .refs("object", read)
        .refs("result", List.of(artifact(artifact)))
        .refs("resourceUsage", usage(id, made))
        .with("actionStatus", status(true));
    log(key, id);
    return new Action(id, tool, status(true));
  }

  private Action failed(RunStage stage, Digest key, StageCatalog catalog) throws IOException {
    String code = String.valueOf(stage.keyParts().getOrDefault("code", ""));
    String tool = tool(stage.uses(), code, "", catalog);
    String id = "#execution-" + key.hex();
    graph
        .add(id, "CreateAction")
        .with("name", stage.point() + " (" + stage.uses() + ")")
        .with("description", "failed after " + stage.seconds() + " s")
        .ref("instrument", tool)
        .refs("agent", agents())
        .with("actionStatus", status(false))
        .with("error", stage.message());
    log(key, id);
    return new Action(id, tool, status(false));
  }

  private String tool(String uses, String code, String engine, StageCatalog catalog) {
    String id = "#tool-" + uses + (Digest.isHex(code) ? "-" + new Digest(code).abbreviated() : "");
    if (!graph.has(id)) {
      graph
          .add(id, "SoftwareApplication")
          .with("name", "Amalgam stage type " + uses)
          .with("description", catalog.find(uses).map(StageType::summary).orElse(""))
          .with("softwareVersion", code)
          .refs(
              "softwareRequirements",
              engine.equals("none") || engine.isEmpty()
                  ? List.of("#java")
                  : List.of("#java", "#engine"));
    }
    return id;
  }

  /** An artifact, with its files or with their digests only. */
  private String artifact(Digest digest) throws IOException {
    Optional<Manifest> manifest = store.manifest(digest);
    boolean copied = options.artifacts() && manifest.isPresent();
    String id = RunCrate.artifact(digest, copied);
    if (graph.has(id)) {
      return id;
    }
    CrateGraph.Entity entity =
        graph
            .add(id, copied ? "Dataset" : "CreativeWork")
            .with("name", "artifact " + digest.abbreviated())
            .with("identifier", "sha256:" + digest.hex());
    if (copied) {
      String path = "artifacts/" + digest.hex();
      entity.refs("hasPart", files.copyArtifact(store.verified(digest), manifest.get(), path));
      parts.add(id);
    } else {
      entity.with("description", "not in this crate; the digest is that of its manifest");
    }
    return id;
  }

  /** Files outside the store that it read: only their digests are known. */
  private List<String> data(Map<String, Object> keyParts) {
    List<String> ids = new ArrayList<>();
    if (keyParts.get("externals") instanceof List<?> digests) {
      for (Object digest : digests) {
        String id = "#data-" + digest;
        ids.add(id);
        if (!graph.has(id)) {
          graph
              .add(id, "CreativeWork")
              .with("name", "data from outside the store")
              .with("identifier", "sha256:" + digest)
              .with("description", "not in this crate");
        }
      }
    }
    return ids;
  }

  private List<String> settings(String id, Provenance made, Map<String, Object> keyParts) {
    Map<String, Object> values = new LinkedHashMap<>();
    made.settings().forEach((name, value) -> values.put("setting " + name, value));
    if (keyParts.containsKey("seed")) {
      values.put("seed", made.seed());
    }
    if (keyParts.get("environment") instanceof Map<?, ?> environment) {
      environment.forEach((name, value) -> values.put("environment " + name, value));
    }
    List<String> ids = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          String text = value instanceof String s ? s : CanonicalJson.write(value);
          String own = id + "-" + CrateFiles.id(name);
          graph.add(own, "PropertyValue").with("name", name).with("value", text);
          ids.add(own);
        });
    return ids;
  }

  private List<String> usage(String id, Provenance made) {
    List<String> ids = new ArrayList<>();
    ids.add(seconds(id + "-wall", "wall time", "#wall-time", made.seconds()));
    if (made.cpuSeconds() >= 0) {
      ids.add(
          seconds(id + "-cpu", "CPU time of the stage's thread", "#cpu-time", made.cpuSeconds()));
    }
    return ids;
  }

  /** The profile wants an identifier of each quantity that is measured. */
  private String seconds(String id, String name, String quantity, double value) {
    if (!graph.has(quantity)) {
      graph.add(quantity, "DefinedTerm").with("name", name);
    }
    graph
        .add(id, "PropertyValue")
        .with("name", name)
        .with("propertyID", quantity)
        .with("unitCode", "https://qudt.org/vocab/unit/SEC")
        .with("value", String.valueOf(value));
    return id;
  }

  private void log(Digest key, String action) throws IOException {
    Path log = store.log(key);
    if (Files.isRegularFile(log)) {
      parts.add(files.copy(log, "logs/" + key.hex() + ".log", "File").ref("about", action).id());
    }
  }
}
