package org.amalgam.pipelines.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.recipe.Demands;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Keep;
import org.amalgam.pipelines.stage.Resources;
import org.amalgam.pipelines.stage.StageType;

/** One node of a plan: a stage at one value of each of its dimensions. */
public final class Point {
  private final StageShape shape;
  private final SortedMap<String, String> dimensions;
  private final SortedMap<String, List<Point>> inputs;

  /** Bound with inputs that are not there yet. */
  private final Record checked;

  Point(
      StageShape shape,
      SortedMap<String, String> dimensions,
      SortedMap<String, List<Point>> inputs,
      Record checked) {
    this.shape = shape;
    this.dimensions = Collections.unmodifiableSortedMap(dimensions);
    this.inputs = Collections.unmodifiableSortedMap(inputs);
    this.checked = checked;
  }

  /** What it shares with other points of its stage; one object for all of them. */
  StageShape shape() {
    return shape;
  }

  /** {@code merged[alpha=0.75]}; the bare stage name where it has no dimensions. */
  public String name() {
    return Selection.name(stage(), dimensions);
  }

  public String stage() {
    return shape.entry().name();
  }

  /** Dimension name to label, sorted by name. */
  public SortedMap<String, String> dimensions() {
    return dimensions;
  }

  /** The label of its replicate; empty where nothing of it depends on the seed. */
  public String replicate() {
    return dimensions.getOrDefault(Alternatives.REPLICATE, "");
  }

  public StageType<?> type() {
    return shape.shape().type();
  }

  /** The meaningful settings with defaults filled in, as canonical JSON values. */
  public Map<String, Object> settings() {
    return Binder.plain(checked, false);
  }

  /** All settings, those that are not in the key among them, as canonical JSON values. */
  public Map<String, Object> allSettings() {
    return Binder.plain(checked, true);
  }

  /** Port name to the points that fill it, in order. */
  public SortedMap<String, List<Point>> inputs() {
    return inputs;
  }

  /** The recipe's seed, or that of this point's replicate. */
  public long seed() {
    String replicate = dimensions.get(Alternatives.REPLICATE);
    return shape.recipe().seed(replicate == null ? 1 : Integer.parseInt(replicate));
  }

  public Environment environment() {
    return shape.recipe().environment();
  }

  /**
   * What it takes of a machine: what the recipe says, and otherwise one GPU where the engine
   * computes on one, and the threads of the environment class where the engine computes. Not in the
   * key.
   */
  public Resources resources() {
    Demands demands = shape.entry().demands();
    boolean engine = type().usesEngine();
    Integer gpus = demands.gpus();
    Long memory = demands.memoryBytes();
    Integer threads = demands.threads();
    return new Resources(
        gpus != null ? gpus : engine && environment().device().equals("cuda") ? 1 : 0,
        memory != null ? memory : 0,
        threads != null ? threads : engine ? environment().threads() : 1);
  }

  /**
   * How often it is tried again after a failure that another attempt may mend, at least 0; empty
   * where the recipe leaves it to the runner. Not in the key.
   */
  public OptionalInt retries() {
    Integer retries = shape.entry().demands().retries();
    return retries == null ? OptionalInt.empty() : OptionalInt.of(retries);
  }

  /** How long one attempt may take, at least a second; empty for as long as it takes. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(shape.entry().demands().timeout());
  }

  /**
   * How long its artifact is worth its space: what the recipe says, and otherwise final where no
   * stage of the recipe reads from it, and intermediate where one does. Not in the key.
   */
  public Keep keep() {
    Keep keep = shape.entry().demands().keep();
    return keep != null ? keep : shape.isRead() ? Keep.INTERMEDIATE : Keep.FINAL;
  }

  /** External files that it reads and that are not there. */
  public List<Path> missingExternals() {
    return externals().stream().filter(path -> !Files.exists(path)).toList();
  }

  /**
   * The external files that are no longer what a key says of them.
   *
   * @param before the part "externals" of the key
   * @throws IOException if one cannot be read
   */
  public List<Path> changedExternals(List<?> before) throws IOException {
    List<Path> now = externals();
    List<Path> changed = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      if (i >= before.size() || !Externals.digest(now.get(i)).hex().equals(before.get(i))) {
        changed.add(now.get(i));
      }
    }
    return changed;
  }

  private List<Path> externals() {
    return generic(type()).externals(checked);
  }

  /**
   * The key, once the artifacts of all inputs are known.
   *
   * @param artifacts the artifact of every input point
   * @throws IOException if an external file cannot be read
   */
  public StageKey key(Map<Point, Digest> artifacts) throws IOException {
    SortedMap<String, Object> digests = new TreeMap<>();
    for (Map.Entry<String, List<Point>> port : inputs.entrySet()) {
      List<String> list = new ArrayList<>();
      for (Point input : port.getValue()) {
        Digest digest = artifacts.get(input);
        if (digest == null) {
          throw new IllegalArgumentException(
              "the artifact of " + input.name() + ", which " + name() + " reads, is not known");
        }
        list.add(digest.hex());
      }
      digests.put(port.getKey(), list);
    }
    List<String> externals = new ArrayList<>();
    for (Path external : externals()) {
      externals.add(Externals.digest(external).hex());
    }
    return StageKey.of(this, digests, externals, shape);
  }

  @SuppressWarnings("unchecked") // the binder makes the record that the type's settings() names
  private static StageType<Record> generic(StageType<?> type) {
    return (StageType<Record>) type;
  }

  @Override
  public String toString() {
    return name();
  }
}
