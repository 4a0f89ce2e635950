package org.amalgam.pipelines.recipe;

import java.nio.file.Path;
import java.util.List;
import org.amalgam.artifacts.Digest;
import org.jspecify.annotations.Nullable;

/** A recipe with its profile and overrides applied, before it is planned. */
public final class Recipe {
  /**
   * Reads a recipe with everything that it includes.
   *
   * @param profile the profile to use, or null for the recipe's own choice
   * @param overrides {@code name=value} settings, value in YAML
   * @throws RecipeException with all its mistakes
   */
  public static Recipe read(Path file, @Nullable String profile, List<String> overrides)
      throws RecipeException {
    throw new UnsupportedOperationException("STUB");
  }

  public String name() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The profile in force, or "none". */
  public String profile() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The digest of the resolved recipe: equal for equal meaning. */
  public Digest digest() {
    throw new UnsupportedOperationException("STUB");
  }

  public List<Table> tables() {
    throw new UnsupportedOperationException("STUB");
  }
}
