package org.amalgam.runner.executor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.JsonFields;

/**
 * How one attempt ended.
 *
 * @param message one clear message; empty where it is done
 * @param cpuSeconds of the thread that computed, or -1 where unknown
 */
public record JobResult(Ending ending, String message, double cpuSeconds) {
  /** Decides what becomes of the attempt. The set is closed. */
  public enum Ending {
    /** The output is complete. */
    DONE,
    /** It stopped because it was told to. */
    CANCELLED,
    /** The user can mend it; another attempt would end the same way. */
    USER,
    /** A bug of the stage; its stack trace is in the log. */
    BUG,
    /** It wanted more memory than it was given. */
    RESOURCE,
    /** The machine failed it: a worker died, a file system gave an error. */
    INFRASTRUCTURE
  }

  static JobResult of(Ending ending, String message) {
    return new JobResult(ending, message, -1);
  }

  /** As JSON, with which attempt it is of. */
  String text(Job job) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", job.key().hex());
    json.put("attempt", job.attempt());
    json.put("ending", ending.name().toLowerCase(Locale.ROOT));
    json.put("message", message);
    json.put("cpuSeconds", cpuSeconds);
    return CanonicalJson.writePretty(json);
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if it is not the result of this attempt, with the reason
   */
  static JobResult parse(String text, Job job) {
    JsonFields json = JsonFields.of(text);
    if (!json.digest("key").equals(job.key()) || json.get("attempt", Long.class) != job.attempt()) {
      throw new IllegalArgumentException("the result of another attempt");
    }
    return new JobResult(
        Ending.valueOf(json.text("ending").toUpperCase(Locale.ROOT)),
        json.text("message"),
        json.get("cpuSeconds", Double.class));
  }
}
