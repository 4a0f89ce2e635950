package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at all that a store holds, and changes nothing. */
final class Verification {
  private final StoreLayout layout;

  Verification(StoreLayout layout) {
    this.layout = layout;
  }

  /** One line for each defect, in the order of the store's paths. */
  List<String> defects() throws IOException {
    List<String> defects = new ArrayList<>();
    List<Digest> artifacts = new ArrayList<>();
    for (Path path : StoreLayout.inShards(layout.artifacts())) {
      String name = path.getFileName().toString();
      if (Digest.isHex(name) && path.equals(layout.artifact(new Digest(name)))) {
        artifacts.add(new Digest(name));
      } else {
        defects.add("unexpected file " + path);
      }
    }
    defects.addAll(artifacts.parallelStream().flatMap(this::inArtifact).toList());
    for (Path path : StoreLayout.inShards(layout.keys())) {
      inIndex(path, defects);
    }
    return defects;
  }

  private Stream<String> inArtifact(Digest artifact) {
    try {
      Inspection inspection = Inspection.of(layout, artifact);
      return Stream.concat(inspection.damage().stream(), inspection.strays().stream());
    } catch (IOException e) {
      return Stream.of("unreadable artifact " + layout.artifact(artifact) + ": " + e.getMessage());
    }
  }

  private void inIndex(Path path, List<String> defects) {
    String name = path.getFileName().toString();
    String hex = name.replace(".json", "");
    if (!Digest.isHex(hex) || !path.equals(layout.key(new Digest(hex)))) {
      defects.add("unexpected file " + path);
      return;
    }
    Digest key = new Digest(hex);
    try {
      String text = Files.readString(path);
      KeyEntry entry = KeyEntry.parse(key, text);
      if (!entry.text().equals(text)) {
        defects.add("unreadable index entry " + path + ": not in canonical form");
      }
      if (!Files.exists(layout.manifest(entry.artifact()))) {
        defects.add(
            "dangling index entry " + path + ": artifact " + entry.artifact() + " is missing");
      }
    } catch (IOException | IllegalArgumentException e) {
      defects.add("unreadable index entry " + path + ": " + e.getMessage());
    }
    Path provenance = layout.provenance(key);
    try {
      Provenance.parse(Files.readString(provenance));
    } catch (IOException | IllegalArgumentException e) {
      String what = Files.exists(provenance) ? "unreadable" : "missing";
      defects.add(what + " provenance " + provenance + ": " + e.getMessage());
    }
  }
}
