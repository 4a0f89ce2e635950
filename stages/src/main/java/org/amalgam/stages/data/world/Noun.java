package org.amalgam.stages.data.world;

/**
 * A thing that scenes are made of.
 *
 * @param index its place among the nouns and its cell in the artwork
 */
public record Noun(int index, String singular, String plural) {
  private static final String[] NUMBERS = {"no", "a", "two", "three", "four"};

  /** With the indefinite article: "an apple". */
  public String indefinite() {
    boolean vowel = "aeiou".indexOf(singular.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + singular;
  }

  /**
   * "a dog", "two dogs".
   *
   * @param count 1 to 4
   */
  String counted(int count) {
    return count == 1 ? indefinite() : NUMBERS[count] + " " + plural;
  }
}
