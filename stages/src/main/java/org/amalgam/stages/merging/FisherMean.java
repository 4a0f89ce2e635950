package org.amalgam.stages.merging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.Workers;

/** Fisher-weighted averaging of a whole model: one pass finds each expert's mean, one merges. */
final class FisherMean implements PreparedMerge {
  private final List<ExpertSlot> slots;
  private final MergeInputs inputs;
  private final Fisher settings;
  private final SortedMap<String, Double> scales = new TreeMap<>();

  FisherMean(ExpertLayout layout, MergeInputs inputs, Fisher settings) {
    this.slots = new ArrayList<>(layout.slots().values());
    this.inputs = inputs;
    this.settings = settings;
  }

  @Override
  public TensorMerge at(ExpertSlot slot) throws IOException, StageFailure {
    List<String> experts = slot.experts();
    List<Operand> operands = new ArrayList<>(inputs.experts(slot, experts));
    // Where an expert's F is among the operands; 0 where it has none.
    int[] places = new int[experts.size()];
    for (int e = 0; e < places.length; e++) {
      Optional<Operand> fisher = inputs.fisher(slot, experts.get(e));
      if (fisher.isPresent()) {
        places[e] = operands.size();
        operands.add(fisher.get());
      }
    }
    double[] weights = Interpolation.weights(experts, settings.alpha());
    return new Combination(
        operands,
        () -> {
          double[] factors = new double[places.length];
          for (int e = 0; e < places.length; e++) {
            factors[e] = scales.getOrDefault(experts.get(e), 1.0);
          }
          return (pieces, count, out) -> mean(pieces, count, out, places, weights, factors);
        });
  }

  private void mean(
      float[][] pieces, int count, float[] out, int[] places, double[] weights, double[] factors) {
    for (int i = 0; i < count; i++) {
      double sum = 0;
      double divisor = 0;
      for (int e = 0; e < places.length; e++) {
        double fisher = places[e] == 0 ? 0 : factors[e] * pieces[places[e]][i];
        // A negative or missing number must not pass for a weight.
        double weight = weights[e] * (fisher >= 0 ? fisher + settings.floor() : Double.NaN);
        sum += weight * pieces[e][i];
        divisor += weight;
      }
      out[i] = (float) (sum / divisor);
    }
  }

  @Override
  public void measure(Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    if (!settings.normalise()) {
      return;
    }
    for (String expert : ExpertName.EXPERTS) {
      List<Operand> present = new ArrayList<>();
      for (ExpertSlot slot : slots) {
        if (slot.experts().contains(expert)) {
          inputs.fisher(slot, expert).ifPresent(present::add);
        }
      }
      // Sums of tensors are added in the order of their names, whoever finished first.
      double[] sums = new double[present.size()];
      List<Integer> indices = new ArrayList<>();
      long elements = 0;
      for (int i = 0; i < sums.length; i++) {
        indices.add(i);
        elements += present.get(i).info().elements();
      }
      workers.run(
          indices,
          i -> Pieces.memory(1, 0),
          i -> sums[i] = sum(present.get(i)),
          progress,
          "tensor summed");
      double total = 0;
      for (double sum : sums) {
        total += sum;
      }
      scales.put(expert, total > 0 ? elements / total : 1);
    }
  }

  private static double sum(Operand fisher) throws IOException, StageFailure {
    double[] sum = new double[1];
    Pieces.forEach(
        List.of(fisher),
        (pieces, count) -> {
          for (int i = 0; i < count; i++) {
            sum[0] += pieces[0][i];
          }
        });
    return sum[0];
  }
}
