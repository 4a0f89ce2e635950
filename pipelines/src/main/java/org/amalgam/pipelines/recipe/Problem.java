package org.amalgam.pipelines.recipe;

/**
 * A mistake in a recipe.
 *
 * @param position where
 * @param message what is wrong
 * @param fix what to do about it; may be empty
 * @param sourceLine the text of the line, for the caret; may be empty
 */
public record Problem(Position position, String message, String fix, String sourceLine) {
  /** {@code file:line:column: message}, the line, a caret, and the fix. */
  public String render() {
    throw new UnsupportedOperationException("STUB");
  }
}
