package org.amalgam.stages.merging;

import java.util.List;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Operand;

/**
 * Arithmetic with a coefficient for each expert and layer (as AdaMerging has them, Yang et al.
 * 2024): {@code W0 + sum_m c_m (W_m - W0)} with c of the expert and the layer; in f32 in the order
 * W0, v, l, vl.
 */
public record LayerWise(
    @Doc("Coefficients of the vision expert: one, or one for each layer from the bottom.")
        List<Double> vision,
    @Doc("Coefficients of the language expert: one, or one for each layer from the bottom.")
        List<Double> language,
    @Doc("Coefficients of the cross-modal expert: one, or one for each layer that has it.")
        List<Double> cross)
    implements MergeMethod {
  public LayerWise {
    vision = List.copyOf(vision);
    language = List.copyOf(language);
    cross = List.copyOf(cross);
    if (vision.isEmpty() || language.isEmpty() || cross.isEmpty()) {
      throw new IllegalArgumentException("vision, language and cross each need a coefficient");
    }
  }

  @Override
  public boolean usesOrigin() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) throws StageFailure {
    check("vision", vision, layout.layers(), inputs);
    check("language", language, layout.layers(), inputs);
    check("cross", cross, layout.crossLayers(), inputs);
    int firstCross = layout.layers() - layout.crossLayers();
    return slot -> {
      List<Operand> operands = inputs.originAndExperts(slot);
      double[] weights = new double[operands.size()];
      weights[0] = 1;
      for (int e = 1; e < weights.length; e++) {
        weights[e] = coefficient(slot, slot.experts().get(e - 1), firstCross);
        weights[0] -= weights[e];
      }
      return Combination.weighted(operands, weights);
    };
  }

  private double coefficient(ExpertSlot slot, String expert, int firstCross) {
    return switch (expert) {
      case ExpertName.VISION -> at(vision, slot.layer());
      case ExpertName.LANGUAGE -> at(language, slot.layer());
      default -> at(cross, slot.layer() - firstCross);
    };
  }

  private static double at(List<Double> coefficients, int index) {
    return coefficients.get(coefficients.size() == 1 ? 0 : index);
  }

  private static void check(String setting, List<Double> given, int layers, MergeInputs inputs)
      throws StageFailure {
    if (given.size() != 1 && given.size() != layers) {
      throw new StageFailure(
          "%s: %s has %d coefficients, but the model has %d such layers; give one or as many"
              .formatted(inputs.model().path(), setting, given.size(), layers));
    }
  }
}
