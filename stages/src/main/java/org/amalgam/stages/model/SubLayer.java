package org.amalgam.stages.model;

/** The parts of a layer that modalities may share or not. */
public enum SubLayer {
  NORM1("norm1"),
  ATTENTION("attn"),
  NORM2("norm2"),
  FFN("mlp");

  private final String prefix;

  SubLayer(String prefix) {
    this.prefix = prefix;
  }

  /** Its part of a tensor name. */
  public String prefix() {
    return prefix;
  }
}
