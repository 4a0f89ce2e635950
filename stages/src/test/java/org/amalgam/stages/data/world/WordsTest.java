package org.amalgam.stages.data.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.stages.data.world.Questions.Question;
import org.amalgam.stages.data.world.Scene.Placement;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;

/** Reads texts back with a parser of its own and compares them with what is in the scene. */
class WordsTest {
  private static final Map<String, Integer> NUMBERS =
      Map.of("a", 1, "an", 1, "two", 2, "three", 3, "four", 4);
  private static final Pattern ITEM = Pattern.compile("(a|an|two|three|four) (\\w+)");

  private final World world;
  private final SceneSampler sampler;

  WordsTest() throws IOException {
    world = World.load(30);
    sampler = new SceneSampler(world, 32);
  }

  private Scene scene(int index) {
    RandomStream random = RandomStream.of(1, "scene", index);
    return sampler.layOut(sampler.composition(random), random);
  }

  /** What a text says is there. */
  private Composition told(String text) {
    Background background = Background.GRASS;
    String things = text;
    for (Background each : Background.values()) {
      if (text.contains(each.phrase())) {
        background = each;
        things = text.replace(each.phrase(), "");
      }
    }
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    Matcher matcher = ITEM.matcher(things.replace("a photo of ", ""));
    while (matcher.find()) {
      counts.put(noun(matcher.group(2)).index(), NUMBERS.getOrDefault(matcher.group(1), 0));
    }
    return new Composition(background, counts);
  }

  private Noun noun(String word) {
    return world.nouns().stream()
        .filter(noun -> noun.singular().equals(word) || noun.plural().equals(word))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no noun " + word));
  }

  @Test
  void captionsTellExactlyWhatIsThere() {
    Captions captions = new Captions(world);
    for (int i = 0; i < 500; i++) {
      Scene scene = scene(i);
      List<String> texts = captions.whole(scene, 6, RandomStream.of(1, "texts", i));
      assertThat(texts).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates();
      for (String text : texts) {
        assertThat(told(text)).as(text).isEqualTo(scene.composition());
      }
    }
  }

  @Test
  void relationsAndPlacesAreTrue() {
    Captions captions = new Captions(world);
    Pattern relation =
        Pattern.compile("an? (\\w+) (above|below|to the left of|to the right of) an? (\\w+)");
    Pattern place = Pattern.compile("an? (\\w+) at the (\\w+ \\w+)");
    int relations = 0;
    int places = 0;
    for (int i = 0; i < 500; i++) {
      Scene scene = scene(i);
      List<String> texts =
          new ArrayList<>(captions.whole(scene, 6, RandomStream.of(1, "texts", i)));
      texts.addAll(captions.parts(scene, 6, RandomStream.of(1, "texts", i)));
      for (String text : texts) {
        Matcher related = relation.matcher(text);
        if (related.find()) {
          assertThat(quarters(scene, related.group(1)))
              .as(text)
              .anySatisfy(
                  one ->
                      assertThat(quarters(scene, related.group(3)))
                          .anyMatch(other -> holds(related.group(2), one, other)));
          relations++;
        }
        Matcher placed = place.matcher(text);
        while (placed.find()) {
          int quarter = Captions.quarters().indexOf(placed.group(2));
          assertThat(quarters(scene, placed.group(1))).as(text).contains(quarter);
          places++;
        }
      }
    }
    assertThat(relations).isGreaterThan(200);
    assertThat(places).isGreaterThan(500);
  }

  private static boolean holds(String relation, int one, int other) {
    boolean vertical = relation.equals("above") || relation.equals("below");
    int difference = vertical ? other / 2 - one / 2 : other % 2 - one % 2;
    return relation.equals("above") || relation.endsWith("left of")
        ? difference > 0
        : difference < 0;
  }

  private List<Integer> quarters(Scene scene, String word) {
    int noun = noun(word).index();
    return scene.placements().stream()
        .filter(each -> each.cell() == noun)
        .map(Placement::quarter)
        .toList();
  }

  @Test
  void answersAreTrue() {
    Questions questions = new Questions(world, sampler);
    for (Questions.Type type : Questions.Type.values()) {
      for (int i = 0; i < 300; i++) {
        for (Question each : questions.group(type, i, RandomStream.of(1, "groups", i))) {
          assertThat(each.answer()).as("%s", each).isEqualTo(answer(each));
        }
      }
    }
  }

  private String answer(Question question) {
    Composition composition = question.scene().composition();
    String[] words = question.text().split(" ");
    return switch (question.type()) {
      case FITS -> told(question.text()).equals(composition) ? "yes" : "no";
      case EXISTS -> composition.holds(noun(words[3]).index()) ? "yes" : "no";
      case COUNT -> String.valueOf(composition.counts().getOrDefault(noun(words[2]).index(), 0));
      case PLACE -> {
        List<Integer> quarters = quarters(question.scene(), words[3]);
        assertThat(quarters).hasSize(1);
        yield Captions.quarters().get(quarters.get(0));
      }
      case BACKGROUND -> question.scene().background().word();
    };
  }

  @Test
  void aGroupAsksOneQuestionOncePerAnswer() {
    Questions questions = new Questions(world, sampler);
    for (Questions.Type type : Questions.Type.values()) {
      List<Question> group = questions.group(type, 7, RandomStream.of(1, "group"));
      assertThat(group.stream().map(Question::text).distinct()).hasSize(1);
      assertThat(group.stream().map(Question::answer)).containsExactlyElementsOf(type.answers());
    }
  }

  @Test
  void aWrongCaptionDiffersInOneThing() {
    Questions questions = new Questions(world, sampler);
    int[] kinds = new int[3];
    for (int i = 0; i < 600; i++) {
      List<Question> group =
          questions.group(Questions.Type.FITS, i, RandomStream.of(1, "wrong", i));
      Composition right = group.get(0).scene().composition();
      Composition wrong = group.get(1).scene().composition();
      boolean sameCounts = right.counts().equals(wrong.counts());
      boolean sameNouns = right.counts().keySet().equals(wrong.counts().keySet());
      assertThat(right.background() == wrong.background()).isNotEqualTo(sameCounts);
      kinds[sameCounts ? 2 : sameNouns ? 1 : 0]++;
    }
    assertThat(kinds[0]).isBetween(190, 260);
    assertThat(kinds[1]).isBetween(150, 210);
    assertThat(kinds[2]).isBetween(170, 210);
  }

  @Test
  void statementsAreOfTheKindsThatAreNamedInTurnsWhateverTheirOrder() {
    List<Statements.Template> named =
        List.of(Statements.Template.PLACE, Statements.Template.BOTH, Statements.Template.PLACE);
    Statements author = new Statements(world, sampler, named);
    List<Statements.Template> made = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      author
          .group(i, RandomStream.of(1, "kinds", i))
          .forEach(statement -> made.add(statement.template()));
    }

    assertThat(made)
        .containsExactly(
            Statements.Template.BOTH,
            Statements.Template.BOTH,
            Statements.Template.PLACE,
            Statements.Template.PLACE,
            Statements.Template.BOTH,
            Statements.Template.BOTH,
            Statements.Template.PLACE,
            Statements.Template.PLACE);
  }

  @Test
  void keywordsAreLeftOutUntilATextFits() {
    Emoji guitar = world.emoji().get(44);
    String text = AltText.of(guitar, 2, each -> each.length() < 20, RandomStream.of(1, "keywords"));

    assertThat(guitar.name()).isEqualTo("guitar");
    assertThat(text).startsWith("guitar , ").hasSizeLessThan(20);
    assertThat(AltText.of(guitar, 0, each -> true, RandomStream.of(1, "keywords")))
        .isEqualTo("guitar");
    assertThat(AltText.of(guitar, 1, each -> true, RandomStream.of(1, "keywords")).split(" , "))
        .containsExactlyInAnyOrder("guitar", "instrument", "music", "strat");
  }
}
