package org.amalgam.runner.settings;

import java.util.Locale;

/** The tool's settings. Their names are the keys of {@code amalgam.properties}. */
public enum ToolSetting {
  /** Where artifacts are kept. */
  STORE(".amalgam/store", "where artifacts are kept"),
  /** Where the folder of each run goes. */
  RUNS(".amalgam/runs", "where each run leaves its report"),
  /** How many stages run side by side. */
  SLOTS("auto", "stages that run side by side; auto is one a core"),
  /** Where stages compute. */
  EXECUTOR(
      "local",
      "local computes in this process, process in a child process for each slot, which is ended"
          + " with all that it started if it fails"),
  /** Seconds until a stage that was told to stop is left or killed. */
  GRACE("30", "seconds that a stage has to write its checkpoint when it is told to stop"),
  /** How progress is shown. */
  PROGRESS("auto", "auto, live, plain or none; auto is live on a terminal"),
  /** A second store. */
  SHARED_STORE("none", "a second store, looked in before computing"),
  /** What is done with it. */
  SHARE("read", "read the shared store, write results to it too, or off"),
  /** Whose results are believed. */
  TRUST("all", "all, or local: what was computed elsewhere is computed again"),
  /** What is hashed before it is read. */
  REHASH("changed", "what is hashed before use: changed since last hashed, or always");

  private final String standard;
  private final String summary;

  ToolSetting(String standard, String summary) {
    this.standard = standard;
    this.summary = summary;
  }

  /** The value where nothing sets it. */
  public String standard() {
    return standard;
  }

  /** What it means, in a few words. */
  public String summary() {
    return summary;
  }

  /** The name in files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name among environment variables. */
  public String variable() {
    return "AMALGAM_" + name();
  }
}
