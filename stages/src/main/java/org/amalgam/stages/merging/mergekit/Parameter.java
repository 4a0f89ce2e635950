package org.amalgam.stages.merging.mergekit;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that may differ by tensor.
 *
 * @param choices the first whose filter is part of a tensor's name gives the value
 */
record Parameter(List<Choice> choices) {
  /**
   * A value for some tensors.
   *
   * @param filter a part of their names; null for all
   */
  record Choice(@Nullable String filter, double value) {}

  Parameter {
    choices = List.copyOf(choices);
  }

  /** The value for a tensor, if there is one. */
  OptionalDouble of(String tensor) {
    return choices.stream()
        .filter(choice -> choice.filter() == null || tensor.contains(choice.filter()))
        .mapToDouble(Choice::value)
        .findFirst();
  }
}
