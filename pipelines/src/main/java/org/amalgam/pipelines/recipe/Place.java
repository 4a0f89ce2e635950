package org.amalgam.pipelines.recipe;

import java.util.List;

/** Where a value or key was written; makes {@link Problem}s that show the line. */
public final class Place {
  private final Source source;
  private final int line;
  private final int column;

  Place(Source source, int line, int column) {
    this.source = source;
    this.line = line;
    this.column = column;
  }

  /**
   * The start of an argument of the command line.
   *
   * @param what stands in the place of a file name
   */
  public static Place ofArgument(String what, String typed) {
    return new Place(new Source(what, List.of(typed), 1), 1, 1);
  }

  public Position position() {
    return new Position(source.name(), line, column);
  }

  /**
   * A problem at this place.
   *
   * @param fix what to do about it; may be empty
   */
  public Problem problem(String message, String fix) {
    return new Problem(position(), message, fix, source.line(line));
  }

  @Override
  public String toString() {
    return position().toString();
  }
}
