package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.Questions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusStageTest {
  private static final SpriteWorld TINY =
      new SpriteWorld(
          1, 24, 20, 2, 5, 2, 5, 5, 5, 5, 30, 30, 30, 24, 24, List.of(Questions.Type.values()));

  @TempDir private Path directory = Path.of("");

  @Test
  void progressCountsImages() throws Exception {
    List<String> log = GeneratedCorpus.write(TINY, 32, "corpus", directory);

    int images = 0;
    for (CorpusDraft.Images each : TINY.draft(32).images().values()) {
      images += each.count();
    }
    assertThat(log).endsWith(images + " of " + images + " image");
  }

  @Test
  void aVocabularyOfTheUsersIsUsed() throws Exception {
    Path vocabulary = directory.resolve("words.txt");
    Files.writeString(vocabulary, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\ndog\n\",\n");

    GeneratedCorpus.write(TINY, 32, vocabulary.toString(), directory);

    try (Corpus corpus = Corpus.open(directory)) {
      assertThat(corpus.tokenizer().encode("a dog", 9)).containsExactly(2, 5, 6, 3);
      assertThat(corpus.tokenizer().pieces()).hasSize(8).endsWith("\",");
    }
    CorpusSettings settings = new CorpusSettings("any", TINY, 32, vocabulary.toString());
    assertThat(new CorpusStage().externals(settings)).containsExactly(vocabulary);
  }

  @Test
  void aVocabularyThatIsMissingIsNamed() {
    assertThatThrownBy(() -> GeneratedCorpus.write(TINY, 32, "/no/where.txt", directory))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("vocabulary /no/where.txt is missing");
  }

  @Test
  void theSummaryStatesWhoseWorkItIs() throws Exception {
    GeneratedCorpus.write(TINY, 32, "corpus", directory);

    assertThat(directory.resolve(CorpusFiles.SUMMARY))
        .content()
        .contains("Noto Emoji", "Unicode CLDR", "BERT", "\"longest-text\"", "\"priors\"");
    assertThat(directory.resolve(CorpusFiles.SAMPLES)).content().contains("-> ", "scenes.train");
  }
}
