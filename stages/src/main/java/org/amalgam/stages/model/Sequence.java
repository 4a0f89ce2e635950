package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * What kind of token sequence a pass reads.
 *
 * @param kind "image", "text" or "joint"
 * @param textLength text tokens; 0 for an image
 * @param mask added to attention logits, (n, 1, 1, tokens) with 0 or minus infinity, or null where
 *     every token counts
 */
public record Sequence(String kind, int textLength, @Nullable NDArray mask) {
  public static Sequence image() {
    return new Sequence("image", 0, null);
  }

  public static Sequence text(int length, @Nullable NDArray mask) {
    return new Sequence("text", length, mask);
  }

  public static Sequence joint(int textLength, @Nullable NDArray mask) {
    return new Sequence("joint", textLength, mask);
  }

  boolean isJoint() {
    return kind.equals("joint");
  }

  int tokens(ModelConfig config) {
    return switch (kind) {
      case "image" -> config.imageTokens();
      case "text" -> textLength;
      default -> textLength + config.imageTokens();
    };
  }
}
