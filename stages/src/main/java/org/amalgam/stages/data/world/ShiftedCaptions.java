package org.amalgam.stages.data.world;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.amalgam.stages.tensor.RandomStream;

/** What another people write about scenes: none of their sentences is one of {@link Captions}. */
public final class ShiftedCaptions {
  private final Captions captions;

  public ShiftedCaptions(World world) {
    captions = new Captions(world);
  }

  /** The whole scene in several wordings, all different: "you can see a dog at night". */
  public List<String> whole(Scene scene, int most, RandomStream random) {
    Composition composition = scene.composition();
    String phrase = scene.background().phrase();
    List<String> all = new ArrayList<>();
    all.add("you can see " + captions.listed(composition, random) + " " + phrase);
    all.add(phrase + " we saw " + captions.listed(composition, random));
    all.add("this shows " + captions.listed(composition, random) + " " + phrase);
    all.add(captions.listed(composition, random) + " were seen " + phrase);
    all.add("we met " + captions.listed(composition, random) + " " + phrase);
    Set<String> texts = new LinkedHashSet<>();
    for (int i : random.permutation(all.size())) {
      texts.add(all.get(i));
    }
    return new ArrayList<>(texts).subList(0, Math.min(most, texts.size()));
  }
}
