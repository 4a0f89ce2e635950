package org.amalgam.pipelines.stage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The stage types that recipes may use, by name. */
public final class StageCatalog {
  private final SortedMap<String, StageType<?>> types = new TreeMap<>();
  private final String engine;
  private final Supplier<String> bestDevice;

  public StageCatalog(List<StageType<?>> types) {
    this(types, "none", () -> "cpu");
  }

  /**
   * @param engine name and native version of the engine that the stages compute with; part of the
   *     keys of those that use it
   * @param bestDevice tells what the device {@code auto} is on this machine; asked only then
   */
  public StageCatalog(List<StageType<?>> types, String engine, Supplier<String> bestDevice) {
    this.engine = engine;
    this.bestDevice = bestDevice;
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

  /** A device that a recipe asks for; for {@code auto}, what this machine has. */
  public String device(String asked) {
    return asked.equals(Environment.AUTO) ? bestDevice.get() : asked;
  }

  /** All names, sorted. */
  public List<String> names() {
    return Collections.unmodifiableList(new ArrayList<>(types.keySet()));
  }
}
