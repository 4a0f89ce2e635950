package org.amalgam.stages.merging.mergekit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The methods of mergekit that are supported, by their names there. */
enum MergekitMethod {
  LINEAR("linear", List.of("weight", "normalize")),
  TASK_ARITHMETIC("task_arithmetic", List.of("weight", "normalize", "lambda", "int8_mask")),
  TIES("ties", List.of("weight", "density", "normalize", "lambda", "int8_mask")),
  DARE_TIES(
      "dare_ties", List.of("weight", "density", "normalize", "rescale", "lambda", "int8_mask")),
  SLERP("slerp", List.of("t"));

  private final String name;
  private final List<String> parameters;

  MergekitMethod(String name, List<String> parameters) {
    this.name = name;
    this.parameters = parameters;
  }

  /** The names of its parameters. */
  List<String> parameters() {
    return parameters;
  }

  /** Whether models are measured from a base model. */
  boolean usesBase() {
    return this != LINEAR;
  }

  static Optional<MergekitMethod> named(String name) {
    return Stream.of(values()).filter(method -> method.name.equals(name)).findFirst();
  }

  static List<String> names() {
    return Stream.of(values()).map(MergekitMethod::toString).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
