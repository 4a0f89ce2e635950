package org.amalgam.stages.data.world;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Questions in balanced groups: the same question is asked of one scene for each of its answers, so
 * that the words alone tell nothing about the answer.
 */
public final class Questions {
  /** What is asked. */
  public enum Type {
    /** "is this two apples and a car on the sand ?" */
    FITS(List.of("yes", "no")),
    /** "is there a dog ?" */
    EXISTS(List.of("yes", "no")),
    /** "how many dogs are there ?" */
    COUNT(List.of("1", "2", "3", "4")),
    /** "where is the dog ?" */
    PLACE(Captions.quarters()),
    /** "where was this taken ?" */
    BACKGROUND(List.of("grass", "sea", "sand", "snow", "night", "wall"));

    private final List<String> answers;

    Type(List<String> answers) {
      this.answers = answers;
    }

    /** What can be answered; a group has one scene for each. */
    public List<String> answers() {
      return answers;
    }
  }

  /** A question about a scene, and its true answer. */
  public record Question(Type type, Scene scene, String text, String answer) {}

  private final World world;
  private final SceneSampler sampler;
  private final Captions captions;

  public Questions(World world, SceneSampler sampler) {
    this.world = world;
    this.sampler = sampler;
    captions = new Captions(world);
  }

  /**
   * One group.
   *
   * @param index number of the group; nouns take turns by it, so that each is asked about as often
   */
  public List<Question> group(Type type, int index, RandomStream random) {
    Noun noun = world.nouns().get(index % world.nouns().size());
    if (type == Type.FITS) {
      return fits(index, random);
    } else if (type == Type.EXISTS) {
      return exists(noun, random);
    } else if (type == Type.COUNT) {
      return count(noun, random);
    } else if (type == Type.PLACE) {
      return place(noun, random);
    }
    return background(random);
  }

  private List<Question> fits(int index, RandomStream random) {
    Composition told = sampler.composition(random);
    Composition other = altered(told, index % 3, random);
    if (random.nextBoolean(0.5)) {
      Composition swapped = told;
      told = other;
      other = swapped;
    }
    String text =
        "is this " + captions.listed(told, random) + " " + told.background().phrase() + " ?";
    return List.of(
        new Question(Type.FITS, sampler.layOut(told, random), text, "yes"),
        new Question(Type.FITS, sampler.layOut(other, random), text, "no"));
  }

  /** Differs in one noun (0), in one count (1) or in the background (2). */
  private Composition altered(Composition composition, int kind, RandomStream random) {
    List<Integer> nouns = new ArrayList<>(composition.counts().keySet());
    int noun = nouns.get(random.nextInt(nouns.size()));
    int count = composition.counts().getOrDefault(noun, 1);
    if (kind == 2) {
      Background start = sampler.background(random);
      for (int i = 0; i < Background.values().length; i++) {
        Background background =
            Background.values()[(start.ordinal() + i) % Background.values().length];
        if (background != composition.background() && sampler.allows(composition, background)) {
          return composition.on(background);
        }
      }
    } else if (kind == 1) {
      boolean more = composition.objects() < Composition.MOST_OBJECTS;
      if (more && (count == 1 || random.nextBoolean(0.5))) {
        return composition.with(noun, count + 1);
      } else if (count > 1) {
        return composition.with(noun, count - 1);
      }
    }
    int another = sampler.another(composition, random);
    return composition.with(noun, 0).with(another, count);
  }

  private List<Question> exists(Noun noun, RandomStream random) {
    Composition with = sampler.around(noun.index(), 1 + random.nextInt(2), random);
    int count = with.counts().getOrDefault(noun.index(), 1);
    int another = sampler.another(with, random);
    Composition without = with.with(noun.index(), 0).with(another, count);
    String text = "is there " + noun.indefinite() + " ?";
    return List.of(
        new Question(Type.EXISTS, sampler.layOut(with, random), text, "yes"),
        new Question(Type.EXISTS, sampler.layOut(without, random), text, "no"));
  }

  private List<Question> count(Noun noun, RandomStream random) {
    String text = "how many " + noun.plural() + " are there ?";
    List<Question> group = new ArrayList<>();
    for (int count = 1; count <= Composition.MOST_OBJECTS; count++) {
      Scene scene = sampler.layOut(sampler.around(noun.index(), count, random), random);
      group.add(new Question(Type.COUNT, scene, text, Integer.toString(count)));
    }
    return group;
  }

  private List<Question> place(Noun noun, RandomStream random) {
    String text = "where is the " + noun.singular() + " ?";
    List<Question> group = new ArrayList<>();
    for (int quarter = 0; quarter < Captions.quarters().size(); quarter++) {
      Scene scene = sampler.layOut(sampler.around(noun.index(), 1, random), random);
      while (!stands(scene, noun, quarter)) {
        scene = sampler.layOut(scene.composition(), random);
      }
      group.add(new Question(Type.PLACE, scene, text, Captions.quarter(quarter)));
    }
    return group;
  }

  private static boolean stands(Scene scene, Noun noun, int quarter) {
    return scene.placements().stream()
        .anyMatch(each -> each.cell() == noun.index() && each.quarter() == quarter);
  }

  private List<Question> background(RandomStream random) {
    List<Question> group = new ArrayList<>();
    for (Background background : Background.values()) {
      Composition composition = sampler.composition(random);
      while (!sampler.allows(composition, background)) {
        composition = sampler.composition(random);
      }
      Scene scene = sampler.layOut(composition.on(background), random);
      group.add(new Question(Type.BACKGROUND, scene, "where was this taken ?", background.word()));
    }
    return group;
  }
}
