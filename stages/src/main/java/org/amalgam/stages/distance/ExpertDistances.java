package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.tensor.SafetensorsFile;

/**
 * The distances between two experts of a checkpoint, over all layers that have both.
 *
 * @param all over the concatenation of all layers
 * @param layers by layer from 0; truncated by the borders of the whole vectors, as for {@code all}
 */
public record ExpertDistances(Distances all, SortedMap<Integer, Distances> layers) {

  /**
   * Reads the weights of two experts in three passes, tensor by tensor.
   *
   * @param first {@code v}, {@code l} or {@code vl}
   * @param truncation the part of each vector that TSSD zeroes, from 0 to 1
   * @return nothing if no layer has both experts
   * @throws StageFailure if a weight is not finite
   */
  public static Optional<ExpertDistances> between(
      SafetensorsFile file,
      ExpertLayout layout,
      String first,
      String second,
      ComparedWeights compared,
      double truncation)
      throws IOException, StageFailure {
    List<ExpertSlot> slots =
        layout.slots().values().stream()
            .filter(slot -> slot.experts().containsAll(List.of(first, second)))
            .filter(slot -> compared == ComparedWeights.ALL || slot.isMatrix())
            .sorted(Comparator.comparingInt(ExpertSlot::layer)) // stable: then by name
            .toList();
    if (slots.isEmpty()) {
      return Optional.empty();
    }
    long elements = slots.stream().mapToLong(slot -> slot.info().elements()).sum();
    long dropped = (long) (truncation * elements);
    Truncation ofFirst = Truncation.of(new Weights(file, slots, first), dropped);
    Truncation ofSecond = Truncation.of(new Weights(file, slots, second), dropped);
    DistanceSum all = new DistanceSum();
    SortedMap<Integer, DistanceSum> layers = new TreeMap<>();
    for (ExpertSlot slot : slots) {
      DistanceSum layer = layers.computeIfAbsent(slot.layer(), any -> new DistanceSum());
      float[] x = finite(file, slot.name(first));
      float[] y = finite(file, slot.name(second));
      for (int i = 0; i < x.length; i++) {
        boolean keepX = ofFirst.keeps(x[i]);
        boolean keepY = ofSecond.keeps(y[i]);
        all.add(x[i], y[i], keepX, keepY);
        layer.add(x[i], y[i], keepX, keepY);
      }
    }
    SortedMap<Integer, Distances> byLayer = new TreeMap<>();
    layers.forEach((layer, sum) -> byLayer.put(layer, sum.distances()));
    return Optional.of(new ExpertDistances(all.distances(), byLayer));
  }

  private record Weights(SafetensorsFile file, List<ExpertSlot> slots, String expert)
      implements Truncation.Pieces {
    @Override
    public int count() {
      return slots.size();
    }

    @Override
    public float[] get(int piece) throws IOException {
      return file.floats(slots.get(piece).name(expert));
    }
  }

  private static float[] finite(SafetensorsFile file, String name)
      throws IOException, StageFailure {
    float[] values = file.floats(name);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new StageFailure(
            file.path() + ": " + name + " holds " + value + "; it has no distance to anything");
      }
    }
    return values;
  }
}
