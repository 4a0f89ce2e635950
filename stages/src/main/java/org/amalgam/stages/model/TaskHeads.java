package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.amalgam.stages.data.TextBatch;

/**
 * Logits of the tasks beyond VQA and retrieval, from pixels and texts (facts of the released code,
 * sections 1.7 and 4.3 to 4.5).
 */
public final class TaskHeads {
  private static final long FIRST_IMAGE = 1;
  private static final long SECOND_IMAGE = 2;

  private TaskHeads() {}

  /**
   * NLVR2: whether each text holds of its two images, (n, 2). Every text goes through the layers
   * below the top M once for both.
   *
   * @param pixels u8 (2n, 3, side, side): the n first images, then the n second ones
   */
  public static NDArray ofTwoImages(Transformer.Pass pass, TextBatch text, NDArray pixels) {
    NDManager manager = pixels.getManager();
    int n = (int) (pixels.getShape().get(0) / 2);
    long[] types = new long[2 * n];
    long[] twice = new long[2 * n];
    for (int i = 0; i < 2 * n; i++) {
      types[i] = i < n ? FIRST_IMAGE : SECOND_IMAGE;
      twice[i] = i % n;
    }
    NDArray rows = manager.create(twice, new Shape(2L * n));
    NDArray image = imageTokens(pass, pixels, manager.create(types, new Shape(2L * n)));
    if (!pass.config().architecture().attendsJointlyBelow()) {
      image = pass.bottom(image, Modality.VISION, Sequence.image());
    }
    NDArray joint = pass.joint(pass.rows(Encoder.textStart(pass, text), rows), image);
    Sequence sequence = Sequence.joint(text.length(), pass.rows(text.jointMask(), rows));
    NDArray pooled = pass.pool(Encoder.cls(pass, joint, Modality.CROSS, sequence));
    return pass.call(
        "two_pooled",
        pooled,
        pass.weight("nlvr2_classifier.0.weight"),
        pass.weight("nlvr2_classifier.0.bias"),
        pass.weight("nlvr2_classifier.1.weight"),
        pass.weight("nlvr2_classifier.1.bias"),
        pass.weight("nlvr2_classifier.3.weight"),
        pass.weight("nlvr2_classifier.3.bias"));
  }

  /**
   * Like {@link Transformer.Pass#imageTokens}, each image with its own row of the type embedding.
   *
   * @param pixels u8 (n, 3, side, side)
   * @param types i64 (n): 1, or 2 for the second image of NLVR2
   */
  public static NDArray imageTokens(Transformer.Pass pass, NDArray pixels, NDArray types) {
    return pass.call(
        "typed_image_tokens",
        pass.normalized(pixels),
        pass.weight("transformer.patch_embed.proj.weight"),
        pass.weight("transformer.patch_embed.proj.bias"),
        pass.weight("transformer.cls_token"),
        pass.weight("token_type_embeddings.weight"),
        types);
  }

  /**
   * Classification as in BEiT: the mean of the patches, its own norm, one linear layer: (n,
   * classes).
   *
   * @param pixels u8 (n, 3, side, side)
   */
  public static NDArray ofImages(Transformer.Pass pass, NDArray pixels) {
    return pass.call(
        "image_classes",
        vision(pass, pixels),
        pass.weight("fc_norm.weight"),
        pass.weight("fc_norm.bias"),
        pass.weight("img_cls_classifier.weight"),
        pass.weight("img_cls_classifier.bias"));
  }

  /**
   * Segmentation by a light decoder in UperNet's place: two learned doublings of the grid of
   * patches, a linear layer, and bilinear interpolation: (n, classes, side, side).
   *
   * @param pixels u8 (n, 3, side, side)
   */
  public static NDArray ofPixels(Transformer.Pass pass, NDArray pixels) {
    return pass.call(
        "pixel_classes",
        pass.norm(vision(pass, pixels)),
        pass.weight("seg_classifier.up1.weight"),
        pass.weight("seg_classifier.up1.bias"),
        pass.weight("seg_classifier.norm.weight"),
        pass.weight("seg_classifier.norm.bias"),
        pass.weight("seg_classifier.up2.weight"),
        pass.weight("seg_classifier.up2.bias"),
        pass.weight("seg_classifier.out.weight"),
        pass.weight("seg_classifier.out.bias"));
  }

  /** Image states after all layers through the vision experts, before the final norm. */
  private static NDArray vision(Transformer.Pass pass, NDArray pixels) {
    NDArray bottom = Encoder.imageBottom(pass, pixels);
    return pass.top(bottom, Modality.VISION, Sequence.image());
  }
}
