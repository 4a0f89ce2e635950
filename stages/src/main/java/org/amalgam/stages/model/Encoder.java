package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.amalgam.stages.data.TextBatch;

/** Whole passes from pixels and texts to what a task reads. */
public final class Encoder {
  private Encoder() {}

  /**
   * The pooled joint feature, for VQA and matching: (n, d). Uses no unimodal expert of the top
   * layers.
   *
   * @param pixels u8 (n, 3, side, side)
   */
  public static NDArray pooled(Transformer.Pass pass, TextBatch text, NDArray pixels) {
    NDArray joint = pass.joint(textStart(pass, text), imageStart(pass, pixels));
    Sequence sequence = Sequence.joint(text.length(), text.jointMask());
    return pass.pool(cls(pass, joint, Modality.CROSS, sequence));
  }

  /** The image side of retrieval, of length 1: (n, d). Uses no cross-modal expert. */
  public static NDArray imageFeature(Transformer.Pass pass, NDArray pixels) {
    NDArray bottom = imageBottom(pass, pixels);
    return pass.project(cls(pass, bottom, Modality.VISION, Sequence.image()), "image");
  }

  /** The text side of retrieval, of length 1: (n, d). Uses no cross-modal expert. */
  public static NDArray textFeature(Transformer.Pass pass, TextBatch text) {
    NDArray bottom = textBottom(pass, text);
    return pass.project(cls(pass, bottom, Modality.LANGUAGE, sequence(text)), "text");
  }

  /** Image states after layers 1..N-M, from u8 pixels. */
  public static NDArray imageBottom(Transformer.Pass pass, NDArray pixels) {
    NDArray tokens = pass.imageTokens(pass.normalized(pixels));
    return pass.bottom(tokens, Modality.VISION, Sequence.image());
  }

  /** Text states after layers 1..N-M. */
  public static NDArray textBottom(Transformer.Pass pass, TextBatch text) {
    return pass.bottom(pass.textTokens(text.ids()), Modality.LANGUAGE, sequence(text));
  }

  /**
   * Image states from which a joint pass starts: after layers 1..N-M, or the embeddings where the
   * architecture attends jointly in these layers too.
   */
  public static NDArray imageStart(Transformer.Pass pass, NDArray pixels) {
    return pass.config().architecture().attendsJointlyBelow()
        ? pass.imageTokens(pass.normalized(pixels))
        : imageBottom(pass, pixels);
  }

  /** Text states from which a joint pass starts, like {@link #imageStart}. */
  public static NDArray textStart(Transformer.Pass pass, TextBatch text) {
    return pass.config().architecture().attendsJointlyBelow()
        ? pass.textTokens(text.ids())
        : textBottom(pass, text);
  }

  /** The first token after the top layers and the final norm: (n, d). */
  public static NDArray cls(
      Transformer.Pass pass, NDArray bottom, Modality modality, Sequence sequence) {
    Shape at = new Shape(bottom.getShape().get(0), 1);
    NDArray first = bottom.getManager().zeros(at, DataType.INT64);
    return pass.first(pass.norm(pass.topAt(bottom, modality, sequence, first)));
  }

  /** The sequence of a text by itself. */
  public static Sequence sequence(TextBatch text) {
    return Sequence.text(text.length(), text.mask());
  }
}
