package org.amalgam.stages.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.AltText;
import org.amalgam.stages.data.world.Background;
import org.amalgam.stages.data.world.Captions;
import org.amalgam.stages.data.world.Composition;
import org.amalgam.stages.data.world.Emoji;
import org.amalgam.stages.data.world.Noun;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.Questions.Question;
import org.amalgam.stages.data.world.Scene;
import org.amalgam.stages.data.world.ScenePainter;
import org.amalgam.stages.data.world.SceneSampler;
import org.amalgam.stages.data.world.World;
import org.amalgam.stages.tensor.RandomStream;

/** Draws all scenes and texts of a sprite world. */
final class SpriteWorldDraft {
  private static final List<String> ATTRIBUTIONS =
      List.of(
          "Artwork: Noto Emoji, (c) Google, Apache License 2.0; resources " + World.RESOURCES + ".",
          "Names and keywords of emoji: Unicode CLDR, (c) Unicode, Inc., Unicode License v3.",
          "Vocabulary: BERT (bert-base-uncased), (c) Google, Apache License 2.0.");

  /** Of a hundred compositions, so many belong to test and to val; the others to train. */
  private static final int TEST_SHARE = 15;

  private static final int VAL_SHARE = 10;

  private final SpriteWorld settings;
  private final int imageSize;
  private final World world;
  private final SceneSampler sampler;
  private final Captions texts;
  private final Tokenizer tokenizer;

  private final SortedMap<String, CorpusDraft.Images> images = new TreeMap<>();
  private final List<CorpusDraft.Caption> captions = new ArrayList<>();
  private final List<CorpusDraft.Question> questions = new ArrayList<>();
  private final List<CorpusDraft.Label> labels = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private final Map<String, Integer> signatures = new LinkedHashMap<>();

  SpriteWorldDraft(SpriteWorld settings, int imageSize) throws IOException {
    this.settings = settings;
    this.imageSize = imageSize;
    world = World.load(settings.nouns());
    sampler = new SceneSampler(world, imageSize);
    texts = new Captions(world);
    tokenizer = Vocabulary.bert();
    for (Questions.Type type : types()) {
      for (String answer : type.answers()) {
        if (!answers.contains(answer)) {
          answers.add(answer);
        }
      }
    }
  }

  void add(CorpusDraft.Caption caption) {
    captions.add(caption);
  }

  CorpusDraft draft() throws IOException, StageFailure {
    scenes(Split.TRAIN, settings.scenes());
    scenes(Split.VAL, settings.validationScenes());
    scenes(Split.TEST, settings.testScenes());
    regions();
    stock();
    alttext();
    questions(Split.TRAIN, settings.questions());
    questions(Split.VAL, settings.validationQuestions());
    questions(Split.TEST, settings.testQuestions());
    sprites(Split.TRAIN, settings.sprites());
    sprites(Split.VAL, settings.heldOutSprites());
    sprites(Split.TEST, settings.heldOutSprites());
    CorpusDraft.Tasks tasks = new SpriteTasksDraft(settings, imageSize, world, this).draft();
    List<String> nouns = world.nouns().stream().map(Noun::singular).toList();
    List<String> backgrounds = List.of(Background.values()).stream().map(Background::word).toList();
    return new CorpusDraft(
        images,
        captions,
        questions,
        labels,
        answers,
        nouns,
        backgrounds,
        attributions(tasks),
        tasks);
  }

  private static List<String> attributions(CorpusDraft.Tasks tasks) {
    List<String> all = new ArrayList<>(ATTRIBUTIONS);
    if (!tasks.apart().isEmpty()) {
      all.add(
          "Shifted artwork: Twemoji, (c) Twitter, Inc and other contributors, CC-BY 4.0; resources "
              + World.SHIFTED_RESOURCES
              + ".");
    }
    return all;
  }

  RandomStream stream(String purpose, Split split, long index) {
    return RandomStream.of(settings.worldSeed(), purpose, split.ordinal(), index);
  }

  /** The split that a composition belongs to, in every source of captions. */
  Split splitOf(Composition composition) {
    int draw =
        RandomStream.of(settings.worldSeed(), "split " + composition.signature()).nextInt(100);
    return draw < TEST_SHARE ? Split.TEST : draw < TEST_SHARE + VAL_SHARE ? Split.VAL : Split.TRAIN;
  }

  private Scene scene(Split split, RandomStream random) {
    Composition composition = sampler.composition(random);
    while (splitOf(composition) != split) {
      composition = sampler.composition(random);
    }
    return sampler.layOut(composition, random);
  }

  private void scenes(Split split, int count) throws StageFailure {
    List<Scene> scenes = new ArrayList<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    int attempts = 0;
    while (scenes.size() < count) {
      Scene scene = scene(split, stream("scenes", split, attempts));
      attempts++;
      String signature = scene.composition().signature();
      // Held-out captions must have one right image each.
      if (split == Split.TRAIN || seen.putIfAbsent(signature, attempts) == null) {
        scenes.add(scene);
      }
      if (attempts > 20 * count + 10_000) {
        throw new StageFailure(
            "corpus: only "
                + scenes.size()
                + " different scenes of "
                + count
                + " could be drawn for "
                + split.label()
                + "; raise nouns or ask for fewer scenes");
      }
    }
    String name = add("scenes", split, scenes);
    for (int i = 0; i < count; i++) {
      RandomStream random = stream("scene captions", split, i);
      int signature = signature(scenes.get(i).composition().signature());
      for (String text : texts.whole(scenes.get(i), settings.captionsPerScene(), random)) {
        captions.add(new CorpusDraft.Caption("scenes", split, name, i, text, signature));
      }
    }
  }

  private void regions() {
    List<Scene> scenes = draw("regions", settings.regions());
    String name = add("regions", Split.TRAIN, scenes);
    for (int i = 0; i < scenes.size(); i++) {
      RandomStream random = stream("region phrases", Split.TRAIN, i);
      int signature = signature(scenes.get(i).composition().signature());
      for (String text : texts.parts(scenes.get(i), settings.phrasesPerRegion(), random)) {
        captions.add(new CorpusDraft.Caption("regions", Split.TRAIN, name, i, text, signature));
      }
    }
  }

  private void stock() {
    List<Scene> scenes = draw("stock", settings.stock());
    String name = add("stock", Split.TRAIN, scenes);
    for (int i = 0; i < scenes.size(); i++) {
      String text = texts.noisy(scenes.get(i), stream("stock captions", Split.TRAIN, i));
      int signature = signature(scenes.get(i).composition().signature());
      captions.add(new CorpusDraft.Caption("stock", Split.TRAIN, name, i, text, signature));
    }
  }

  private List<Scene> draw(String purpose, int count) {
    List<Scene> scenes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      scenes.add(scene(Split.TRAIN, stream(purpose, Split.TRAIN, i)));
    }
    return scenes;
  }

  private void alttext() {
    List<Scene> scenes = new ArrayList<>();
    String name = imagesName("alttext", Split.TRAIN);
    for (int i = 0; i < settings.alttext(); i++) {
      RandomStream random = stream("alttext", Split.TRAIN, i);
      Emoji emoji = world.emoji().get(i % world.emoji().size());
      scenes.add(sampler.alone(emoji.cell(), 14, 28, random));
      String text = AltText.of(emoji, i / world.emoji().size() % 3, each -> fits(each), random);
      int signature = signature("emoji " + emoji.cell());
      captions.add(new CorpusDraft.Caption("alttext", Split.TRAIN, name, i, text, signature));
    }
    add("alttext", Split.TRAIN, scenes);
  }

  private boolean fits(String text) {
    return tokenizer.encode(text, Integer.MAX_VALUE).length <= SpriteWorld.LONGEST_TEXT;
  }

  private void questions(Split split, int count) {
    Questions asker = new Questions(world, sampler);
    List<Question> asked = new ArrayList<>();
    int weights = types().stream().mapToInt(SpriteWorldDraft::weight).sum();
    for (Questions.Type type : types()) {
      double share = (double) weight(type) / weights;
      int groups = (int) (count * share / type.answers().size());
      for (int i = 0; i < groups; i++) {
        RandomStream random = stream("questions " + type.name(), split, i);
        asked.addAll(asker.group(type, i, random));
      }
    }
    // Mixed, so that the first questions are of every type, in a file as in a short evaluation.
    int[] order = stream("question order", split, 0).permutation(asked.size());
    List<Scene> scenes = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      Question question = asked.get(order[i]);
      scenes.add(question.scene());
      questions.add(
          new CorpusDraft.Question(
              split,
              imagesName("vqa", split),
              i,
              question.type().name().toLowerCase(Locale.ROOT),
              question.text(),
              annotators(question, stream("annotators", split, i))));
    }
    add("vqa", split, scenes);
  }

  /** The types that are asked, in their own order whatever a recipe's. */
  private Set<Questions.Type> types() {
    Set<Questions.Type> types = EnumSet.noneOf(Questions.Type.class);
    types.addAll(settings.questionTypes());
    return types;
  }

  /** How much of the questions a type gets, against the others. */
  private static int weight(Questions.Type type) {
    return type == Questions.Type.FITS ? 3 : type == Questions.Type.BACKGROUND ? 1 : 2;
  }

  /** Ten answers, of which none to two dissent from the truth. */
  private SortedMap<Integer, Integer> annotators(Question question, RandomStream random) {
    double draw = random.nextDouble();
    int dissenters = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2;
    SortedMap<Integer, Integer> given = new TreeMap<>();
    given.put(answers.indexOf(question.answer()), 10 - dissenters);
    List<String> possible = question.type().answers();
    for (int i = 0; i < dissenters; i++) {
      int truth = possible.indexOf(question.answer());
      int other = (truth + 1 + random.nextInt(possible.size() - 1)) % possible.size();
      given.merge(answers.indexOf(possible.get(other)), 1, Integer::sum);
    }
    return given;
  }

  private void sprites(Split split, int count) {
    List<Scene> scenes = new ArrayList<>();
    String name = imagesName("sprites", split);
    for (int i = 0; i < count; i++) {
      int noun = i % world.nouns().size();
      Scene scene = sampler.alone(noun, 10, 24, stream("sprites", split, i));
      scenes.add(scene);
      labels.add(new CorpusDraft.Label(split, name, i, noun, scene.background().ordinal()));
    }
    add("sprites", split, scenes);
  }

  int signature(String content) {
    return signatures.computeIfAbsent(content, key -> signatures.size());
  }

  private static String imagesName(String source, Split split) {
    return source + "." + split.label();
  }

  private String add(String source, Split split, List<Scene> scenes) {
    return add(source, split, scenes, world);
  }

  /** Adds a set of images; returns its name. */
  String add(String source, Split split, List<Scene> scenes, World world) {
    String name = imagesName(source, split);
    if (!scenes.isEmpty()) {
      ScenePainter painter = new ScenePainter(world, imageSize);
      images.put(
          name,
          new CorpusDraft.Images() {
            @Override
            public int count() {
              return scenes.size();
            }

            @Override
            public void paint(int index, byte[] into) {
              RandomStream noise = stream("noise of " + source, split, index);
              painter.paint(scenes.get(index), noise, into);
            }
          });
    }
    return name;
  }
}
