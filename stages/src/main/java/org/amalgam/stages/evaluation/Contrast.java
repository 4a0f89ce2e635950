package org.amalgam.stages.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.PixelBatch;

/**
 * The contrastive loss of pre-training on held-out captions: the mean of both contrasts, through
 * the unimodal experts and through the cross-modal ones, both ways, over batches in which every
 * image stands once.
 */
final class Contrast {
  private final FrozenModel model;
  private final CaptionSet captions;
  private final List<int[]> texts;
  private final int size;

  /**
   * @param most pairs of a batch
   */
  Contrast(FrozenModel model, CaptionSet captions, List<int[]> texts, int most) {
    this.model = model;
    this.captions = captions;
    this.texts = texts;
    this.size = Math.min(most, captions.images().count());
  }

  /** Pairs of a batch; guessing has the loss ln of it. */
  int size() {
    return size;
  }

  double loss() {
    double sum = 0;
    int batches = 0;
    for (List<Integer> batch : batches()) {
      List<int[]> words = new ArrayList<>();
      List<PixelBatch.Source> images = new ArrayList<>();
      for (int caption : batch) {
        words.add(texts.get(caption));
        images.add(new PixelBatch.Source(captions.images(), captions.imageOf()[caption]));
      }
      sum += of(model.imageFeatures(images), model.textFeatures(words), model.scale("logit_scale"));
      sum +=
          of(
              model.tailImageFeatures(images),
              model.tailTextFeatures(words),
              model.scale("logit_vl_scale"));
      batches += 2;
    }
    return sum / batches;
  }

  /** Full batches of captions: the first of each image, then the second, and so on. */
  private List<List<Integer>> batches() {
    int[] seen = new int[captions.images().count()];
    List<List<Integer>> rounds = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      int round = seen[captions.imageOf()[i]]++;
      if (round == rounds.size()) {
        rounds.add(new ArrayList<>());
      }
      rounds.get(round).add(i);
    }
    List<List<Integer>> batches = new ArrayList<>();
    for (List<Integer> round : rounds) {
      for (int from = 0; from + size <= round.size(); from += size) {
        batches.add(round.subList(from, from + size));
      }
    }
    return batches;
  }

  /** Symmetric InfoNCE of matching rows of length 1. */
  static double of(float[][] images, float[][] texts, double scale) {
    int n = images.length;
    float[][] rows = new float[n][n];
    float[][] columns = new float[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double dot = 0;
        for (int k = 0; k < images[i].length; k++) {
          dot += (double) images[i][k] * texts[j][k];
        }
        rows[i][j] = (float) (scale * dot);
        columns[j][i] = rows[i][j];
      }
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += LogSoftmax.loss(rows[i], i) + LogSoftmax.loss(columns[i], i);
    }
    return sum / (2 * n);
  }
}
