package org.amalgam.runner.command;

import java.util.Arrays;

/** The exit codes of every command. */
public enum ExitCode {
  /** All that was asked for is there. */
  OK(0, "all that was asked for is there"),
  /** The command line or the tool's settings are wrong. */
  USAGE(2, "the command line or amalgam.properties is wrong"),
  /** The recipe has mistakes. */
  RECIPE(3, "the recipe has mistakes; nothing was run"),
  /** A file outside the store is missing or unsound. */
  DATA(4, "files outside the store are missing or unsound, so nothing can be made of them"),
  /** At least one stage failed. */
  STAGE(5, "a stage failed; everything that does not depend on it was run"),
  /** The store is unusable or damaged. */
  STORE(6, "the store is unusable or damaged"),
  /** A bug of this program. */
  INTERNAL(70, "a bug of this program; the stack trace was printed"),
  /** Cancelled by a signal. */
  INTERRUPTED(130, "cancelled; the same command goes on where it stopped");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** What the process exits with. */
  public int code() {
    return code;
  }

  /** {@code "5:a stage failed"}, as help texts are given them. */
  static String[] help() {
    return Arrays.stream(values()).map(e -> " " + e.code + ":" + e.meaning).toArray(String[]::new);
  }
}
