package org.amalgam.stages.data.coco;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.image.Bicubic;
import org.jspecify.annotations.Nullable;

/** Decodes pictures (JPEG, PNG, GIF, BMP) and makes them square. */
public final class Photo {
  private Photo() {}

  /**
   * Reads a picture and squashes it to a square, as vision-language models usually do with photos.
   *
   * @param size side of the square in pixels
   * @param into at least 3 * size * size bytes: red, green, blue planes
   * @throws StageFailure if the file is missing or cannot be decoded
   */
  public static void read(Path path, int size, byte[] into) throws StageFailure {
    BufferedImage image = decode(path);
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] planes = planes(image);
    for (int channel = 0; channel < 3; channel++) {
      Bicubic.resize(planes, channel * width * height, width, height, into, channel, size);
    }
  }

  private static BufferedImage decode(Path path) throws StageFailure {
    if (!Files.isRegularFile(path)) {
      throw new StageFailure("image " + path + " is missing; unpack the images there");
    }
    AtomicBoolean cutShort = new AtomicBoolean();
    try (ImageInputStream stream = ImageIO.createImageInputStream(path.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw broken(path, "it is no JPEG, PNG, GIF or BMP", null);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        // A JPEG that was cut short is filled up with grey, and only warned of.
        reader.addIIOReadWarningListener(
            (source, text) -> cutShort.compareAndSet(false, saysCutShort(text)));
        BufferedImage image = reader.read(0);
        if (cutShort.get()) {
          throw broken(path, "it was cut short", null);
        }
        return image;
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // Readers throw all kinds of exceptions at unsound files.
      throw broken(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean saysCutShort(String warning) {
    return warning.contains("Truncated File") || warning.contains("premature end");
  }

  private static StageFailure broken(Path path, String why, @Nullable Exception cause) {
    String message =
        "image "
            + path
            + " cannot be decoded ("
            + why
            + "); get it again or convert it to RGB JPEG";
    return cause == null ? new StageFailure(message) : new StageFailure(message, cause);
  }

  private static byte[] planes(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int plane = width * height;
    byte[] planes = new byte[3 * plane];
    // getRGB would take grey levels for linear light and brighten them.
    boolean grey =
        image.getRaster().getNumBands() <= 2
            && image.getRaster().getSampleModel().getSampleSize(0) == 8
            && !(image.getColorModel() instanceof IndexColorModel);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      if (grey) {
        image.getRaster().getSamples(0, y, width, 1, 0, row);
      } else {
        image.getRGB(0, y, width, 1, row, 0, width);
      }
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int value = grey ? row[x] : row[x] >> 16 - 8 * channel;
          planes[channel * plane + y * width + x] = (byte) value;
        }
      }
    }
    return planes;
  }
}
