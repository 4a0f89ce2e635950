package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;

class MaskingTest {
  private final Tokenizer tokenizer =
      new Tokenizer(
          List.of(
              "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "sail", "##boat", "on", "sea"));
  private final Masking masking = new Masking(tokenizer, 0.15);

  @Test
  void aWordIsHiddenWholeAndSpecialPiecesNever() {
    int[] text = tokenizer.encode("a sailboat on a sea", 16);
    int sail = tokenizer.pieces().indexOf("sail");
    for (int i = 0; i < 500; i++) {
      Masking.Masked masked = masking.mask(text, RandomStream.of(1, "test", i));

      assertThat(masked.positions()).isNotEmpty().isSorted();
      for (int position : masked.positions()) {
        assertThat(position).isBetween(1, text.length - 2);
        if (text[position] == sail) {
          assertThat(masked.positions()).contains(position + 1);
        }
      }
    }
  }

  @Test
  void eightOfTenBecomeMaskAndMostOfTheRestIsSplitBetweenRandomAndKept() {
    int[] text = tokenizer.encode("a a a a a a", 16);
    int piece = tokenizer.pieces().indexOf("a");
    int hidden = 0;
    int kept = 0;
    int chosen = 0;
    for (int i = 0; i < 20_000; i++) {
      Masking.Masked masked = masking.mask(text, RandomStream.of(2, "test", i));
      for (int position : masked.positions()) {
        chosen++;
        hidden += masked.tokens()[position] == tokenizer.maskId() ? 1 : 0;
        kept += masked.tokens()[position] == piece ? 1 : 0;
      }
    }

    // A random piece is [MASK], or the piece itself, one time in ten.
    assertThat(hidden / (double) chosen).isCloseTo(0.81, within(0.01));
    assertThat(kept / (double) chosen).isCloseTo(0.11, within(0.01));
  }

  @Test
  void theBudgetIsTheShareOfThePiecesRounded() {
    int[] text = tokenizer.encode("a a a a a a a a a a a a a", 16);

    assertThat(masking.mask(text, RandomStream.of(3, "test")).positions()).hasSize(2);
  }

  /** Facts, section 2.1: 6 of 38 for a share of 0.15 and 10 of 38 for 0.25, padding among them. */
  @Test
  void asReleasedTheBudgetIsOneOfThePaddedLengthAndWhatFallsOnPaddingIsLost() {
    int[] text = tokenizer.encode("a a a a a a a a a a", 40);
    for (double[] expected : new double[][] {{0.15, 6}, {0.25, 10}}) {
      Masking released = Masking.ofPadded(tokenizer, expected[0], 40);
      int hidden = 0;
      int most = 0;
      for (int i = 0; i < 20_000; i++) {
        int[] positions = released.mask(text, RandomStream.of(4, "test", i)).positions();
        for (int position : positions) {
          assertThat(position).isBetween(1, text.length - 2);
        }
        hidden += positions.length;
        most = Math.max(most, positions.length);
      }

      assertThat(hidden / 20_000.0).isCloseTo(10 * expected[1] / 38, within(0.03));
      assertThat(most).isLessThanOrEqualTo((int) expected[1]);
    }
  }

  @Test
  void asReleasedAFullTextHasTheWholeBudgetAndAShortOneMayHideNothing() {
    int[] full = tokenizer.encode("a ".repeat(38), 40);
    int[] one = tokenizer.encode("a", 40);
    Masking released = Masking.ofPadded(tokenizer, 0.15, 40);
    int nothing = 0;
    for (int i = 0; i < 1_000; i++) {
      assertThat(released.mask(full, RandomStream.of(5, "test", i)).positions()).hasSize(6);
      nothing += released.mask(one, RandomStream.of(6, "test", i)).positions().length == 0 ? 1 : 0;
    }

    assertThat(nothing / 1_000.0).isCloseTo(32 / 38.0, within(0.05));
  }

  @Test
  void asReleasedAWordThatDoesNotFitIsPassedOver() {
    int[] text = tokenizer.encode("sailboat", 4);
    Masking released = Masking.ofPadded(tokenizer, 0.25, 4);

    assertThat(released.mask(text, RandomStream.of(7, "test")).positions()).isEmpty();
  }
}
