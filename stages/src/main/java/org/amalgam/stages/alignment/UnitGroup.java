package org.amalgam.stages.alignment;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.tensor.TensorSource;

/**
 * The units of one expert in one layer, to be brought into the order of the reference's.
 *
 * @param layer from 0
 * @param expert whose units move
 * @param slots the sub-layer's tensors
 * @param units how many, n
 */
record UnitGroup(int layer, String expert, UnitKind kind, List<ExpertSlot> slots, int units) {
  UnitGroup {
    slots = List.copyOf(slots);
  }

  /** Heap that {@link #match} needs, in bytes. */
  long memory() {
    long weights = slots.stream().mapToLong(slot -> slot.info().elements()).sum();
    return Float.BYTES * (3 * weights + 2L * units * units);
  }

  /** Finds the order of greatest sum of inner products with the reference's units. */
  UnitOrder match(TensorSource model, String reference) throws IOException, StageFailure {
    UnitFeatures fixed = features(model, reference);
    UnitFeatures moving = features(model, expert);
    float[] products = fixed.products(moving);
    double before = 0;
    double after = 0;
    for (float product : products) {
      if (!Float.isFinite(product)) {
        throw new StageFailure(
            "%s: layer %d: the %s of %s and %s hold numbers that are not finite or too large"
                .formatted(model.path(), layer, kind.label(), reference, expert));
      }
    }
    int[] order = LinearAssignment.greatest(products, units);
    for (int i = 0; i < units; i++) {
      before += products[i * units + i];
      after += products[i * units + order[i]];
    }
    double norms = Math.max(Double.MIN_NORMAL, fixed.norm() * moving.norm());
    return new UnitOrder(layer, expert, kind, order, before / norms, after / norms);
  }

  private UnitFeatures features(TensorSource model, String of) throws IOException {
    int length = 0;
    for (ExpertSlot slot : slots) {
      if (kind.side(slot.parameter()) != UnitKind.Side.NONE) {
        length += Math.toIntExact(slot.info().elements() / units);
      }
    }
    float[] rows = new float[units * length];
    int at = 0;
    for (ExpertSlot slot : slots) {
      UnitKind.Side side = kind.side(slot.parameter());
      if (side == UnitKind.Side.NONE) {
        continue;
      }
      float[] values = model.floats(slot.name(of));
      long[] shape = slot.info().shape();
      int columns = side == UnitKind.Side.COLUMNS ? Math.toIntExact(shape[1]) : 1;
      // A tensor is outer x units x inner: q, k and v, or the rows of a projection, are outer.
      int outer =
          side == UnitKind.Side.COLUMNS
              ? Math.toIntExact(shape[0])
              : UnitKind.repeats(slot.parameter());
      int inner = side == UnitKind.Side.COLUMNS ? columns / units : values.length / outer / units;
      for (int o = 0; o < outer; o++) {
        for (int unit = 0; unit < units; unit++) {
          System.arraycopy(
              values, (o * units + unit) * inner, rows, unit * length + at + o * inner, inner);
        }
      }
      at += outer * inner;
    }
    return new UnitFeatures(rows, units, length);
  }

  /** Whether an expert's tensors hold these units. */
  boolean has(ExpertSlot slot) {
    return slots.contains(slot) && kind.side(slot.parameter()) != UnitKind.Side.NONE;
  }
}
