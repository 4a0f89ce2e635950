package org.amalgam.pipelines.recipe;

import java.util.List;

/** A recipe that cannot be used, with all its problems in the order of their positions. */
public final class RecipeException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  public RecipeException(List<Problem> problems) {
    super(String.join("\n", Problem.sorted(problems).stream().map(Problem::render).toList()));
    this.problems = Problem.sorted(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
