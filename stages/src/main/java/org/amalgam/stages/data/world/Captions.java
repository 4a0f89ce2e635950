package org.amalgam.stages.data.world;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.amalgam.stages.data.world.Scene.Placement;
import org.amalgam.stages.tensor.RandomStream;

/** What people might write about a scene. At most 14 words, punctuation marks counted. */
public final class Captions {
  private static final List<String> QUARTERS =
      List.of("top left", "top right", "bottom left", "bottom right");

  private final World world;

  public Captions(World world) {
    this.world = world;
  }

  /** The name of a quarter of the image: "top left". */
  static String quarter(int quarter) {
    return QUARTERS.get(quarter);
  }

  /** All names of quarters, in order. */
  public static List<String> quarters() {
    return QUARTERS;
  }

  /** The whole scene in several wordings, all different: "two apples and a car on the sand". */
  public List<String> whole(Scene scene, int most, RandomStream random) {
    Composition composition = scene.composition();
    String phrase = scene.background().phrase();
    Set<String> texts = new LinkedHashSet<>();
    texts.add(listed(composition, random) + " " + phrase);
    List<String> others = new ArrayList<>();
    others.add("a photo of " + listed(composition, random) + " " + phrase);
    others.add(phrase + " , " + listed(composition, random));
    others.add(listed(composition, random) + " , taken " + phrase);
    others.add(listed(composition, random) + " " + phrase);
    boolean single = composition.objects() == 1;
    others.add((single ? "there is " : "there are ") + listed(composition, random) + " " + phrase);
    List<Placement> placements = scene.placements();
    if (placements.size() == 2 && composition.counts().size() == 2) {
      others.add(related(placements, random) + " " + phrase);
    }
    for (int i : random.permutation(others.size())) {
      texts.add(others.get(i));
    }
    return new ArrayList<>(texts).subList(0, Math.min(most, texts.size()));
  }

  /** Parts of a scene: "a dog at the top left", "two cars on the sand". */
  public List<String> parts(Scene scene, int most, RandomStream random) {
    Composition composition = scene.composition();
    Set<String> texts = new LinkedHashSet<>();
    int[] order = random.permutation(scene.placements().size());
    for (int i = 0; i < order.length; i++) {
      Placement one = scene.placements().get(order[i]);
      Placement next = scene.placements().get(order[(i + 1) % order.length]);
      String placed = placed(one);
      if (i % 2 == 0 && one != next) {
        texts.add(placed + " and " + placed(next));
      } else {
        texts.add(placed);
      }
      int count = composition.counts().getOrDefault(one.cell(), 1);
      if (count == 1 && one.cell() != next.cell()) {
        texts.add(related(List.of(one, next), random));
      } else {
        texts.add(noun(one).counted(count) + " " + scene.background().phrase());
      }
    }
    return new ArrayList<>(texts).subList(0, Math.min(most, texts.size()));
  }

  /** One noisy text that tells only a part, and more than can be seen. */
  public String noisy(Scene scene, RandomStream random) {
    List<Placement> placements = scene.placements();
    Noun noun = noun(placements.get(random.nextInt(placements.size())));
    String phrase = scene.background().phrase();
    int form = random.nextInt(6);
    if (form == 0) {
      return "my favourite " + noun.singular() + " , taken " + phrase + " last year";
    } else if (form == 1) {
      return "i saw " + noun.indefinite() + " " + phrase + " today";
    } else if (form == 2) {
      return "old " + noun.singular() + " for sale , found " + phrase;
    } else if (form == 3) {
      return "our trip : " + listed(scene.composition(), random);
    } else if (form == 4) {
      return "look at this " + noun.singular() + " " + phrase + " !";
    }
    return noun.indefinite() + " from my album , taken " + phrase;
  }

  /** The things in a random order: "a dog , two cats and a car". */
  String listed(Composition composition, RandomStream random) {
    List<Integer> kinds = new ArrayList<>(composition.counts().keySet());
    StringBuilder text = new StringBuilder();
    int said = 0;
    for (int i : random.permutation(kinds.size())) {
      if (said > 0) {
        text.append(said == kinds.size() - 1 ? " and " : " , ");
      }
      int kind = kinds.get(i);
      int count = composition.counts().getOrDefault(kind, 1);
      text.append(world.nouns().get(kind).counted(count));
      said++;
    }
    return text.toString();
  }

  private String placed(Placement placement) {
    return noun(placement).indefinite() + " at the " + quarter(placement.quarter());
  }

  private String related(List<Placement> two, RandomStream random) {
    int first = random.nextInt(2);
    Placement one = two.get(first);
    Placement other = two.get(1 - first);
    int rows = other.quarter() / 2 - one.quarter() / 2;
    int columns = other.quarter() % 2 - one.quarter() % 2;
    String relation;
    // Of two in opposite corners, either relation holds.
    if (rows != 0 && (columns == 0 || random.nextBoolean(0.5))) {
      relation = rows > 0 ? " above " : " below ";
    } else {
      relation = columns > 0 ? " to the left of " : " to the right of ";
    }
    return noun(one).indefinite() + relation + noun(other).indefinite();
  }

  private Noun noun(Placement placement) {
    return world.nouns().get(placement.cell());
  }
}
