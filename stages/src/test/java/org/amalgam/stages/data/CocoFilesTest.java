package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.coco.Photo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On ten small pictures laid out as COCO is, with thirty questions as VQAv2 has them. */
class CocoFilesTest {
  private static final String CAPTIONS = "coco/karpathy/dataset_coco.json";
  private static final String PHOTO = "coco/train2014/COCO_train2014_000000000107.jpg";
  private static final String ANNOTATIONS = "vqav2/v2_mscoco_val2014_annotations.json";

  @TempDir private Path files = Path.of("");
  @TempDir private Path output = Path.of("");

  @BeforeEach
  void copyTheFixtures() throws Exception {
    Path from = Path.of(Resources.getResource(CocoFilesTest.class, "fixtures").toURI());
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path to = files.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to);
        }
      }
    }
  }

  private CocoFiles settings() {
    List<String> roots =
        List.of(files.resolve("coco").toString(), files.resolve("f30k").toString());
    return new CocoFiles(roots, files.resolve("vqav2").toString(), 1);
  }

  @Test
  void captionsAndPhotosArePackedBySplit() throws Exception {
    GeneratedCorpus.write(settings(), 24, "corpus", output);

    byte[] read = new byte[3 * 24 * 24];
    byte[] expected = new byte[3 * 24 * 24];
    try (Corpus corpus = Corpus.open(output)) {
      assertThat(corpus.imageSize()).isEqualTo(24);
      assertThat(corpus.sources(Split.TEST)).containsExactly("coco", "flickr30k");
      CaptionSet train = corpus.captions("coco", Split.TRAIN);
      assertThat(train.images().count()).as("four of train and two of restval").isEqualTo(6);
      assertThat(train.size()).isEqualTo(30);
      assertThat(train.texts().get(1)).isEqualTo("A pizza to the left of a donut on the sand.");
      assertThat(train.imageOf()[9]).isEqualTo(1);
      train.images().copy(1, read, 0);
      Photo.read(files.resolve(PHOTO), 24, expected);
      assertThat(read).isEqualTo(expected);
      assertThat(corpus.captions("flickr30k", Split.VAL).images().count()).isEqualTo(2);
    }
  }

  @Test
  void questionsFollowTheSplitOfTheirImages() throws Exception {
    GeneratedCorpus.write(settings(), 24, "bert", output);

    try (Corpus corpus = Corpus.open(output)) {
      QuestionSet train = corpus.questions(Split.TRAIN);
      assertThat(train.size()).as("twelve, and six about images of restval").isEqualTo(18);
      assertThat(train.texts()).contains("Is there a pizza in the picture?");
      assertThat(train.answerVocabulary().get(0)).as("the most frequent").isEqualTo("no");
      int pizza = train.texts().indexOf("Is there a pizza in the picture?");
      assertThat(train.score(pizza, train.answerVocabulary().indexOf("yes"))).isEqualTo(1);
      assertThat(train.types().get(pizza)).isEqualTo("yes/no");
      assertThat(train.images().count()).isEqualTo(6);
      assertThat(corpus.questions(Split.VAL).size()).isEqualTo(6);
      assertThat(corpus.tokenizer().size()).isEqualTo(30_522);
    }
  }

  @Test
  void rareAnswersAreLeftOut() throws Exception {
    CocoFiles strict = new CocoFiles(settings().roots(), settings().vqaRoot(), 3);

    assertThat(settings().draft(24).answers()).hasSizeGreaterThan(5);
    assertThat(strict.draft(24).answers()).containsExactly("no", "yes");
  }

  @Test
  void externalFilesAreKnownBeforeTheRun() {
    assertThat(settings().externals())
        .containsExactly(
            files.resolve("coco"),
            files.resolve("f30k"),
            files.resolve("vqav2/v2_OpenEnded_mscoco_train2014_questions.json"),
            files.resolve("vqav2/v2_mscoco_train2014_annotations.json"),
            files.resolve("vqav2/v2_OpenEnded_mscoco_val2014_questions.json"),
            files.resolve("vqav2/v2_mscoco_val2014_annotations.json"));
  }

  @Test
  void aCorruptPhotoIsNamedAndNothingIsLeft() throws Exception {
    Path photo = files.resolve(PHOTO);
    Files.write(photo, new byte[] {1, 2, 3});

    assertFailure("image " + photo + " cannot be decoded", "get it again");
    assertThat(output.resolve(CorpusFiles.IMAGES)).doesNotExist();
  }

  @Test
  void aMissingPhotoIsNamed() throws Exception {
    Files.delete(files.resolve(PHOTO));

    assertFailure("image " + files.resolve(PHOTO) + " is missing; unpack the images there");
  }

  @Test
  void brokenJsonIsNamedWithItsLine() throws Exception {
    Path captions = files.resolve(CAPTIONS);
    Files.writeString(captions, Files.readString(captions).substring(0, 500));

    assertFailure(captions + ", line 1, column ", "download it again");
  }

  @Test
  void anEmptyCaptionIsNamed() throws Exception {
    replace(CAPTIONS, "A pizza to the left of a donut on the sand.", "  ");

    assertFailure(
        files.resolve(CAPTIONS)
            + ", image 0 (COCO_train2014_000000000100.jpg), caption 1: is empty");
  }

  @Test
  void anUnknownSplitIsNamed() throws Exception {
    replace(CAPTIONS, "\"restval\"", "\"extra\"");

    assertFailure("the split of COCO_val2014_000000000128.jpg is extra");
  }

  @Test
  void aQuestionWithoutAnnotationIsNamed() throws Exception {
    replace(ANNOTATIONS, "\"question_id\": 128000", "\"question_id\": 7");

    assertFailure(files.resolve(ANNOTATIONS) + ": question 128000 has no answers there");
  }

  @Test
  void aQuestionAboutNoImageIsNamed() throws Exception {
    replace(CAPTIONS, "\"cocoid\": 128", "\"cocoid\": 129");

    assertFailure("a question of val2014 is about image 128, which no root has");
  }

  @Test
  void aRootWithoutCaptionsIsNamed() throws Exception {
    Files.delete(files.resolve(CAPTIONS));

    assertFailure(files.resolve("coco/karpathy") + " has no JSON file");
  }

  @Test
  void noRootAtAllIsRefused() {
    assertThatThrownBy(() -> new CocoFiles(List.of(), "", 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("roots is empty");
  }

  private void replace(String file, String from, String to) throws IOException {
    Path path = files.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(from);
    Files.writeString(path, text.replace(from, to));
  }

  private void assertFailure(String... parts) {
    assertThatThrownBy(() -> GeneratedCorpus.write(settings(), 24, "corpus", output))
        .isInstanceOf(StageFailure.class)
        .hasMessageContainingAll(parts);
  }
}
