package org.amalgam.runner.settings;

/** Where stages compute. */
public enum ExecutorKind {
  /** In this process. */
  LOCAL,
  /** In a child process for each slot. */
  PROCESS
}
