package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.ScenePainter;
import org.amalgam.stages.data.world.SceneSampler;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.data.world.World;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The sets of NLVR2's, Flickr30k's and ADE20k's roles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpriteTasksTest {
  private static final SpriteWorld WORLD =
      new SpriteWorld(
          1,
          24,
          60,
          2,
          10,
          2,
          10,
          10,
          10,
          10,
          0,
          0,
          0,
          24,
          24,
          List.of(Questions.Type.FITS),
          1200,
          600,
          List.of(Statements.Template.values()),
          300,
          100,
          64,
          32);

  private CorpusDraft draft = GeneratedCorpus.EMPTY;

  @BeforeAll
  void draw() throws Exception {
    draft = WORLD.draft(32);
  }

  /** Changing any of these changes what everybody's models were tuned on. */
  @Test
  void theFirstImagesAndTextsAreTheSameOnEveryMachine() throws Exception {
    Map<String, String> digests = new LinkedHashMap<>();
    for (String name : List.of("statements.test", "shifted.test", "segments.test")) {
      Hasher hasher = Hashing.sha256().newHasher();
      byte[] image = new byte[3 * 32 * 32];
      for (int i = 0; i < 32; i++) {
        draft.images().getOrDefault(name, GeneratedCorpus.NO_IMAGES).paint(i, image);
        hasher.putBytes(image);
      }
      digests.put(name, hasher.hash().toString().substring(0, 16));
    }
    Hasher masks = Hashing.sha256().newHasher();
    byte[] mask = new byte[32 * 32];
    for (int i = 0; i < 32; i++) {
      draft.tasks().masks().getOrDefault("segments.test", GeneratedCorpus.NO_IMAGES).paint(i, mask);
      masks.putBytes(mask);
    }
    digests.put("masks", masks.hash().toString().substring(0, 16));
    Hasher texts = Hashing.sha256().newHasher();
    for (CorpusDraft.Statement each : draft.tasks().statements()) {
      texts.putString(each.text() + each.truth() + "\n", StandardCharsets.UTF_8);
    }
    for (CorpusDraft.Caption each : shifted()) {
      texts.putString(each.text() + "\n", StandardCharsets.UTF_8);
    }
    digests.put("texts", texts.hash().toString().substring(0, 16));

    assertThat(digests)
        .isEqualTo(
            Map.of(
                "statements.test", "8678ea4d631b2897",
                "shifted.test", "19ccf99337527a42",
                "segments.test", "e12ee4806be3fa46",
                "masks", "c6b58b30d87a6fe7",
                "texts", "052c48e6c11e79f8"));
  }

  private List<CorpusDraft.Caption> shifted() {
    return draft.captions().stream().filter(each -> each.source().equals("shifted")).toList();
  }

  /** So words alone are worth one half, whatever reads them. */
  @Test
  void everyStatementIsTrueAsOftenAsItIsFalse() {
    SortedMap<String, Integer> balance = new TreeMap<>();
    for (CorpusDraft.Statement each : draft.tasks().statements()) {
      balance.merge(each.split() + each.text(), each.truth() ? 1 : -1, Integer::sum);
    }

    assertThat(draft.tasks().statements()).hasSize(2_400);
    assertThat(balance.values()).containsOnly(0);
    assertThat(draft.tasks().statements().stream().map(each -> each.template()).distinct())
        .hasSize(6);
  }

  @Test
  void everyTextOfTheTasksFitsTheLengthThatModelsReserve() throws Exception {
    Tokenizer tokenizer = Vocabulary.bert();
    List<String> texts = new ArrayList<>();
    draft.tasks().statements().forEach(each -> texts.add(each.text()));
    shifted().forEach(each -> texts.add(each.text()));
    for (String text : texts) {
      assertThat(tokenizer.encode(text, 99))
          .as(text)
          .hasSize(text.split(" ").length + 2)
          .hasSizeLessThanOrEqualTo(SpriteWorld.LONGEST_TEXT);
    }
  }

  @Test
  void shiftedCaptionsAreNoSentencesOfTheOthers() {
    Set<String> others = new TreeSet<>();
    for (CorpusDraft.Caption each : draft.captions()) {
      if (!each.source().equals("shifted")) {
        others.add(each.text());
      }
    }

    assertThat(shifted()).hasSize(2 * 500);
    assertThat(shifted()).noneMatch(each -> others.contains(each.text()));
  }

  @Test
  void heldOutShiftedScenesAreLikeNoOther() {
    Map<Integer, String> owners = new LinkedHashMap<>();
    for (CorpusDraft.Caption each : shifted()) {
      String owner = each.split() == Split.TRAIN ? "train" : each.images() + " " + each.image();
      assertThat(owners.merge(each.signature(), owner, (before, now) -> before)).isEqualTo(owner);
    }
  }

  @Test
  void theOtherArtistDrawsOtherPictures() throws Exception {
    byte[] shifted = new byte[3 * 32 * 32];
    byte[] plain = new byte[3 * 32 * 32];
    var noto = World.load(48);
    var other = World.loadByAnotherArtist(48);
    assertThat(other.nouns()).isEqualTo(noto.nouns());
    for (int noun = 0; noun < 48; noun++) {
      var random = RandomStream.of(1, "test");
      var scene = new SceneSampler(other, 32).alone(noun, 24, 24, random);
      var noise = RandomStream.of(2, "noise");
      new ScenePainter(other, 32).paint(scene, noise, shifted);
      noise = RandomStream.of(2, "noise");
      new ScenePainter(noto, 32).paint(scene, noise, plain);
      assertThat(shifted).as(noto.nouns().get(noun).singular()).isNotEqualTo(plain);
    }
  }

  @Test
  void masksNameTheBackgroundAndTheThingsAboveIt() throws Exception {
    CorpusDraft.Images masks =
        draft.tasks().masks().getOrDefault("segments.train", GeneratedCorpus.NO_IMAGES);
    byte[] mask = new byte[32 * 32];
    assertThat(draft.tasks().segments()).hasSize(6 + 24).startsWith("grass", "sea", "sand");
    for (int i = 0; i < masks.count(); i++) {
      masks.paint(i, mask);
      Set<Integer> backgrounds = new TreeSet<>();
      Set<Integer> things = new TreeSet<>();
      for (byte each : mask) {
        (each < 6 ? backgrounds : things).add((int) each);
      }
      assertThat(backgrounds).hasSize(1);
      assertThat(things).hasSizeBetween(1, 3).allMatch(each -> each < 30);
    }
  }

  @Test
  void theTasksAreReadAsTheyWereDrawn(@TempDir Path directory) throws Exception {
    GeneratedCorpus.write(WORLD, 32, "corpus", directory);
    try (Corpus corpus = Corpus.open(directory)) {
      StatementSet statements = corpus.statements(Split.VAL);
      assertThat(statements.size()).isEqualTo(600);
      assertThat(statements.images().count()).isEqualTo(1_200);
      CorpusDraft.Statement drawn =
          draft.tasks().statements().stream()
              .filter(each -> each.split() == Split.VAL)
              .skip(17)
              .findFirst()
              .orElseThrow();
      assertThat(statements.texts().get(17)).isEqualTo(drawn.text());
      assertThat(statements.truths()[17]).isEqualTo(drawn.truth() ? 1 : 0);
      assertThat(statements.first()[17]).isEqualTo(34);
      assertThat(statements.second()[17]).isEqualTo(35);

      MaskSet masks = corpus.masks(Split.TEST);
      byte[] read = new byte[32 * 32];
      byte[] painted = new byte[32 * 32];
      masks.masks().copy(5, read, 0);
      draft
          .tasks()
          .masks()
          .getOrDefault("segments.test", GeneratedCorpus.NO_IMAGES)
          .paint(5, painted);
      assertThat(read).isEqualTo(painted);
      assertThat(masks.classes()).isEqualTo(draft.tasks().segments());

      assertThat(corpus.sources(Split.TRAIN)).contains("shifted");
      assertThat(corpus.pretrainingSources())
          .containsExactly("alttext", "regions", "scenes", "stock");
    }
  }

  @Test
  void aWorldWithoutTheTasksSaysSo(@TempDir Path directory) throws Exception {
    GeneratedCorpus.write(GeneratedCorpus.SMALL, 32, "corpus", directory);
    try (Corpus corpus = Corpus.open(directory)) {
      assertThatThrownBy(() -> corpus.statements(Split.TRAIN))
          .isInstanceOf(StageFailure.class)
          .hasMessageContaining("no statements in train");
      assertThatThrownBy(() -> corpus.masks(Split.TEST))
          .isInstanceOf(StageFailure.class)
          .hasMessageContaining("no segmented images in test");
    }
  }
}
