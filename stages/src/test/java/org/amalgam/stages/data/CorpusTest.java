package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.StageFailure;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusTest {
  private Path directory = Path.of("");
  private CorpusDraft draft = GeneratedCorpus.EMPTY;

  @BeforeAll
  void generate(@TempDir Path shared) throws Exception {
    directory = shared;
    draft = GeneratedCorpus.SMALL.draft(32);
    GeneratedCorpus.write(GeneratedCorpus.SMALL, 32, "corpus", directory);
  }

  @Test
  void captionsAreReadAsTheyWereDrawn() throws Exception {
    try (Corpus corpus = Corpus.open(directory)) {
      for (Split split : Split.values()) {
        for (String source : corpus.sources(split)) {
          List<CorpusDraft.Caption> drawn = new ArrayList<>(draft.captions());
          drawn.removeIf(each -> each.split() != split || !each.source().equals(source));
          CaptionSet read = corpus.captions(source, split);
          assertThat(read.texts()).isEqualTo(drawn.stream().map(each -> each.text()).toList());
          assertThat(read.imageOf()).isEqualTo(drawn.stream().mapToInt(e -> e.image()).toArray());
          assertThat(read.signatures())
              .isEqualTo(drawn.stream().mapToInt(each -> each.signature()).toArray());
        }
      }
      assertThat(corpus.sources(Split.TRAIN))
          .containsExactly("alttext", "regions", "scenes", "stock");
      assertThat(corpus.sources(Split.TEST)).containsExactly("scenes");
    }
  }

  @Test
  void imagesAreReadAsTheyWerePainted() throws Exception {
    byte[] painted = new byte[3 * 32 * 32];
    byte[] read = new byte[7 + painted.length];
    try (Corpus corpus = Corpus.open(directory)) {
      ImageSet images = corpus.captions("scenes", Split.TEST).images();
      CorpusDraft.Images drawn = Objects.requireNonNull(draft.images().get("scenes.test"));
      assertThat(images.count()).isEqualTo(80);
      for (int i = 79; i >= 0; i -= 13) {
        drawn.paint(i, painted);
        images.copy(i, read, 7);
        assertThat(Arrays.copyOfRange(read, 7, read.length)).isEqualTo(painted);
      }
      assertThatThrownBy(() -> images.copy(80, read, 0))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("image 80 of 80");
    }
  }

  @Test
  void softTargetsFollowTheAnnotators() throws Exception {
    try (Corpus corpus = Corpus.open(directory)) {
      QuestionSet questions = corpus.questions(Split.VAL);
      float[] target = new float[questions.answerVocabulary().size()];
      SortedMap<Integer, Float> expected =
          new TreeMap<>(Map.of(0, 0f, 1, 0.3f, 2, 0.6f, 3, 0.9f, 8, 1f, 9, 1f, 10, 1f));
      List<CorpusDraft.Question> drawn = new ArrayList<>(draft.questions());
      drawn.removeIf(each -> each.split() != Split.VAL);
      for (int i = 0; i < questions.size(); i++) {
        questions.target(i, target, 0);
        for (int answer = 0; answer < target.length; answer++) {
          int agreeing = drawn.get(i).answers().getOrDefault(answer, 0);
          assertThat(target[answer]).isEqualTo(expected.get(agreeing));
          assertThat(questions.score(i, answer)).isEqualTo(target[answer]);
        }
      }
    }
  }

  /** The oracle: try every answer on every question of a type. */
  @Test
  void thePriorIsTheScoreOfTheBestSingleAnswer() throws Exception {
    try (Corpus corpus = Corpus.open(directory)) {
      QuestionSet questions = corpus.questions(Split.TEST);
      for (String type : new TreeSet<>(questions.types())) {
        double best = 0;
        for (int answer = 0; answer < questions.answerVocabulary().size(); answer++) {
          double sum = 0;
          int asked = 0;
          for (int i = 0; i < questions.size(); i++) {
            if (questions.types().get(i).equals(type)) {
              sum += questions.score(i, answer);
              asked++;
            }
          }
          best = Math.max(best, sum / asked);
        }
        assertThat(questions.priors().get(type)).isCloseTo(best, within(1e-6));
      }
      assertThat(questions.priors().get("all")).isBetween(0.25, 0.55);
    }
  }

  @Test
  void spritesCarryTheirLabels() throws Exception {
    try (Corpus corpus = Corpus.open(directory)) {
      LabelledSet sprites = corpus.sprites(Split.TRAIN);
      assertThat(sprites.nounNames()).hasSize(24).startsWith("dog", "cat");
      assertThat(sprites.backgroundNames())
          .containsExactly("grass", "sea", "sand", "snow", "night", "wall");
      assertThat(sprites.size()).isEqualTo(sprites.images().count()).isEqualTo(96);
      assertThat(Arrays.stream(sprites.nouns()).filter(noun -> noun == 3)).hasSize(4);
    }
  }

  @Test
  void theSameSettingsGiveTheSameBytes(@TempDir Path again) throws Exception {
    GeneratedCorpus.write(GeneratedCorpus.SMALL, 32, "corpus", again);

    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        assertThat(again.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }

  @Test
  void aDirectoryThatIsNoCorpusIsNamed(@TempDir Path empty) {
    assertThatThrownBy(() -> Corpus.open(empty))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining(empty + " is no corpus")
        .hasMessageContaining("give one of a corpus stage");
  }

  @Test
  void aSourceThatIsNotThereIsNamedWithThoseThatAre() throws Exception {
    try (Corpus corpus = Corpus.open(directory)) {
      assertThatThrownBy(() -> corpus.captions("stock", Split.TEST))
          .isInstanceOf(StageFailure.class)
          .hasMessageContaining("source stock has no captions in test; there are [scenes]");
    }
  }
}
