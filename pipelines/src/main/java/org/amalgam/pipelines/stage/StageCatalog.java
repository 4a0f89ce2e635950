package org.amalgam.pipelines.stage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The stage types that recipes may use, by name. */
public final class StageCatalog {
  private final SortedMap<String, StageType<?>> types = new TreeMap<>();

  public StageCatalog(List<StageType<?>> types) {
    for (StageType<?> type : types) {
      if (this.types.put(type.name(), type) != null) {
        throw new IllegalArgumentException("two stage types are named " + type.name());
      }
    }
  }

  public Optional<StageType<?>> find(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /** All names, sorted. */
  public List<String> names() {
    return Collections.unmodifiableList(new ArrayList<>(types.keySet()));
  }
}
