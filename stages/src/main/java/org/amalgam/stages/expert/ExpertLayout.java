package org.amalgam.stages.expert;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/**
 * What a checkpoint with experts consists of. The number of layers and how many of the top ones are
 * cross-modal are told from the names.
 *
 * @param slots the tensors that its modalities do not share, by shared name
 * @param shared the names of all others
 * @param layers N
 * @param crossLayers M, the top layers that have a cross-modal expert
 */
public record ExpertLayout(
    SortedMap<String, ExpertSlot> slots, SortedSet<String> shared, int layers, int crossLayers) {
  public ExpertLayout {
    slots = Collections.unmodifiableSortedMap(new TreeMap<>(slots));
    shared = Collections.unmodifiableSortedSet(new TreeSet<>(shared));
  }

  /**
   * Reads the layout off the names and checks that no expert is missing.
   *
   * @throws StageFailure if there are no experts, some are missing, or they do not fit each other
   */
  public static ExpertLayout of(TensorSource file) throws TensorFileException, StageFailure {
    SortedMap<String, ExpertName> present = new TreeMap<>();
    SortedSet<String> shared = new TreeSet<>();
    for (String name : file.names()) {
      ExpertName.parse(name)
          .ifPresentOrElse(expert -> present.put(name, expert), () -> shared.add(name));
    }
    if (present.isEmpty()) {
      throw new StageFailure(
          file.path()
              + ": no tensor belongs to one modality (transformer.blocks.0.attn.v.qkv.weight or the"
              + " like), so there is nothing to merge or compare; give a modality-specific model");
    }
    int layers = present.values().stream().mapToInt(ExpertName::layer).max().orElse(0) + 1;
    int firstCross =
        present.values().stream()
            .filter(name -> name.expert().equals(ExpertName.CROSS))
            .mapToInt(ExpertName::layer)
            .min()
            .orElse(layers);
    SortedMap<String, ExpertSlot> slots = new TreeMap<>();
    for (ExpertName name : expected(present, layers, firstCross, file)) {
      List<String> experts = ExpertName.EXPERTS.subList(0, name.layer() >= firstCross ? 3 : 2);
      TensorInfo info = file.info(name.toString());
      ExpertSlot slot =
          new ExpertSlot(name.layer(), name.subLayer(), name.parameter(), experts, info);
      check(slot, shared, file);
      slots.put(slot.name(), slot);
    }
    return new ExpertLayout(slots, shared, layers, layers - firstCross);
  }

  /** The vision expert's name of every slot; all layers have the same ones. */
  private static List<ExpertName> expected(
      SortedMap<String, ExpertName> present, int layers, int firstCross, TensorSource file)
      throws StageFailure {
    SortedMap<String, ExpertName> ofFirstLayer = new TreeMap<>();
    for (ExpertName name : present.values()) {
      ExpertName first = new ExpertName(0, name.subLayer(), ExpertName.VISION, name.parameter());
      ofFirstLayer.put(first.toString(), first);
    }
    List<ExpertName> slots = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (ExpertName first : ofFirstLayer.values()) {
        ExpertName slot =
            new ExpertName(layer, first.subLayer(), first.expert(), first.parameter());
        slots.add(slot);
        for (String expert : ExpertName.EXPERTS.subList(0, layer >= firstCross ? 3 : 2)) {
          String name = slot.of(expert).toString();
          if (!present.containsKey(name)) {
            missing.add(name);
          }
        }
      }
    }
    if (!missing.isEmpty()) {
      String some = missing.stream().limit(5).collect(Collectors.joining(", "));
      throw new StageFailure(
          file.path()
              + ": experts are missing: "
              + some
              + (missing.size() > 5 ? " and " + (missing.size() - 5) + " more" : "")
              + "; every layer needs its v and l expert, and each from the first with a vl expert"
              + " upwards its vl expert");
    }
    return slots;
  }

  private static void check(ExpertSlot slot, SortedSet<String> shared, TensorSource file)
      throws TensorFileException, StageFailure {
    if (shared.contains(slot.name())) {
      throw new StageFailure(
          file.path() + ": " + slot.name() + " is both shared and " + slot.name("v"));
    }
    for (String expert : slot.experts()) {
      TensorInfo info = file.info(slot.name(expert));
      if (!info.equals(slot.info()) || !info.dtype().isFloating()) {
        throw new StageFailure(
            "%s: %s is %s and %s is %s; experts must be floating and alike"
                .formatted(file.path(), slot.name("v"), slot.info(), slot.name(expert), info));
      }
    }
  }
}
