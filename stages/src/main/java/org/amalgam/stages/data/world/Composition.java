package org.amalgam.stages.data.world;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is in a scene, without where: how many of each noun, and the background. Two pictures of one
 * composition fit the same captions.
 *
 * @param counts by index of the noun, each at least 1
 */
public record Composition(Background background, SortedMap<Integer, Integer> counts) {
  /** As many objects as a scene has places. */
  public static final int MOST_OBJECTS = 4;

  public Composition {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  int objects() {
    int objects = 0;
    for (int count : counts.values()) {
      objects += count;
    }
    return objects;
  }

  boolean holds(int noun) {
    return counts.containsKey(noun);
  }

  /** Equal for equal compositions: "SAND 3:1 7:2". */
  public String signature() {
    StringBuilder text = new StringBuilder(background.name());
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      text.append(' ').append(entry.getKey()).append(':').append(entry.getValue());
    }
    return text.toString();
  }

  /** With another number of this noun; 0 takes it away. */
  Composition with(int noun, int count) {
    SortedMap<Integer, Integer> changed = new TreeMap<>(counts);
    if (count == 0) {
      changed.remove(noun);
    } else {
      changed.put(noun, count);
    }
    return new Composition(background, changed);
  }

  Composition on(Background other) {
    return new Composition(other, counts);
  }
}
