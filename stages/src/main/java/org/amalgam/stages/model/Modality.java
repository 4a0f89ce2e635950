package org.amalgam.stages.model;

/** Whose expert: vision, language, or both together in the top layers. */
public enum Modality {
  VISION("v"),
  LANGUAGE("l"),
  CROSS("vl");

  private final String expert;

  Modality(String expert) {
    this.expert = expert;
  }

  /** The expert's part of a tensor name. */
  public String expert() {
    return expert;
  }
}
