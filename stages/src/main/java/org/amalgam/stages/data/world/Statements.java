package org.amalgam.stages.data.world;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Statements about two images, in groups: each is made of one pair of images of which it holds and
 * of one of which it does not, so that the words alone tell nothing about the truth (the role of
 * NLVR2, Suhr et al. 2019, which balances its statements in the same way).
 */
public final class Statements {
  /** What is stated. */
  public enum Template {
    /** "both images show a dog" */
    BOTH,
    /** "only the left image shows a dog" */
    ONLY,
    /** "neither image shows a dog" */
    NEITHER,
    /** "there are three dogs in the two images" */
    TOTAL,
    /** "both images were taken at night" */
    PLACE,
    /** "the left image shows more dogs than the right one" */
    MORE
  }

  /** A statement about two scenes. */
  public record Statement(Template template, Scene left, Scene right, String text, boolean truth) {}

  private static final String[] NUMBERS = {"no", "one", "two", "three", "four", "five", "six"};

  private final World world;
  private final SceneSampler sampler;
  private final List<Template> templates;

  /**
   * An author of statements.
   *
   * @param templates what is stated, at least one; their order does not matter
   */
  public Statements(World world, SceneSampler sampler, Collection<Template> templates) {
    this.world = world;
    this.sampler = sampler;
    this.templates = List.copyOf(EnumSet.copyOf(templates));
  }

  /**
   * One group: the same text, once true and once false.
   *
   * @param index number of the group; templates and nouns take turns by it
   */
  public List<Statement> group(int index, RandomStream random) {
    Template template = templates.get(index % templates.size());
    Noun noun = world.nouns().get(index / templates.size() % world.nouns().size());
    boolean left = random.nextBoolean(0.5);
    String side = left ? "left" : "right";
    String other = left ? "right" : "left";
    return switch (template) {
      case BOTH ->
          about(
              template,
              "both images show " + noun.indefinite(),
              swapped(with(noun, random), with(noun, random), false),
              swapped(with(noun, random), without(noun, random), left),
              random);
      case ONLY ->
          about(
              template,
              "only the " + side + " image shows " + noun.indefinite(),
              swapped(with(noun, random), without(noun, random), !left),
              random.nextBoolean(0.5)
                  ? swapped(with(noun, random), without(noun, random), left)
                  : swapped(with(noun, random), with(noun, random), false),
              random);
      case NEITHER ->
          about(
              template,
              "neither image shows " + noun.indefinite(),
              swapped(without(noun, random), without(noun, random), false),
              swapped(with(noun, random), without(noun, random), left),
              random);
      case TOTAL -> total(noun, random);
      case PLACE -> place(random, left);
      case MORE ->
          about(
              template,
              "the " + side + " image shows more " + noun.plural() + " than the " + other + " one",
              counted(noun, left, random),
              counted(noun, !left, random),
              random);
    };
  }

  /** A composition for each image. */
  private record Pair(Composition left, Composition right) {}

  private static Pair swapped(Composition one, Composition two, boolean swap) {
    return swap ? new Pair(two, one) : new Pair(one, two);
  }

  private List<Statement> about(
      Template template, String text, Pair right, Pair wrong, RandomStream random) {
    return List.of(
        of(template, text, right, true, random), of(template, text, wrong, false, random));
  }

  private Statement of(
      Template template, String text, Pair pair, boolean truth, RandomStream random) {
    Scene left = sampler.layOut(pair.left, random);
    return new Statement(template, left, sampler.layOut(pair.right, random), text, truth);
  }

  private Composition with(Noun noun, RandomStream random) {
    return sampler.around(noun.index(), 1 + random.nextInt(2), random);
  }

  /** Like {@link #with} with another noun in its place, so that no difference but this tells. */
  private Composition without(Noun noun, RandomStream random) {
    Composition with = with(noun, random);
    int count = with.counts().getOrDefault(noun.index(), 1);
    return with.with(noun.index(), 0).with(sampler.another(with, random), count);
  }

  private List<Statement> total(Noun noun, RandomStream random) {
    int told = 2 + random.nextInt(4);
    int shown = told == 2 || told < 5 && random.nextBoolean(0.5) ? told + 1 : told - 1;
    boolean exchanged = random.nextBoolean(0.5);
    String text =
        "there are "
            + NUMBERS[exchanged ? shown : told]
            + " "
            + noun.plural()
            + " in the two images";
    Pair right = split(noun, exchanged ? shown : told, random);
    return about(
        Template.TOTAL, text, right, split(noun, exchanged ? told : shown, random), random);
  }

  /** So many in all, at least one and at most three in each. */
  private Pair split(Noun noun, int total, RandomStream random) {
    int least = Math.max(1, total - 3);
    int left = least + random.nextInt(Math.min(3, total - 1) - least + 1);
    return new Pair(
        sampler.around(noun.index(), left, random),
        sampler.around(noun.index(), total - left, random));
  }

  private List<Statement> place(RandomStream random, boolean left) {
    Background told = sampler.background(random);
    int away = 1 + random.nextInt(Background.values().length - 1);
    Background other = Background.values()[(told.ordinal() + away) % Background.values().length];
    String text = "both images were taken " + told.phrase();
    Pair right = new Pair(on(told, random), on(told, random));
    return about(
        Template.PLACE, text, right, swapped(on(told, random), on(other, random), left), random);
  }

  private Composition on(Background background, RandomStream random) {
    Composition composition = sampler.composition(random);
    while (!sampler.allows(composition, background)) {
      composition = sampler.composition(random);
    }
    return composition.on(background);
  }

  private Pair counted(Noun noun, boolean moreOnTheLeft, RandomStream random) {
    int fewer = 1 + random.nextInt(2);
    int more = fewer + 1 + random.nextInt(Composition.MOST_OBJECTS - 1 - fewer);
    return swapped(
        sampler.around(noun.index(), more, random),
        sampler.around(noun.index(), fewer, random),
        !moreOnTheLeft);
  }
}
