package org.amalgam.stages.merging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.Sparsity;
import org.amalgam.stages.merging.streaming.TaskVectorSum;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * TIES over a whole model: three passes find each expert's threshold and the most frequent sign, a
 * fourth merges. Equal magnitudes at the threshold all stay.
 */
final class TrimmedVectors implements PreparedMerge {
  /** A count of magnitudes for each of at most three experts. */
  private static final long COUNTS = 3L * Long.BYTES << 16;

  private final List<ExpertSlot> slots;
  private final MergeInputs inputs;
  private final double density;
  private final double lambda;

  /** The bits of the smallest magnitude that is left, by expert. */
  private final SortedMap<String, Integer> thresholds = new TreeMap<>();

  private int mostFrequentSign = 1;

  TrimmedVectors(ExpertLayout layout, MergeInputs inputs, double density, double lambda) {
    this.slots = new ArrayList<>(layout.slots().values());
    this.inputs = inputs;
    this.density = density;
    this.lambda = lambda;
  }

  @Override
  public TensorMerge at(ExpertSlot slot) throws IOException, StageFailure {
    return new Combination(
        inputs.originAndExperts(slot),
        () -> {
          List<Sparsity> trims = new ArrayList<>();
          for (String expert : slot.experts()) {
            trims.add(Sparsity.trim(threshold(expert)));
          }
          double[] weights = new double[trims.size()];
          Arrays.fill(weights, 1);
          return TaskVectorSum.elected(trims, weights, lambda, true, mostFrequentSign);
        });
  }

  private int threshold(String expert) {
    return thresholds.getOrDefault(expert, 0);
  }

  @Override
  public void measure(Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    SortedMap<String, Long> kept = new TreeMap<>();
    SortedMap<String, MagnitudeRank> ranks = new TreeMap<>();
    for (String expert : ExpertName.EXPERTS) {
      long elements =
          slots.stream()
              .filter(slot -> slot.experts().contains(expert))
              .mapToLong(slot -> slot.info().elements())
              .sum();
      long part = (long) Math.floor(density * elements);
      if (part > 0 && part < elements) {
        kept.put(expert, part);
        ranks.put(expert, new MagnitudeRank());
      } else {
        thresholds.put(expert, part == 0 ? Integer.MAX_VALUE : 0);
      }
    }
    if (!ranks.isEmpty()) {
      workers.run(slots, this::memory, slot -> rank(slot, ranks), progress, "tensor ranked");
      ranks.forEach((expert, rank) -> rank.narrow(kept.getOrDefault(expert, 1L)));
      workers.run(slots, this::memory, slot -> rank(slot, ranks), progress, "tensor ranked");
      ranks.forEach((expert, rank) -> thresholds.put(expert, rank.threshold()));
    }
    AtomicLong balance = new AtomicLong();
    workers.run(
        slots, this::memory, slot -> balance.addAndGet(signs(slot)), progress, "tensor elected");
    mostFrequentSign = balance.get() >= 0 ? 1 : -1;
  }

  private long memory(ExpertSlot slot) {
    return COUNTS + Pieces.memory(slot.experts().size(), 1);
  }

  /** Counts the magnitudes of a place's modality vectors. */
  private void rank(ExpertSlot slot, SortedMap<String, MagnitudeRank> ranks)
      throws IOException, StageFailure {
    for (String expert : slot.experts()) {
      MagnitudeRank whole = ranks.get(expert);
      if (whole != null) {
        MagnitudeRank part = whole.another();
        Pieces.forEach(
            List.of(inputs.origin(slot), inputs.expert(slot, expert)),
            (pieces, count) -> {
              subtract(pieces[1], pieces[0], count);
              part.count(pieces[1], count);
            });
        whole.add(part);
      }
    }
  }

  /** How many more places of a tensor elect plus than minus. */
  private long signs(ExpertSlot slot) throws IOException, StageFailure {
    int[] cuts = slot.experts().stream().mapToInt(this::threshold).toArray();
    long[] balance = new long[1];
    Pieces.forEach(
        inputs.originAndExperts(slot),
        (pieces, count) -> {
          for (int e = 0; e < cuts.length; e++) {
            subtract(pieces[e + 1], pieces[0], count);
            Sparsity.trim(cuts[e]).apply(pieces[e + 1], count);
          }
          for (int i = 0; i < count; i++) {
            float sum = 0;
            for (int e = 1; e < pieces.length; e++) {
              sum += pieces[e][i];
            }
            balance[0] += (int) Math.signum(sum);
          }
        });
    return balance[0];
  }

  private static void subtract(float[] vector, float[] origin, int count) {
    for (int i = 0; i < count; i++) {
      vector[i] -= origin[i];
    }
  }
}
