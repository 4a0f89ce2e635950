package org.amalgam.stages.conversion;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was left over.
 *
 * @param dropped tensors of the file that rules leave out, and why
 * @param unmatched tensors of the file that no rule takes
 * @param unplaced tensors of the file that become one which the model does not have, and its name
 * @param unfilled tensors of the model that are made of nothing: they are not in the result
 */
public record ConversionReport(
    SortedMap<String, String> dropped,
    List<String> unmatched,
    SortedMap<String, String> unplaced,
    List<String> unfilled) {
  public ConversionReport {
    dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    unmatched = List.copyOf(unmatched);
    unplaced = Collections.unmodifiableSortedMap(new TreeMap<>(unplaced));
    unfilled = List.copyOf(unfilled);
  }
}
