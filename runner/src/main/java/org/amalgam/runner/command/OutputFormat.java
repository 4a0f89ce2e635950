package org.amalgam.runner.command;

/** For whom a command writes its results. */
enum OutputFormat {
  /** For people. */
  text,
  /** For programs. */
  json
}
