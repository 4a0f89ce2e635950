package org.amalgam.stages.distance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/**
 * Two weight vectors x and y that are compared: the mergeable tensors of layers, one after the
 * other by layer and then by name.
 *
 * @param name such as {@code v-l}
 * @param pairs the tensors in the vectors' order
 */
record WeightVectors(String name, List<WeightPair> pairs) {
  /** What of two whole models is compared where all modalities share a tensor. */
  static final String SHARED = "shared";

  private static final List<List<String>> EXPERT_PAIRS =
      List.of(List.of("v", "l"), List.of("v", "vl"), List.of("l", "vl"));
  private static final Pattern SHARED_FORM =
      Pattern.compile("transformer\\.blocks\\.(0|[1-9]\\d{0,4})\\.(attn|mlp|norm1|norm2)\\..+");

  WeightVectors {
    pairs = List.copyOf(pairs);
  }

  /** Elements of each vector. */
  long elements() throws IOException {
    long elements = 0;
    for (WeightPair pair : pairs) {
      elements += pair.first().info().elements();
    }
    return elements;
  }

  /** The tensors of x. */
  List<Operand> firsts() {
    return pairs.stream().map(WeightPair::first).toList();
  }

  /** The tensors of y. */
  List<Operand> seconds() {
    return pairs.stream().map(WeightPair::second).toList();
  }

  /** Adds sums of tensors up by layer, in the tensors' order. */
  SortedMap<Integer, DistanceSum> byLayer(List<DistanceSum> sums) {
    SortedMap<Integer, DistanceSum> layers = new TreeMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      layers.computeIfAbsent(pairs.get(i).layer(), any -> new DistanceSum()).add(sums.get(i));
    }
    return layers;
  }

  /**
   * The experts of one model: v-l, and for the top layers v-vl and l-vl.
   *
   * @throws StageFailure if there are none, or they share all matrices and only matrices count
   */
  static List<WeightVectors> ofExperts(TensorSource model, ComparedWeights compared)
      throws IOException, StageFailure {
    ExpertLayout layout = ExpertLayout.of(model);
    List<WeightVectors> all = new ArrayList<>();
    for (List<String> names : EXPERT_PAIRS) {
      List<WeightPair> pairs =
          layout.slots().values().stream()
              .filter(slot -> slot.experts().containsAll(names))
              .filter(slot -> compared == ComparedWeights.ALL || slot.isMatrix())
              .sorted(Comparator.comparingInt(ExpertSlot::layer)) // stable: then by name
              .map(
                  slot ->
                      new WeightPair(
                          slot.layer(),
                          new Operand(model, slot.name(names.get(0))),
                          new Operand(model, slot.name(names.get(1)))))
              .toList();
      if (!pairs.isEmpty()) {
        all.add(new WeightVectors(String.join("-", names), pairs));
      }
    }
    if (all.isEmpty()) {
      throw new StageFailure(
          model.path() + ": modalities share all matrices; compare all weights instead");
    }
    return all;
  }

  /**
   * Two models of one architecture, tensor by tensor: {@link #SHARED} for what all modalities share
   * in a layer, and each expert with the same expert.
   *
   * @throws StageFailure if one lacks a tensor of the other, or has it in another shape
   */
  static List<WeightVectors> ofModels(
      TensorSource one, TensorSource other, ComparedWeights compared)
      throws IOException, StageFailure {
    SortedMap<String, List<WeightPair>> byExpert = new TreeMap<>();
    SortedSet<String> names = new TreeSet<>(one.names());
    names.addAll(other.names());
    for (String name : names) {
      Matcher form = SHARED_FORM.matcher(name);
      if (!form.matches()) {
        continue;
      }
      TensorInfo info = alike(one, other, name);
      if (compared == ComparedWeights.ALL || info.rank() == 2) {
        byExpert
            .computeIfAbsent(
                ExpertName.parse(name).map(ExpertName::expert).orElse(SHARED),
                any -> new ArrayList<>())
            .add(
                new WeightPair(
                    Integer.parseInt(form.group(1)),
                    new Operand(one, name),
                    new Operand(other, name)));
      }
    }
    if (byExpert.isEmpty()) {
      throw new StageFailure(
          one.path()
              + ": no tensor is a weight of a layer (transformer.blocks.0.attn.qkv.weight or the"
              + " like), so there is nothing to compare");
    }
    List<WeightVectors> all = new ArrayList<>();
    byExpert.forEach(
        (expert, pairs) -> {
          pairs.sort(Comparator.comparingInt(WeightPair::layer)); // stable: then by name
          all.add(new WeightVectors(expert, pairs));
        });
    return all;
  }

  private static TensorInfo alike(TensorSource one, TensorSource other, String name)
      throws IOException, StageFailure {
    for (TensorSource file : List.of(one, other)) {
      if (!file.contains(name)) {
        TensorSource owner = file == one ? other : one;
        throw new StageFailure(
            "%s: has no %s, which %s has; compare models of one architecture and size"
                .formatted(file.path(), name, owner.path()));
      }
    }
    TensorInfo info = one.info(name);
    TensorInfo others = other.info(name);
    if (!Arrays.equals(info.shape(), others.shape())
        || !info.dtype().isFloating()
        || !others.dtype().isFloating()) {
      throw new StageFailure(
          "%s: %s is %s, but %s in %s; both must be floating and of one shape"
              .formatted(one.path(), name, info, others, other.path()));
    }
    return info;
  }
}
