package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeepClass;
import org.amalgam.pipelines.recipe.Selection;

/**
 * A point of a run, as the run's folder tells it.
 *
 * @param verdict of the run's end, or {@link #STARTED}
 * @param keep what the artifact is worth to the run; of a run that has not ended all is {@link
 *     KeepClass#FINAL}, since it may still be read
 * @param seconds wall seconds that the run spent on it
 * @param message what went wrong; empty where nothing did
 * @param keyParts of a key that the store's index does not have; else empty
 */
public record RunStage(
    String point,
    String uses,
    String verdict,
    Optional<Digest> key,
    Optional<Digest> artifact,
    KeepClass keep,
    double seconds,
    String message,
    Map<String, Object> keyParts) {
  /** At work, or cut off at work. */
  public static final String STARTED = "started";

  /** The stage of a point's name: {@code merged} of {@code merged[alpha=0.5]}. */
  public String stage() {
    int bracket = point.indexOf('[');
    return bracket < 0 ? point : point.substring(0, bracket);
  }

  /** Whether a name, as a target of {@code run} gives it, means this point or its stage. */
  public boolean isNamed(String name) {
    return isNamed(point, name);
  }

  /** Whether a name such as {@code merged[alpha=0.5]} or {@code merged} means a point. */
  public static boolean isNamed(String point, String name) {
    if (point.equals(name)) {
      return true;
    }
    Optional<Selection> wanted = Selection.parse(name);
    Optional<Selection> own = Selection.parse(point);
    return wanted.isPresent()
        && own.isPresent()
        && own.get().name().equals(wanted.get().name())
        && Selection.matches(wanted.get().where(), own.get().where());
  }

  static RunStage of(Map<String, Object> json) {
    return new RunStage(
        JsonTree.text(json, "point", ""),
        JsonTree.text(json, "uses", ""),
        JsonTree.text(json, "verdict", STARTED),
        digest(json, "key"),
        digest(json, "artifact"),
        KeepClass.of(JsonTree.text(json, "keep", "")),
        JsonTree.number(json, "seconds").orElse(0),
        JsonTree.text(json, "message", ""),
        JsonTree.object(json, "keyParts"));
  }

  private static Optional<Digest> digest(Map<String, Object> json, String field) {
    return Optional.of(JsonTree.text(json, field, "")).filter(Digest::isHex).map(Digest::new);
  }

  /** The points that a run without an end has come to; a line that was cut off ends them. */
  static List<RunStage> ofJournal(Path folder) throws IOException {
    Path journal = folder.resolve(RunJournal.FILE);
    Map<String, RunStage> stages = new LinkedHashMap<>();
    if (Files.isRegularFile(journal)) {
      for (String line : Files.readAllLines(journal)) {
        try {
          RunStage stage = of(JsonTree.object(CanonicalJson.parse(line)));
          stages.put(stage.point(), stage);
        } catch (IllegalArgumentException e) {
          break;
        }
      }
    }
    return new ArrayList<>(stages.values());
  }
}
