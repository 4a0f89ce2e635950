package org.amalgam.stages.expert;

import java.util.List;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * One tensor of the modality-agnostic model and the experts that stand for it in the
 * modality-specific one.
 *
 * @param layer from 0
 * @param subLayer {@code attn}, {@code mlp}, {@code norm1} or {@code norm2}
 * @param parameter such as {@code fc1.weight}
 * @param experts those that exist: v, l and in the top layers vl, in this order
 * @param info type and shape of each
 */
public record ExpertSlot(
    int layer, String subLayer, String parameter, List<String> experts, TensorInfo info) {
  /** The name of the shared tensor that takes the place of the experts. */
  public String name() {
    return part(ExpertName.VISION).sharedName();
  }

  /** The name of an expert's tensor. */
  public String name(String expert) {
    return part(expert).toString();
  }

  /** The name of the Gram matrix of an expert's inputs. */
  public String gram(String expert) {
    return part(expert).gram();
  }

  /** The name of the number of rows of {@link #gram}. */
  public String gramRows(String expert) {
    return part(expert).gramRows();
  }

  /** Whether it is in one of the top layers, which have a cross-modal expert. */
  public boolean isCross() {
    return experts.contains(ExpertName.CROSS);
  }

  /** Whether it is a matrix, as opposed to a bias or the scale of a norm. */
  public boolean isMatrix() {
    return info.rank() == 2;
  }

  private ExpertName part(String expert) {
    return new ExpertName(layer, subLayer, expert, parameter);
  }
}
