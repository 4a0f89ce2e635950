package org.amalgam.stages.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.hash.Hashing;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AugmentationTest {
  private static final int SIDE = 32;

  /** Digests of the released formulas in NumPy, on the same picture. */
  @ParameterizedTest
  @CsvSource({
    "IDENTITY, e10a81c60f2f7a9b",
    "AUTO_CONTRAST, 11d9ffcc2ff834d2",
    "EQUALIZE, db8a803a7942c29f",
    "BRIGHTNESS, 1b478700a7dfa4ba",
    "SHARPNESS, 067c2d1021d454da",
    "SHEAR_X, c434782ad97a1bb3",
    "SHEAR_Y, 21624c29d073d42b",
    "TRANSLATE_X, c727b90d84a83895",
    "TRANSLATE_Y, d447dca2d7584736",
    "ROTATE, f6a1f5240a60e14f"
  })
  void operationsGiveTheBytesOfTheReleasedFormulas(ImageOperation operation, String digest) {
    byte[] changed = operation.of(picture(), SIDE, false);

    assertThat(Hashing.sha256().hashBytes(changed).toString()).startsWith(digest);
  }

  private static byte[] picture() {
    byte[] image = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      int x = i % SIDE;
      int y = i / SIDE % SIDE;
      int channel = i / (SIDE * SIDE);
      image[i] = (byte) ((x * 7 + y * 13 + x * y * (channel + 1)) % 200 + 20 + channel);
    }
    return image;
  }

  @ParameterizedTest
  @EnumSource(ImageOperation.class)
  void noOperationWritesToTheImageThatItIsGiven(ImageOperation operation) {
    byte[] image = picture();
    operation.of(image, SIDE, true);

    assertThat(image).isEqualTo(picture());
  }

  @Test
  void aQuarterTurnMovesEveryPixelToItsPlace() {
    byte[] image = picture();
    byte[] turned = Affine.rotation(90, SIDE).of(image, SIDE);

    for (int y = 1; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        // Counter-clockwise about (16, 16): what was at (32 - y, x) comes to (x, y).
        assertThat(turned[y * SIDE + x]).isEqualTo(image[x * SIDE + SIDE - y]);
      }
    }
  }

  @Test
  void whatComesFromOutsideIsGrey() {
    byte[] moved = new Affine(1, 0, SIDE, 0, 1, 0).of(picture(), SIDE);

    assertThat(moved).containsOnly(128);
  }

  @Test
  void operationsOnOneColourKeepIt() {
    byte[] image = new byte[3 * SIDE * SIDE];
    java.util.Arrays.fill(image, (byte) 90);

    assertThat(ImageOperation.AUTO_CONTRAST.of(image, SIDE, false)).isEqualTo(image);
    assertThat(ImageOperation.EQUALIZE.of(image, SIDE, false)).isEqualTo(image);
    assertThat(ImageOperation.SHARPNESS.of(image, SIDE, false)).isEqualTo(image);
    assertThat(ImageOperation.BRIGHTNESS.of(image, SIDE, false)[0]).isEqualTo((byte) 122);
  }

  @Test
  void cropsHaveHalfOfTheAreaAtLeastAndModestShapes() {
    int n = 4_000;
    RandomResizedCrop[] crops =
        IntStream.range(0, n)
            .mapToObj(i -> RandomResizedCrop.draw(224, RandomStream.of(1, "crop", i)))
            .toArray(RandomResizedCrop[]::new);

    for (RandomResizedCrop crop : crops) {
      double area = crop.width() * crop.height() / (224.0 * 224);
      assertThat(area).isBetween(0.49, 1.0);
      assertThat((double) crop.width() / crop.height()).isBetween(0.74, 1.35);
      assertThat(crop.x() + crop.width()).isLessThanOrEqualTo(224);
      assertThat(crop.y() + crop.height()).isLessThanOrEqualTo(224);
    }
    // By symmetry.
    assertThat(mean(crops, RandomResizedCrop::width))
        .isCloseTo(mean(crops, RandomResizedCrop::height), within(1.5));
    assertThat(mean(crops, crop -> crop.x() - (224 - crop.width()) / 2.0))
        .isCloseTo(0, within(0.7));
  }

  private static double mean(RandomResizedCrop[] crops, ToDoubleFunction<RandomResizedCrop> of) {
    return java.util.Arrays.stream(crops).mapToDouble(of).average().orElseThrow();
  }

  @Test
  void theWholeImageAsACropIsTheImage() {
    assertThat(new RandomResizedCrop(0, 0, SIDE, SIDE).of(picture(), SIDE)).isEqualTo(picture());
  }

  @Test
  void aCropShowsItsPartLarger() {
    byte[] image = new byte[3 * SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (i % SIDE < SIDE / 2 ? 10 : 200);
    }
    byte[] right = new RandomResizedCrop(18, 4, 12, 20).of(image, SIDE);

    assertThat(right).containsOnly((byte) 200);
  }

  @Test
  void mirroringTwiceIsNothing() {
    byte[] mirrored = Augmentation.mirrored(picture(), SIDE);

    assertThat(mirrored[0]).isEqualTo(picture()[SIDE - 1]);
    assertThat(Augmentation.mirrored(mirrored, SIDE)).isEqualTo(picture());
  }

  @Test
  void theSameStreamMakesTheSameImageAndOthersMakeOthers() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      byte[] once = Augmentation.PAPER.of(picture(), SIDE, RandomStream.of(1, "a", i));
      byte[] again = Augmentation.PAPER.of(picture(), SIDE, RandomStream.of(1, "a", i));
      assertThat(again).isEqualTo(once);
      seen.add(Hashing.sha256().hashBytes(once).toString());
    }

    assertThat(seen).hasSizeGreaterThan(45);
    assertThat(Augmentation.NONE.of(picture(), SIDE, RandomStream.of(1, "a"))).isEqualTo(picture());
  }

  /** Two draws of ten, each applied half the time: nothing happens in (1 - 0.9 / 2)^2 = 0.3025. */
  @Test
  void randAugmentLeavesAnImageAloneAsOftenAsItShould() {
    int same = 0;
    int n = 2_000;
    for (int i = 0; i < n; i++) {
      byte[] changed = RandAugment.of(picture(), SIDE, RandomStream.of(3, "b", i));
      same += java.util.Arrays.equals(changed, picture()) ? 1 : 0;
    }

    assertThat((double) same / n).isCloseTo(0.3025, within(0.04));
  }
}
