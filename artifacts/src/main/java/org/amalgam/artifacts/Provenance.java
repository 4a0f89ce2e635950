package org.amalgam.artifacts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an artifact came to be; kept beside the key index, outside every digest, since it holds
 * times.
 *
 * @param stage the point's name, {@code merged[alpha=0.75]}
 * @param uses the stage type
 * @param recipe the recipe's name
 * @param recipeDigest the digest of the resolved recipe
 * @param settings the settings as given to the stage
 * @param inputs port name to artifact digest (hex); a list port has {@code name[0]}, {@code
 *     name[1]}
 * @param code the fingerprint of the computing code (hex)
 * @param engine engine name and native version, or "none"
 * @param java vendor and version of the Java runtime
 * @param host the host's class: operating system, architecture, processor model, cores
 * @param started ISO-8601 instant
 * @param seconds wall seconds
 * @param cpuSeconds CPU seconds of the stage's own thread, or -1 where unknown
 * @param adoption set where the artifact was made under another key and accepted for this one:
 *     everything else then tells of the making
 */
public record Provenance(
    String stage,
    String uses,
    String recipe,
    String recipeDigest,
    Map<String, Object> settings,
    Map<String, String> inputs,
    long seed,
    String code,
    String engine,
    String java,
    String host,
    String started,
    double seconds,
    double cpuSeconds,
    @Nullable Adoption adoption) {

  /** Of an artifact that was made under its own key. */
  public Provenance(
      String stage,
      String uses,
      String recipe,
      String recipeDigest,
      Map<String, Object> settings,
      Map<String, String> inputs,
      long seed,
      String code,
      String engine,
      String java,
      String host,
      String started,
      double seconds,
      double cpuSeconds) {
    this(
        stage,
        uses,
        recipe,
        recipeDigest,
        settings,
        inputs,
        seed,
        code,
        engine,
        java,
        host,
        started,
        seconds,
        cpuSeconds,
        null);
  }

  /** The same, accepted for another key. */
  Provenance adopted(Adoption by) {
    return new Provenance(
        stage,
        uses,
        recipe,
        recipeDigest,
        settings,
        inputs,
        seed,
        code,
        engine,
        java,
        host,
        started,
        seconds,
        cpuSeconds,
        by);
  }

  /** As JSON for people. */
  public String text() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stage", stage);
    json.put("uses", uses);
    json.put("recipe", recipe);
    json.put("recipeDigest", recipeDigest);
    json.put("settings", settings);
    json.put("inputs", inputs);
    json.put("seed", seed);
    json.put("code", code);
    json.put("engine", engine);
    json.put("java", java);
    json.put("host", host);
    json.put("started", started);
    json.put("seconds", seconds);
    json.put("cpuSeconds", cpuSeconds);
    Adoption accepted = adoption;
    if (accepted != null) {
      json.put("adoption", accepted.json());
    }
    return CanonicalJson.writePretty(json);
  }

  /**
   * Reads what {@link #text} wrote; names it does not know are passed over.
   *
   * @throws IllegalArgumentException if it is not JSON, or a field is missing or of another type
   */
  public static Provenance parse(String text) {
    JsonFields json = JsonFields.of(text);
    return new Provenance(
        json.text("stage"),
        json.text("uses"),
        json.text("recipe"),
        json.text("recipeDigest"),
        json.map("settings"),
        json.texts("inputs"),
        json.get("seed", Long.class),
        json.text("code"),
        json.text("engine"),
        json.text("java"),
        json.text("host"),
        json.text("started"),
        json.get("seconds", Double.class),
        json.get("cpuSeconds", Double.class),
        json.has("adoption") ? Adoption.of(json.texts("adoption")) : null);
  }
}
