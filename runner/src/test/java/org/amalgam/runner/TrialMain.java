package org.amalgam.runner;

/** The program with the stage types of the tests, for processes that are killed or raced. */
final class TrialMain {
  private TrialMain() {}

  public static void main(String[] args) {
    System.exit(Amalgam.run(TrialMain.class, TrialStages.CATALOG, args));
  }
}
