package org.amalgam.stages.merging;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.DotProducts;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.WeightedSum;

/**
 * Spherical linear interpolation (Shoemake 1985) tensor by tensor: with t the share of b and O the
 * angle between a and b, {@code sin((1-t)O)/sin O a + sin(tO)/sin O b}; the plain mean of these
 * weights where they are nearly parallel (|cos O| above 0.9995) or one is zero. In the top layers
 * vl takes its third along the arc from what v and l give. Angles in f64, sums in f32.
 */
public record Slerp(
    @Doc("Weight of the vision expert against the language expert.")
        @Range(min = 0, max = 1)
        @Default("0.5")
        double alpha)
    implements MergeMethod {
  private static final double PARALLEL = 0.9995;
  private static final double CROSS_SHARE = 1 / 3.0;

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      List<Operand> operands = inputs.experts(slot, slot.experts());
      return new Combination(
          operands, () -> new WeightedSum(weights(DotProducts.of(operands), alpha)));
    };
  }

  /** The weights of v, l and perhaps vl by their inner products. */
  static double[] weights(double[][] dots, double alpha) {
    double[] two = arc(dots[0][0], dots[0][1], dots[1][1], 1 - alpha);
    if (dots.length == 2) {
      return two;
    }
    double v = two[0];
    double l = two[1];
    double squared = v * v * dots[0][0] + 2 * v * l * dots[0][1] + l * l * dots[1][1];
    double withCross = v * dots[0][2] + l * dots[1][2];
    double[] three = arc(squared, withCross, dots[2][2], CROSS_SHARE);
    return new double[] {three[0] * v, three[0] * l, three[1]};
  }

  /** The weights of a and b at the part {@code t} of the way from a to b. */
  public static double[] arc(double aa, double ab, double bb, double t) {
    double norms = Math.sqrt(aa) * Math.sqrt(bb);
    double cosine = norms > 0 ? ab / norms : 1;
    if (!(Math.abs(cosine) <= PARALLEL)) {
      return new double[] {1 - t, t};
    }
    double angle = Math.acos(cosine);
    double sine = Math.sin(angle);
    return new double[] {Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine};
  }
}
