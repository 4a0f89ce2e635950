package org.amalgam.stages.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.data.world.Scene.Placement;
import org.amalgam.stages.tensor.RandomStream;

/** Draws what is in scenes, and lays it out. Every noun and background is as likely. */
public final class SceneSampler {
  private final World world;
  private final int imageSize;
  private final boolean[][] allowed;

  /**
   * @param imageSize side of the images in pixels
   */
  public SceneSampler(World world, int imageSize) {
    this.world = world;
    this.imageSize = imageSize;
    allowed = new boolean[world.emoji().size()][Background.values().length];
    for (int cell = 0; cell < allowed.length; cell++) {
      for (Background background : Background.values()) {
        allowed[cell][background.ordinal()] = world.standsOut(cell, background);
      }
    }
  }

  boolean allows(int cell, Background background) {
    return allowed[cell][background.ordinal()];
  }

  boolean allows(Composition composition, Background background) {
    return composition.counts().keySet().stream().allMatch(noun -> allows(noun, background));
  }

  Background background(RandomStream random) {
    return Background.values()[random.nextInt(Background.values().length)];
  }

  /** One to three kinds of things, one to four things in all. */
  public Composition composition(RandomStream random) {
    double draw = random.nextDouble();
    int kinds = draw < 0.25 ? 1 : draw < 0.8 ? 2 : 3;
    Composition composition = new Composition(background(random), new TreeMap<>());
    while (composition.counts().size() < Math.min(kinds, world.nouns().size())) {
      composition = composition.with(another(composition, random), 1);
    }
    int objects = kinds + random.nextInt(Composition.MOST_OBJECTS - kinds + 1);
    return grow(composition, objects, random);
  }

  private static Composition grow(Composition composition, int objects, RandomStream random) {
    List<Integer> kinds = new ArrayList<>(composition.counts().keySet());
    while (composition.objects() < objects) {
      int noun = kinds.get(random.nextInt(kinds.size()));
      composition = composition.with(noun, composition.counts().getOrDefault(noun, 0) + 1);
    }
    return composition;
  }

  /** A noun that the composition lacks and that can be seen on its background. */
  int another(Composition composition, RandomStream random) {
    while (true) {
      int noun = random.nextInt(world.nouns().size());
      if (!composition.holds(noun) && allows(noun, composition.background())) {
        return noun;
      }
    }
  }

  /** So many of a noun, and other things, each once, in some of the places that are left. */
  Composition around(int noun, int count, RandomStream random) {
    Background background = background(random);
    while (!allows(noun, background)) {
      background = background(random);
    }
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    counts.put(noun, count);
    Composition composition = new Composition(background, counts);
    int others = random.nextInt(Math.min(Composition.MOST_OBJECTS - count, 2) + 1);
    for (int i = 0; i < others; i++) {
      composition = composition.with(another(composition, random), 1);
    }
    return composition;
  }

  /** Puts every thing into a quarter of its own. */
  public Scene layOut(Composition composition, RandomStream random) {
    int[] quarters = random.permutation(Composition.MOST_OBJECTS);
    List<Placement> placements = new ArrayList<>();
    for (Map.Entry<Integer, Integer> entry : composition.counts().entrySet()) {
      for (int i = 0; i < entry.getValue(); i++) {
        placements.add(place(entry.getKey(), quarters[placements.size()], random));
      }
    }
    return new Scene(composition.background(), placements);
  }

  private Placement place(int cell, int quarter, RandomStream random) {
    int side = imageSize / 2;
    int smallest = side * 10 / 16;
    int size = smallest + random.nextInt(side * 15 / 16 - smallest + 1);
    int x = quarter % 2 * side + random.nextInt(side - size + 1);
    int y = quarter / 2 * side + random.nextInt(side - size + 1);
    return new Placement(cell, quarter, x, y, size, random.nextBoolean(0.5), gain(random));
  }

  /**
   * One picture by itself, anywhere.
   *
   * @param smallest side in 32nds of the image
   * @param largest side in 32nds of the image
   */
  public Scene alone(int cell, int smallest, int largest, RandomStream random) {
    Background background = background(random);
    for (int i = 0; i < 20 && !allows(cell, background); i++) {
      background = background(random);
    }
    int size = imageSize * (smallest + random.nextInt(largest - smallest + 1)) / 32;
    int x = random.nextInt(imageSize - size + 1);
    int y = random.nextInt(imageSize - size + 1);
    Placement placement = new Placement(cell, 0, x, y, size, random.nextBoolean(0.5), gain(random));
    return new Scene(background, List.of(placement));
  }

  private static int gain(RandomStream random) {
    return 230 + random.nextInt(47);
  }
}
