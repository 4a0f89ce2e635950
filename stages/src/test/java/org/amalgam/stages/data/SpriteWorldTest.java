package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.Questions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The world at its default size. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpriteWorldTest {
  private static final int FIRST = 64;

  private CorpusDraft draft = GeneratedCorpus.EMPTY;

  @BeforeAll
  void draw() throws Exception {
    draft = GeneratedCorpus.DEFAULT.draft(32);
  }

  /** Changing any of these changes what everybody's models were trained on. */
  @Test
  void theFirstImagesOfEverySetAreTheSameOnEveryMachine() throws Exception {
    Map<String, String> digests = new LinkedHashMap<>();
    byte[] image = new byte[3 * 32 * 32];
    for (Map.Entry<String, CorpusDraft.Images> entry : draft.images().entrySet()) {
      Hasher hasher = Hashing.sha256().newHasher();
      for (int i = 0; i < FIRST; i++) {
        entry.getValue().paint(i, image);
        hasher.putBytes(image);
      }
      digests.put(entry.getKey(), hasher.hash().toString().substring(0, 16));
    }

    assertThat(digests)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("alttext.train", "3454376b7607842d"),
                Map.entry("regions.train", "6496d7ce5e9a52c7"),
                Map.entry("scenes.test", "651831b07354d4d5"),
                Map.entry("scenes.train", "7316da5b95f10710"),
                Map.entry("scenes.val", "d86de254ab1aef13"),
                Map.entry("sprites.test", "2b613d400aa180f0"),
                Map.entry("sprites.train", "33a62da314938680"),
                Map.entry("sprites.val", "dc8cd48e38d4c558"),
                Map.entry("stock.train", "9562fe9fd304b5af"),
                Map.entry("vqa.test", "657cd2f720908ca1"),
                Map.entry("vqa.train", "e59c33239aaae079"),
                Map.entry("vqa.val", "4a48d35659d21223")));
  }

  @Test
  void theFirstTextsOfEverySetAreTheSameOnEveryMachine() {
    SortedMap<String, Hasher> hashers = new TreeMap<>();
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (CorpusDraft.Caption each : draft.captions()) {
      add(hashers, counts, each.images(), each.text() + " " + each.signature());
    }
    for (CorpusDraft.Question each : draft.questions()) {
      add(hashers, counts, each.images(), each.text() + each.answers());
    }
    for (CorpusDraft.Label each : draft.labels()) {
      add(hashers, counts, each.images(), each.noun() + " " + each.background());
    }
    Map<String, String> digests = new LinkedHashMap<>();
    hashers.forEach((name, hasher) -> digests.put(name, hasher.hash().toString().substring(0, 16)));

    assertThat(digests)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("alttext.train", "8f5a95d75659452b"),
                Map.entry("regions.train", "0d55126ca82fa674"),
                Map.entry("scenes.test", "e8f114b6a71f82a8"),
                Map.entry("scenes.train", "7b19ecda947aafb3"),
                Map.entry("scenes.val", "9c9fb861b6a4e110"),
                Map.entry("sprites.test", "da3fcc938fd05b63"),
                Map.entry("sprites.train", "ea80eef543afa0ad"),
                Map.entry("sprites.val", "dfd2d677c0470ad5"),
                Map.entry("stock.train", "891b2f8064590793"),
                Map.entry("vqa.test", "51bfef037c9c84ca"),
                Map.entry("vqa.train", "90b4bc009fb6469e"),
                Map.entry("vqa.val", "c82620aefc6d267b")));
  }

  private static void add(
      SortedMap<String, Hasher> hashers,
      SortedMap<String, Integer> counts,
      String name,
      String text) {
    if (counts.merge(name, 1, Integer::sum) <= FIRST) {
      hashers
          .computeIfAbsent(name, key -> Hashing.sha256().newHasher())
          .putString(text + "\n", StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyTextFitsTheLengthThatModelsReserve() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();
    int longest = 0;
    for (CorpusDraft.Caption each : draft.captions()) {
      int length = tokenizer.encode(each.text(), 99).length;
      assertThat(length).as(each.text()).isLessThanOrEqualTo(SpriteWorld.LONGEST_TEXT);
      longest = Math.max(longest, length);
    }
    for (CorpusDraft.Question each : draft.questions()) {
      assertThat(tokenizer.encode(each.text(), 99).length)
          .as(each.text())
          .isLessThanOrEqualTo(SpriteWorld.LONGEST_TEXT);
    }
    assertThat(longest).isEqualTo(SpriteWorld.LONGEST_TEXT);
  }

  @Test
  void everyWordOfAScenesTextIsOnePiece() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();
    for (CorpusDraft.Caption each : draft.captions()) {
      if (!each.source().equals("alttext")) {
        assertThat(tokenizer.encode(each.text(), 99))
            .as(each.text())
            .hasSize(each.text().split(" ").length + 2);
      }
    }
  }

  @Test
  void heldOutScenesAreLikeNoOther() {
    Map<Integer, String> owners = new LinkedHashMap<>();
    for (CorpusDraft.Caption each : draft.captions()) {
      String owner = each.split() == Split.TRAIN ? "train" : each.images() + " " + each.image();
      assertThat(owners.merge(each.signature(), owner, (before, now) -> before))
          .as("content of %s", owner)
          .isEqualTo(owner);
    }
  }

  @Test
  void theCaptionsOfASceneAreDifferentAndAsManyAsAsked() {
    SortedMap<String, Set<String>> texts = new TreeMap<>();
    for (CorpusDraft.Caption each : draft.captions()) {
      if (each.source().equals("scenes")) {
        texts
            .computeIfAbsent(each.images() + " " + each.image(), key -> new TreeSet<>())
            .add(each.text());
      }
    }

    assertThat(texts).hasSize(4_600);
    assertThat(texts.values()).allSatisfy(each -> assertThat(each).hasSize(5));
  }

  /** So the question alone tells nothing about the answer. */
  @Test
  void everyQuestionIsAskedAsOftenWithEachOfItsAnswers() {
    SortedMap<String, SortedMap<String, Integer>> truths = new TreeMap<>();
    SortedMap<String, Integer> types = new TreeMap<>();
    for (CorpusDraft.Question each : draft.questions()) {
      truths
          .computeIfAbsent(each.split() + " " + each.text(), key -> new TreeMap<>())
          .merge(truth(each), 1, Integer::sum);
      types.merge(each.type(), 1, Integer::sum);
    }

    for (Map.Entry<String, SortedMap<String, Integer>> entry : truths.entrySet()) {
      SortedSet<Integer> frequencies = new TreeSet<>(entry.getValue().values());
      assertThat(frequencies).as(entry.toString()).hasSize(1);
      assertThat(entry.getValue()).as(entry.getKey()).hasSizeGreaterThan(1);
    }
    assertThat(types)
        .containsEntry("fits", 3_240)
        .containsEntry("exists", 2_160)
        .containsEntry("count", 2_160)
        .containsEntry("place", 2_160)
        .containsEntry("background", 1_080);
  }

  private String truth(CorpusDraft.Question question) {
    for (Map.Entry<Integer, Integer> entry : question.answers().entrySet()) {
      if (entry.getValue() >= 8) {
        return draft.answers().get(entry.getKey());
      }
    }
    throw new AssertionError("no answer has eight of ten annotators: " + question);
  }

  @Test
  void tenAnnotatorsAnswerAndTwoAtMostDissent() {
    assertThat(draft.questions())
        .allSatisfy(
            each -> {
              List<Integer> counts = List.copyOf(each.answers().values());
              assertThat(counts.stream().mapToInt(count -> count).sum()).isEqualTo(10);
              assertThat(counts.stream().mapToInt(count -> count).max().orElse(0))
                  .isGreaterThanOrEqualTo(8);
            });
  }

  @Test
  void noTwoImagesOfTheQuestionsAreTheSame() throws Exception {
    Set<ByteBuffer> seen = new HashSet<>();
    for (String name : List.of("vqa.train", "vqa.val", "vqa.test")) {
      CorpusDraft.Images images = draft.images().getOrDefault(name, GeneratedCorpus.NO_IMAGES);
      for (int i = 0; i < images.count(); i++) {
        byte[] image = new byte[3 * 32 * 32];
        images.paint(i, image);
        assertThat(seen.add(ByteBuffer.wrap(image))).as("%s %s", name, i).isTrue();
      }
    }
    assertThat(seen).hasSize(10_800);
  }

  @Test
  void anotherSeedIsAnotherWorld() throws Exception {
    SpriteWorld other =
        new SpriteWorld(
            2,
            24,
            300,
            5,
            100,
            4,
            100,
            400,
            40,
            80,
            900,
            300,
            300,
            96,
            48,
            List.of(Questions.Type.values()));

    assertThat(other.draft(32).captions()).isNotEqualTo(GeneratedCorpus.SMALL.draft(32).captions());
  }

  @Test
  void theLargestWorldCanBeDrawnInOtherSizesOfImages() throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1,
            48,
            20,
            5,
            20,
            6,
            20,
            20,
            5,
            5,
            60,
            60,
            60,
            48,
            48,
            List.of(Questions.Type.values()));
    byte[] image = new byte[3 * 48 * 48];
    CorpusDraft drawn = world.draft(48);
    for (CorpusDraft.Images images : drawn.images().values()) {
      for (int i = 0; i < images.count(); i++) {
        images.paint(i, image);
      }
    }
    assertThat(drawn.nouns()).hasSize(48).contains("castle", "ball");
  }

  @Test
  void moreHeldOutScenesThanThereAreAreRefused() {
    SpriteWorld world =
        new SpriteWorld(
            1, 12, 1, 1, 0, 1, 0, 0, 1, 9_000, 0, 0, 0, 0, 0, List.of(Questions.Type.values()));

    assertThatThrownBy(() -> world.draft(32))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("of 9000 could be drawn for test; raise nouns");
  }
}
