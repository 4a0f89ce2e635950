package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Manifest;
import org.amalgam.artifacts.Origin;
import org.amalgam.artifacts.Pin;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.progress.Bytes;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam show}. */
@Command(
    name = "show",
    description = {
      "Tells what the store knows of an artifact: its files, sizes and digests, where they are,"
          + " the keys that point at it with their parts, how and where it was computed, which"
          + " runs use it and which pins hold it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam show merged                        as the newest run means it",
      "  amalgam show 'merged[alpha=0.5]' --output json",
      "  amalgam show 3f9a62c01d                    the beginning of a digest or a key"
    })
final class ShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(paramLabel = "POINT|DIGEST|KEY", description = "the artifact")
  private String name = "";

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  ShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    ArtifactNames names =
        new ArtifactNames(store, surroundings.resolve(settings.value(ToolSetting.RUNS)));
    List<Digest> found;
    try {
      found = names.find(name);
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
    if (found.isEmpty()) {
      throw storeOptions.misuse(
          "the store "
              + store.root()
              + " has no artifact "
              + name
              + "; name a stage or point of a run, or at least 6 digits of a digest or key");
    }
    List<Map<String, Object>> told = found.stream().map(one -> tell(one, store, names)).toList();
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(told));
    } else {
      told.forEach(one -> print(one, 0, surroundings.out()));
    }
    return ExitCode.OK.code();
  }

  private static Map<String, Object> tell(
      Digest artifact, ArtifactStore store, ArtifactNames names) {
    Map<String, Object> told = new LinkedHashMap<>();
    Optional<Manifest> manifest = store.manifest(artifact);
    told.put("artifact", artifact.hex());
    told.put("directory", store.directory(artifact).toString());
    told.put("size", manifest.map(m -> Bytes.text(m.size())).orElse("not in the store"));
    Map<String, Object> files = new LinkedHashMap<>();
    manifest.ifPresent(
        m ->
            m.entries()
                .forEach(
                    file ->
                        files.put(
                            file.path(), Bytes.text(file.size()) + ", SHA-256 " + file.sha256())));
    told.put("files", files);
    List<Map<String, Object>> keys = new ArrayList<>();
    for (KeyEntry entry : names.keysOf(artifact)) {
      Map<String, Object> key = new LinkedHashMap<>();
      key.put("key", entry.key().hex());
      key.put("parts", entry.parts());
      store
          .provenance(entry.key())
          .map(Provenance::text)
          .ifPresent(text -> key.put("provenance", CanonicalJson.parse(text)));
      key.put("from", store.origin(entry.key()).map(Origin::from).orElse("computed in this store"));
      keys.add(key);
    }
    told.put("keys", keys);
    told.put("usedByRuns", names.users(artifact));
    told.put(
        "pins",
        store.pins().all().stream()
            .filter(pin -> pin.artifacts().contains(artifact))
            .map(Pin::name)
            .toList());
    return told;
  }

  /** Maps and lists as indented lines. */
  private static void print(Map<?, ?> map, int depth, PrintStream out) {
    String indent = "  ".repeat(depth);
    map.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            out.println(indent + name);
            print(inner, depth + 1, out);
          } else if (value instanceof List<?> list
              && list.stream().anyMatch(Map.class::isInstance)) {
            for (Object one : list) {
              out.println(indent + name);
              print(one instanceof Map<?, ?> inner ? inner : Map.of(), depth + 1, out);
            }
          } else if (value instanceof List<?> list) {
            out.println(
                indent
                    + name
                    + ": "
                    + String.join(", ", list.stream().map(String::valueOf).toList()));
          } else {
            out.println(indent + name + ": " + (value instanceof Map ? "none" : value));
          }
        });
  }
}
