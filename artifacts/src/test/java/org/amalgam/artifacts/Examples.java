package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the tests publish. */
final class Examples {
  private Examples() {}

  static Digest key(String name) {
    return Digest.of("key " + name);
  }

  static Map<String, Object> parts(String name) {
    return Map.of("uses", "merge", "settings", Map.of("alpha", 0.75, "name", name), "seed", 1L);
  }

  static Provenance provenance(String stage) {
    return new Provenance(
        stage,
        "merge",
        "final-recipe",
        Digest.of("recipe").hex(),
        Map.of("alpha", 0.75, "tasks", List.of("vqa")),
        Map.of("model", Digest.of("model").hex()),
        -7,
        Digest.of("code").hex(),
        "PyTorch 2.5.1",
        "Debian 17.0.15",
        "Linux amd64, 2 cores",
        "2026-01-01T00:00:00Z",
        1.5,
        -1.0);
  }

  /** Publishes an artifact of two files with a text each. */
  static KeyEntry publish(ArtifactStore store, String name, String text) throws IOException {
    Path workspace = store.workspace();
    Files.createDirectories(workspace.resolve("deep/er"));
    Files.writeString(workspace.resolve("manifest"), text);
    Files.writeString(workspace.resolve("deep/er/weights"), "weights of " + text);
    return store.publish(key(name), parts(name), workspace, provenance(name));
  }
}
