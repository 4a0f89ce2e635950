package org.amalgam.stages.data.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.amalgam.stages.data.world.Scene.Placement;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;

class ScenePainterTest {
  /** The oracle: enlarge every pixel so that both grids divide it, then take plain means. */
  @Test
  void scalingAveragesOverAreas() throws Exception {
    World world = World.load(48);
    for (int size : new int[] {9, 13, 16, 24, 32, 40}) {
      for (int cell : new int[] {0, 17, 40}) {
        int[] pixels = world.pixels(cell);
        int[] scaled = ScenePainter.scale(pixels, size);
        for (int i = 0; i < size * size; i++) {
          double[] expected = meanOfFinePixels(pixels, i % size, i / size, size);
          assertThat((double) (scaled[i] >>> 24)).isCloseTo(expected[0], within(0.51));
          for (int channel = 1; channel < 4 && scaled[i] >>> 24 > 0; channel++) {
            double value = scaled[i] >> 24 - 8 * channel & 255;
            assertThat(value).isCloseTo(expected[channel], within(0.51));
          }
        }
      }
    }
  }

  private static double[] meanOfFinePixels(int[] pixels, int x, int y, int size) {
    double[] sums = new double[4];
    for (int fineY = y * World.CELL; fineY < (y + 1) * World.CELL; fineY++) {
      for (int fineX = x * World.CELL; fineX < (x + 1) * World.CELL; fineX++) {
        int argb = pixels[fineY / size * World.CELL + fineX / size];
        sums[0] += argb >>> 24;
        for (int channel = 1; channel < 4; channel++) {
          sums[channel] += (double) (argb >>> 24) * (argb >> 24 - 8 * channel & 255);
        }
      }
    }
    for (int channel = 1; channel < 4; channel++) {
      sums[channel] /= Math.max(1, sums[0]);
    }
    sums[0] /= World.CELL * World.CELL;
    return sums;
  }

  @Test
  void onlyTheAreaOfAnObjectDiffersFromItsBackground() throws Exception {
    World world = World.load(24);
    ScenePainter painter = new ScenePainter(world, 32);
    Placement placement = new Placement(6, 3, 18, 17, 12, false, 256);
    byte[] empty = new byte[3 * 32 * 32];
    byte[] painted = new byte[3 * 32 * 32];
    painter.paint(new Scene(Background.SEA, List.of()), RandomStream.of(1, "noise"), empty);
    painter.paint(
        new Scene(Background.SEA, List.of(placement)), RandomStream.of(1, "noise"), painted);

    int changed = 0;
    for (int i = 0; i < painted.length; i++) {
      int x = i % 32;
      int y = i / 32 % 32;
      if (painted[i] != empty[i]) {
        assertThat(x).isBetween(18, 29);
        assertThat(y).isBetween(17, 28);
        changed++;
      }
    }
    assertThat(changed).isGreaterThan(150);
  }

  @Test
  void aMirroredObjectIsTheSameFromTheRight() throws Exception {
    World world = World.load(24);
    ScenePainter painter = new ScenePainter(world, 32);
    byte[] plain = new byte[3 * 32 * 32];
    byte[] mirrored = new byte[3 * 32 * 32];
    for (boolean mirror : new boolean[] {false, true}) {
      Placement placement = new Placement(4, 0, 0, 0, 32, mirror, 256);
      // The night has no stars where the fish is; only its inside is compared.
      painter.paint(
          new Scene(Background.NIGHT, List.of(placement)),
          RandomStream.of(1, "noise"),
          mirror ? mirrored : plain);
    }

    int[] alpha = world.pixels(4);
    int compared = 0;
    for (int i = 0; i < 32 * 32; i++) {
      if (alpha[i] >>> 24 == 255) {
        assertThat(mirrored[i / 32 * 32 + 31 - i % 32]).isEqualTo(plain[i]);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(200);
    assertThat(mirrored).isNotEqualTo(plain);
  }

  @Test
  void everyNounCanBeSeenOnMostBackgroundsAndEveryBackgroundShowsMostNouns() throws Exception {
    World world = World.load(World.MOST_NOUNS);
    for (Noun noun : world.nouns()) {
      assertThat(Background.values())
          .as(noun.singular())
          .filteredOn(background -> world.standsOut(noun.index(), background))
          .hasSizeGreaterThanOrEqualTo(3);
    }
    for (Background background : Background.values()) {
      // The smallest world has twelve nouns and scenes of up to four kinds.
      assertThat(world.nouns().subList(0, 12))
          .as(background.word())
          .filteredOn(noun -> world.standsOut(noun.index(), background))
          .hasSizeGreaterThanOrEqualTo(6);
    }
    assertThat(world.standsOut(42, Background.SNOW)).as("a cloud in the snow").isFalse();
  }

  @Test
  void theResourcesAreThoseThatTheCodeNames() throws Exception {
    Hasher hasher = Hashing.sha256().newHasher();
    for (String name : List.of("emoji.png", "emoji.tsv", "nouns.tsv")) {
      hasher.putBytes(Resources.toByteArray(Resources.getResource(World.class, name)));
    }

    assertThat(World.RESOURCES).isEqualTo(hasher.hash().toString());
  }

  @Test
  void theOtherArtistsPicturesAreThoseThatTheCodeNames() throws Exception {
    try (InputStream stream = World.class.getResourceAsStream("twemoji.png")) {
      byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
      assertThat(World.SHIFTED_RESOURCES).isEqualTo(Hashing.sha256().hashBytes(bytes).toString());
    }
  }

  @Test
  void backgroundsHaveTheirMeanColour() {
    byte[] image = new byte[3 * 32 * 32];
    for (Background background : Background.values()) {
      double[] means = new double[3];
      for (int i = 0; i < 200; i++) {
        background.paint(image, 32, RandomStream.of(1, "means", i));
        for (int channel = 0; channel < 3; channel++) {
          byte[] plane = Arrays.copyOfRange(image, channel * 1024, (channel + 1) * 1024);
          for (byte value : plane) {
            means[channel] += (value & 255) / (200.0 * 1024);
          }
        }
      }
      for (int channel = 0; channel < 3; channel++) {
        int stated = background.rgb() >> 16 - 8 * channel & 255;
        assertThat(means[channel]).as(background.word()).isCloseTo(stated, within(16.0));
      }
    }
  }
}
