package org.amalgam.runner.crate;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;

/** Copies files into a crate and describes each with size and digest. */
final class CrateFiles {
  private static final Map<String, String> FORMATS =
      Map.of(
          "csv", "text/csv",
          "html", "text/html",
          "json", "application/json",
          "log", "text/plain",
          "md", "text/markdown",
          "png", "image/png",
          "prom", "text/plain",
          "yaml", "application/yaml",
          "yml", "application/yaml");

  private final Path target;
  private final CrateGraph graph;
  private long bytes;
  private int count;

  CrateFiles(Path target, CrateGraph graph) {
    this.target = target;
    this.graph = graph;
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  /** Copies one file to a path inside the crate. */
  CrateGraph.Entity copy(Path file, String path, String... types) throws IOException {
    Path copy = place(file, path);
    return describe(path, Files.size(copy), Digest.ofFile(copy), types);
  }

  /** Copies an artifact, whose files were just checked against its manifest. */
  List<String> copyArtifact(Path files, Manifest manifest, String path) throws IOException {
    List<String> ids = new ArrayList<>();
    for (Manifest.Entry entry : manifest.entries()) {
      String inside = path + "/" + entry.path();
      place(files.resolve(entry.path()), inside);
      ids.add(describe(inside, entry.size(), entry.sha256(), "File").id());
    }
    return ids;
  }

  private Path place(Path file, String path) throws IOException {
    Path copy = target.resolve(path);
    Files.createDirectories(copy.resolveSibling(".").normalize());
    Files.copy(file, copy);
    bytes += Files.size(copy);
    count++;
    return copy;
  }

  private CrateGraph.Entity describe(String path, long size, Digest sha256, String... types) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String suffix = name.substring(name.lastIndexOf('.') + 1);
    return graph
        .add(id(path), types)
        .with("name", name)
        .with("contentSize", String.valueOf(size))
        .with("encodingFormat", FORMATS.getOrDefault(suffix, "application/octet-stream"))
        .with("sha256", sha256.hex());
  }

  /** A path as a relative reference of RFC 3986. */
  static String id(String path) {
    try {
      // A first segment with a colon would read as a scheme.
      return new URI(null, null, "/" + path, null).getRawPath().substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no path: " + path, e);
    }
  }

  static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }
}
