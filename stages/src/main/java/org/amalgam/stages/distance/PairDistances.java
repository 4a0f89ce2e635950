package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorSource;

/**
 * The distances between two weight vectors.
 *
 * @param name what was compared, such as {@code v-l}
 * @param all over the concatenation of all layers
 * @param layers by layer from 0; truncated by the borders of the whole vectors, as for {@code all}
 */
public record PairDistances(String name, Distances all, SortedMap<Integer, Distances> layers) {
  public PairDistances {
    layers = Collections.unmodifiableSortedMap(new TreeMap<>(layers));
  }

  /**
   * The experts of a modality-specific model: {@code v-l}, and for the top layers {@code v-vl} and
   * {@code l-vl}.
   *
   * @param share the part of each vector that TSSD zeroes, smallest magnitudes first, 0 to 1
   * @throws StageFailure if there are no experts, or a weight is not finite
   */
  public static List<PairDistances> betweenExperts(
      TensorSource model,
      ComparedWeights compared,
      double share,
      Workers workers,
      Progress progress)
      throws IOException, StageFailure, InterruptedException {
    return all(WeightVectors.ofExperts(model, compared), share, workers, progress);
  }

  /**
   * Two models with the same tensors: {@code shared} where modalities share a layer's weights,
   * {@code v}, {@code l} and {@code vl} where they do not.
   *
   * @param share the part of each vector that TSSD zeroes, smallest magnitudes first, 0 to 1
   * @throws StageFailure if the models do not fit each other, or a weight is not finite
   */
  public static List<PairDistances> betweenModels(
      TensorSource one,
      TensorSource other,
      ComparedWeights compared,
      double share,
      Workers workers,
      Progress progress)
      throws IOException, StageFailure, InterruptedException {
    return all(WeightVectors.ofModels(one, other, compared), share, workers, progress);
  }

  private static List<PairDistances> all(
      List<WeightVectors> vectors, double share, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    long total = vectors.stream().mapToLong(one -> one.pairs().size()).sum();
    List<PairDistances> found = new ArrayList<>();
    long before = 0;
    for (WeightVectors one : vectors) {
      long done = before;
      found.add(
          new DistancePasses(
                  one, workers, (at, of, unit, shown) -> progress.at(done + at, total, unit, shown))
              .measure(share));
      before += one.pairs().size();
    }
    return found;
  }

  static PairDistances of(String name, SortedMap<Integer, DistanceSum> sums) {
    DistanceSum all = new DistanceSum();
    SortedMap<Integer, Distances> layers = new TreeMap<>();
    sums.forEach(
        (layer, sum) -> {
          all.add(sum);
          layers.put(layer, sum.distances());
        });
    return new PairDistances(name, all.distances(), layers);
  }

  /** As it stands in {@code metrics.json}: the metrics over all, then {@code layers}. */
  public Map<String, Object> json() {
    Map<String, Object> json = json(all);
    Map<String, Object> byLayer = new LinkedHashMap<>();
    layers.forEach((layer, values) -> byLayer.put(layer.toString(), json(values)));
    json.put("layers", byLayer);
    return json;
  }

  private static Map<String, Object> json(Distances distances) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("l2", distances.l2());
    json.put("cosine", distances.cosine());
    json.put("ssd", distances.ssd());
    json.put("tssd", distances.tssd());
    json.put("elements", distances.elements());
    json.put("kept", distances.kept());
    return json;
  }
}
