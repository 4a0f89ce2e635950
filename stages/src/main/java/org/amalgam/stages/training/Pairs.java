package org.amalgam.stages.training;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.ImageSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.Tokenizer;

/** All image-text pairs of some caption sets as one list, texts already tokenized. */
final class Pairs {
  private final List<ImageSet> images = new ArrayList<>();
  private final List<int[]> tokens = new ArrayList<>();
  private final List<int[]> places = new ArrayList<>();

  Pairs(List<CaptionSet> sets, Tokenizer tokenizer, int textLength) {
    for (CaptionSet set : sets) {
      for (int i = 0; i < set.texts().size(); i++) {
        tokens.add(tokenizer.encode(set.texts().get(i), textLength));
        places.add(new int[] {images.size(), set.imageOf()[i], set.signatures()[i]});
      }
      images.add(set.images());
    }
  }

  int size() {
    return tokens.size();
  }

  /** Token ids with [CLS] and [SEP]. */
  int[] tokens(int pair) {
    return tokens.get(pair);
  }

  PixelBatch.Source image(int pair) {
    int[] place = places.get(pair);
    return new PixelBatch.Source(images.get(place[0]), place[1]);
  }

  /** Whether two pairs come from one source, so that no difference of style tells them apart. */
  boolean alike(int pair, int other) {
    return places.get(pair)[0] == places.get(other)[0];
  }

  /** Whether two pairs show the same, so that one's text fits the other's image. */
  boolean match(int pair, int other) {
    int[] a = places.get(pair);
    int[] b = places.get(other);
    return a[0] == b[0] && (a[1] == b[1] || a[2] == b[2]);
  }
}
