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
  private final String engine;

  public StageCatalog(List<StageType<?>> types) {
    this(types, "none");
  }

  /**
   * @param engine name and native version of the engine that the stages compute with; part of the
   *     keys of those that use it
   */
  public StageCatalog(List<StageType<?>> types, String engine) {
    this.engine = engine;
    for (StageType<?> type : types) {
      if (this.types.put(type.name(), type) != null) {
        throw new IllegalArgumentException("two stage types are named " + type.name());
      }
    }
  }

  public Optional<StageType<?>> find(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /** Name and native version of the engine, or "none". */
  public String engine() {
    return engine;
  }

  /** All names, sorted. */
  public List<String> names() {
    return Collections.unmodifiableList(new ArrayList<>(types.keySet()));
  }
}
