package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {
  /** Large enough for several stored blocks. */
  @Test
  void aPictureIsReadBackByOthers(@TempDir Path directory) throws Exception {
    int width = 211;
    int height = 160;
    byte[] rgb = new byte[3 * width * height];
    RandomStream random = RandomStream.of(1, "picture");
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(256);
    }
    Path path = directory.resolve("picture.png");

    PngFile.write(path, width, height, rgb);

    BufferedImage read = ImageIO.read(path.toFile());
    assertThat(read.getWidth()).isEqualTo(width);
    assertThat(read.getHeight()).isEqualTo(height);
    for (int i = 0; i < width * height; i++) {
      int expected = (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255;
      assertThat(read.getRGB(i % width, i / width) & 0xFFFFFF).isEqualTo(expected);
    }
  }
}
