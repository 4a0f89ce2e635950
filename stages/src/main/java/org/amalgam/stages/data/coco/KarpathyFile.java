package org.amalgam.stages.data.coco;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.jspecify.annotations.Nullable;

/**
 * Captions in the format of Karpathy and Fei-Fei (2015): {@code dataset_coco.json}, {@code
 * dataset_flickr30k.json}, and whatever is converted to it.
 *
 * @param dataset its name: "coco"
 */
public record KarpathyFile(String dataset, List<Entry> entries) {
  /**
   * An image.
   *
   * @param file where it is
   * @param split train, restval, val or test
   * @param cocoId its number in COCO, which VQAv2 uses; -1 if there is none
   * @param captions at least one
   */
  public record Entry(Path file, String split, long cocoId, List<String> captions) {}

  private record Raw(@Nullable String dataset, @Nullable List<RawImage> images) {}

  private record RawImage(
      @Nullable String filepath,
      @Nullable String filename,
      @Nullable String split,
      @Nullable Long cocoid,
      @Nullable List<RawSentence> sentences) {}

  private record RawSentence(
      @Nullable String raw, @JsonProperty("sentid") @Nullable Long sentenceId) {}

  /**
   * Reads a file.
   *
   * @param root the directory that paths of images start from; Flickr30k, which gives no paths, has
   *     its images in {@code flickr30k-images} below it
   */
  public static KarpathyFile read(Path path, Path root) throws IOException, StageFailure {
    Raw raw = JsonFile.read(path, Raw.class);
    if (raw.images() == null || raw.dataset() == null) {
      throw new StageFailure(
          path + ": has no \"images\" or no \"dataset\"; give a file in Karpathy's format");
    }
    List<Entry> entries = new ArrayList<>();
    for (RawImage image : raw.images()) {
      entries.add(entry(path, root, raw.dataset(), image, entries.size()));
    }
    return new KarpathyFile(raw.dataset(), List.copyOf(entries));
  }

  private static Entry entry(Path path, Path root, String dataset, RawImage image, int number)
      throws StageFailure {
    String where = path + ", image " + number;
    if (image.filename() == null || image.split() == null) {
      throw new StageFailure(where + ": has no \"filename\" or no \"split\"; mend or remove it");
    }
    where += " (" + image.filename() + ")";
    if (image.sentences() == null || image.sentences().isEmpty()) {
      throw new StageFailure(where + ": has no captions; add some or remove it");
    }
    List<String> captions = new ArrayList<>();
    for (RawSentence sentence : image.sentences()) {
      if (sentence.raw() == null || sentence.raw().isBlank()) {
        throw new StageFailure(
            where + ", caption " + sentence.sentenceId() + ": is empty; mend or remove it");
      }
      captions.add(sentence.raw().strip().replaceAll("\\s+", " "));
    }
    String directory = image.filepath();
    if (directory == null) {
      directory = dataset.equals("flickr30k") ? "flickr30k-images" : "";
    }
    long cocoId = image.cocoid() == null ? -1 : image.cocoid();
    Path file = root.resolve(directory).resolve(image.filename());
    return new Entry(file, image.split(), cocoId, List.copyOf(captions));
  }
}
