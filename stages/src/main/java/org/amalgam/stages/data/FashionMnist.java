package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.image.Bicubic;

/**
 * Real photographs of products with ten classes (Fashion-MNIST, Xiao et al. 2017), resized
 * bicubically from 28 by 28 pixels. The held-out split to choose settings by is the end of the
 * training file.
 */
public record FashionMnist(
    @Doc("Directory of the four idx files, compressed or not; Debian's dataset-fashion-mnist.")
        @Default("/usr/share/datasets/fashion-mnist")
        String directory,
    @Doc("Photographs to train on.") @Default("5000") @Range(min = 1, max = 60_000) int photos,
    @Doc("Photographs in each held-out split.") @Default("1000") @Range(min = 1, max = 10_000)
        int heldOutPhotos)
    implements CorpusSource {
  private static final List<String> CLASSES =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  @Override
  public List<Path> externals() {
    return List.of(Path.of(directory));
  }

  @Override
  public CorpusDraft draft(int imageSize) throws IOException, StageFailure {
    SortedMap<String, CorpusDraft.Images> images = new TreeMap<>();
    List<CorpusDraft.Label> labels = new ArrayList<>();
    IdxFile trainImages = read("train-images-idx3-ubyte", 3);
    IdxFile trainLabels = read("train-labels-idx1-ubyte", 1);
    IdxFile testImages = read("t10k-images-idx3-ubyte", 3);
    IdxFile testLabels = read("t10k-labels-idx1-ubyte", 1);
    int count = trainImages.count();
    if (photos + heldOutPhotos > count) {
      throw new StageFailure(
          directory
              + ": photos and held-out-photos are "
              + (photos + heldOutPhotos)
              + " in all, the training file has "
              + count);
    }
    add(Split.TRAIN, 0, photos, trainImages, trainLabels, images, labels, imageSize);
    int from = count - heldOutPhotos;
    add(Split.VAL, from, heldOutPhotos, trainImages, trainLabels, images, labels, imageSize);
    int held = Math.min(heldOutPhotos, testImages.count());
    add(Split.TEST, 0, held, testImages, testLabels, images, labels, imageSize);
    return new CorpusDraft(
        images,
        List.of(),
        List.of(),
        labels,
        List.of(),
        CLASSES,
        List.of("plain"),
        List.of("Photographs: Fashion-MNIST, (c) Zalando SE, MIT License."));
  }

  private IdxFile read(String name, int dimensions) throws IOException, StageFailure {
    return IdxFile.read(Path.of(directory), name, dimensions);
  }

  private static void add(
      Split split,
      int from,
      int count,
      IdxFile photos,
      IdxFile classes,
      SortedMap<String, CorpusDraft.Images> images,
      List<CorpusDraft.Label> labels,
      int imageSize)
      throws StageFailure {
    String name = "photos." + split.label();
    for (int i = 0; i < count; i++) {
      int label = classes.bytes()[from + i] & 255;
      if (label >= CLASSES.size()) {
        throw new StageFailure(
            classes.path() + ": label " + label + " of item " + (from + i) + " is not 0 to 9");
      }
      labels.add(new CorpusDraft.Label(split, name, i, label, 0));
    }
    images.put(
        name,
        new CorpusDraft.Images() {
          @Override
          public int count() {
            return count;
          }

          @Override
          public void paint(int index, byte[] into) {
            for (int channel = 0; channel < 3; channel++) {
              int at = (from + index) * photos.width() * photos.height();
              Bicubic.resize(
                  photos.bytes(), at, photos.width(), photos.height(), into, channel, imageSize);
            }
          }
        });
  }
}
