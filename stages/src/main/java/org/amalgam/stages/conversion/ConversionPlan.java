package org.amalgam.stages.conversion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.conversion.Rules.Fill;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.ParameterShapes;
import org.amalgam.stages.model.Refit;
import org.amalgam.stages.model.RelativePositionTable;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;
import org.jspecify.annotations.Nullable;

/** One walk over the names of a file that finds what each becomes. */
final class ConversionPlan {
  private final TensorSource file;
  private final Path path;
  private final Rules rules;
  private final ModelConfig config;
  private final SortedMap<String, long[]> shapes;

  /** The names of the experts' tensors by that of the shared one. */
  private final SortedMap<String, List<String>> experts = new TreeMap<>();

  private final SortedMap<String, MadeTensor> made = new TreeMap<>();

  /** Tensors to be joined by their new name, each at its place. */
  private final SortedMap<String, SortedMap<Integer, String>> joins = new TreeMap<>();

  /** Tables by their new name and layer; layer -1 is all layers. */
  private final SortedMap<String, SortedMap<Integer, String>> tables = new TreeMap<>();

  private final SortedMap<String, String> dropped = new TreeMap<>();
  private final List<String> unmatched = new ArrayList<>();
  private final SortedMap<String, String> unplaced = new TreeMap<>();

  ConversionPlan(TensorSource file, Rules rules, ModelConfig config) {
    this.file = file;
    this.path = file.path();
    this.rules = rules;
    this.config = config;
    this.shapes = ParameterShapes.of(config);
    for (String name : shapes.keySet()) {
      ExpertName.parse(name)
          .ifPresent(
              expert ->
                  experts.computeIfAbsent(expert.sharedName(), any -> new ArrayList<>()).add(name));
    }
  }

  Conversion conversion() throws TensorFileException, StageFailure {
    for (String name : file.names()) {
      take(name);
    }
    for (Map.Entry<String, SortedMap<Integer, String>> join : joins.entrySet()) {
      place(join.getKey(), joined(join.getKey(), join.getValue()));
    }
    for (Map.Entry<String, SortedMap<Integer, String>> table : tables.entrySet()) {
      place(table.getKey(), positions(table.getValue()));
    }
    List<String> unfilled = new ArrayList<>();
    for (Map.Entry<String, long[]> wanted : shapes.entrySet()) {
      String name = wanted.getKey();
      if (!made.containsKey(name)) {
        MadeTensor fill = fill(name, wanted.getValue());
        if (fill == null) {
          unfilled.add(name);
        } else {
          made.put(name, fill);
        }
      }
    }
    return new Conversion(file, made, new ConversionReport(dropped, unmatched, unplaced, unfilled));
  }

  private void take(String name) throws TensorFileException, StageFailure {
    String stripped = rules.stripped(name);
    for (Rule rule : rules.rules()) {
      Matcher matcher = rule.from().matcher(stripped);
      if (matcher.matches()) {
        apply(rule, matcher, name);
        return;
      }
    }
    unmatched.add(name);
  }

  private void apply(Rule rule, Matcher matched, String name)
      throws TensorFileException, StageFailure {
    TensorInfo info = file.info(name);
    List<String> targets = rule.names(matched);
    switch (rule.action()) {
      case COPY -> {
        for (String target : targets) {
          place(target, new MadeTensor.Copied(name, info, 0));
        }
      }
      case SPLIT -> split(rule, name, info, targets);
      case ZERO -> {
        for (String target : targets) {
          place(target, new MadeTensor.Filled(MadeTensor.f32(info.shape()), 0));
        }
      }
      case DROP -> dropped.put(name, rule.why());
      case JOIN -> {
        int at = rule.parts().indexOf(matched.group("part"));
        if (at < 0) {
          throw new StageFailure(
              "%s: %s is part %s, not one of %s"
                  .formatted(rule.place(), name, matched.group("part"), rule.parts()));
        }
        gather(joins, targets.get(0), at, name);
      }
      case POSITIONS -> {
        boolean layered = rule.from().pattern().contains("(?<layer>");
        gather(tables, targets.get(0), layered ? layer(matched) : -1, name);
      }
    }
  }

  private int layer(Matcher matched) throws StageFailure {
    String layer = matched.group("layer");
    if (!layer.matches("\\d{1,4}")) {
      throw new StageFailure(path + ": " + layer + " is no number of a layer");
    }
    return Integer.parseInt(layer);
  }

  private void gather(
      SortedMap<String, SortedMap<Integer, String>> groups, String target, int at, String name)
      throws StageFailure {
    String other = groups.computeIfAbsent(target, any -> new TreeMap<>()).put(at, name);
    if (other != null) {
      throw new StageFailure(path + ": both " + other + " and " + name + " are part of " + target);
    }
  }

  private void split(Rule rule, String name, TensorInfo info, List<String> targets)
      throws TensorFileException, StageFailure {
    long[] shape = info.shape();
    int parts = targets.size();
    if (shape.length == 0 || shape[0] % parts != 0) {
      throw new StageFailure(
          "%s: %s is %s, which cannot be cut into %d".formatted(path, name, info, parts));
    }
    shape[0] /= parts;
    TensorInfo part = new TensorInfo(info.dtype(), shape);
    for (int i = 0; i < parts; i++) {
      if (targets.get(i).isEmpty()) {
        dropped.put(name + " [part " + (i + 1) + " of " + parts + "]", rule.why());
      } else {
        place(targets.get(i), new MadeTensor.Copied(name, part, i * part.byteSize()));
      }
    }
  }

  private MadeTensor joined(String target, SortedMap<Integer, String> parts)
      throws TensorFileException, StageFailure {
    List<String> sources = List.copyOf(parts.values());
    TensorInfo first = file.info(sources.get(0));
    long[] shape = first.shape();
    long rows = 0;
    for (String part : sources) {
      long[] other = file.info(part).shape();
      boolean alike = other.length == shape.length && other.length > 0;
      for (int i = 1; alike && i < shape.length; i++) {
        alike = other[i] == shape[i];
      }
      if (!alike || file.info(part).dtype() != first.dtype()) {
        throw new StageFailure(
            "%s: %s is %s, which cannot be joined to %s for %s"
                .formatted(path, part, file.info(part), first, target));
      }
      rows += other[0];
    }
    shape[0] = rows;
    return new MadeTensor.Joined(sources, new TensorInfo(first.dtype(), shape));
  }

  private MadeTensor positions(SortedMap<Integer, String> byLayer)
      throws TensorFileException, StageFailure {
    List<String> sources = List.copyOf(byLayer.values());
    TensorInfo first = file.info(sources.get(0));
    boolean one = byLayer.firstKey() == -1;
    if (byLayer.size() != (one ? 1 : config.layers())
        || (!one && byLayer.lastKey() != config.layers() - 1)) {
      throw new StageFailure(
          "%s: there are tables of positions of layers %s, but the model has %d; set layers as in that model"
              .formatted(path, byLayer.keySet(), config.layers()));
    }
    for (String name : sources) {
      TensorInfo info = file.info(name);
      long rows = info.rank() == 2 ? RelativePositionTable.rowsFor(info.shape()[0]) : 0;
      if (rows == 0 || !info.dtype().isFloating() || !Arrays.equals(info.shape(), first.shape())) {
        throw new StageFailure(
            "%s: %s is %s, not (2g-1)^2+3 rows for a square grid and a column for each head"
                .formatted(path, name, info));
      }
      if (info.shape()[1] != config.heads()) {
        throw new StageFailure(
            "%s: %s is of %d heads, but the model has %d; set heads as in that model"
                .formatted(path, name, info.shape()[1], config.heads()));
      }
    }
    long rows = RelativePositionTable.rowsFor(first.shape()[0]);
    return new MadeTensor.Positions(
        sources, config.layers(), MadeTensor.f32(rows, (long) config.layers() * config.heads()));
  }

  private void place(String target, MadeTensor tensor) throws StageFailure {
    List<String> names =
        shapes.containsKey(target) ? List.of(target) : experts.getOrDefault(target, List.of());
    if (names.isEmpty()) {
      tensor.sources().forEach(source -> unplaced.put(source, target));
      return;
    }
    for (String name : names) {
      MadeTensor fitted = fitted(name, tensor);
      MadeTensor other = made.put(name, fitted);
      if (other != null) {
        throw new StageFailure(
            "%s: both %s and %s become %s"
                .formatted(path, other.sources(), tensor.sources(), name));
      }
    }
  }

  /**
   * Checks a shape against the model's sizes; resizes what depends on the image size or the task.
   */
  private MadeTensor fitted(String name, MadeTensor tensor) throws StageFailure {
    long[] wanted = shapes.getOrDefault(name, new long[0]);
    TensorInfo info = tensor.info();
    if (!info.dtype().isFloating()) {
      throw new StageFailure(
          "%s: %s would be %s; weights are floating".formatted(path, name, info));
    }
    if (Arrays.equals(info.shape(), wanted)) {
      return tensor;
    }
    if (Refit.refits(name, info.shape(), wanted)) {
      return new MadeTensor.Refitted(name, tensor, new TensorInfo(DType.F32, wanted));
    }
    throw new StageFailure(
        "%s: %s is %s, but the model's %s is %s; set width, layers, heads and patch as in that model"
            .formatted(
                path,
                tensor.sources(),
                Arrays.toString(info.shape()),
                name,
                Arrays.toString(wanted)));
  }

  private @Nullable MadeTensor fill(String name, long[] shape) {
    for (Fill fill : rules.fills()) {
      if (fill.name().matcher(name).matches()) {
        return new MadeTensor.Filled(MadeTensor.f32(shape), fill.value());
      }
    }
    return null;
  }
}
