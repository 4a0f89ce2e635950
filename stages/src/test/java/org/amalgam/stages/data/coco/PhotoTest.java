package org.amalgam.stages.data.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.image.Bicubic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhotoTest {
  @TempDir private Path directory = Path.of("");

  /** The numbers are those of Pillow 12's {@code Image.resize(size, BICUBIC)}. */
  @Test
  void resizingDoesWhatPillowDoes() {
    byte[] plane = new byte[11 * 7];
    for (int i = 0; i < plane.length; i++) {
      int x = i % 11;
      int y = i / 11;
      plane[i] = (byte) ((x * 37 + y * 91 + x * y * 13) % 256);
    }
    byte[] smaller = new byte[16];
    byte[] mixed = new byte[81];

    Bicubic.resize(plane, 0, 11, 7, smaller, 0, 4);
    Bicubic.resize(plane, 0, 11, 7, mixed, 0, 9);

    assertThat(unsigned(smaller))
        .containsExactly(
            89, 137, 134, 87, 149, 149, 135, 131, 118, 140, 129, 143, 100, 152, 139, 141);
    assertThat(Arrays.copyOf(unsigned(mixed), 18))
        .containsExactly(
            0, 44, 89, 142, 200, 167, 0, 63, 112, 60, 121, 199, 99, 104, 159, 159, 81, 75);
  }

  private static int[] unsigned(byte[] bytes) {
    int[] values = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      values[i] = bytes[i] & 255;
    }
    return values;
  }

  @Test
  void coloursAndGreyLevelsAreKept() throws Exception {
    BufferedImage colour = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
    BufferedImage grey = new BufferedImage(5, 3, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 15; i++) {
      colour.setRGB(i % 5, i / 5, 0x204080);
      grey.getRaster().setSample(i % 5, i / 5, 0, 0x40);
    }
    byte[] into = new byte[3 * 4 * 4];

    Photo.read(written(colour, "png"), 4, into);
    assertThat(Arrays.copyOfRange(into, 0, 16)).containsOnly(0x20);
    assertThat(Arrays.copyOfRange(into, 16, 32)).containsOnly(0x40);
    assertThat(Arrays.copyOfRange(into, 32, 48)).containsOnly((byte) 0x80);

    Photo.read(written(grey, "png"), 4, into);
    assertThat(into).containsOnly(0x40);
  }

  private Path written(BufferedImage image, String format) throws IOException {
    Path path = directory.resolve("image." + format);
    ImageIO.write(image, format, path.toFile());
    return path;
  }

  @Test
  void aMissingImageIsNamed() {
    Path path = directory.resolve("nowhere.jpg");

    assertThatThrownBy(() -> Photo.read(path, 4, new byte[48]))
        .isInstanceOf(StageFailure.class)
        .hasMessage("image " + path + " is missing; unpack the images there");
  }

  @Test
  void anImageThatWasCutShortIsNamed() throws Exception {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, i * 7919);
    }
    for (String format : new String[] {"jpg", "png"}) {
      Path path = written(image, format);
      byte[] whole = Files.readAllBytes(path);
      for (int length : new int[] {whole.length / 2, 40, 3, 0}) {
        Files.write(path, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> Photo.read(path, 4, new byte[48]))
            .as("%s of %s bytes", format, length)
            .isInstanceOf(StageFailure.class)
            .hasMessageStartingWith("image " + path + " cannot be decoded (")
            .hasMessageEndingWith("get it again or convert it to RGB JPEG");
      }
    }
  }
}
