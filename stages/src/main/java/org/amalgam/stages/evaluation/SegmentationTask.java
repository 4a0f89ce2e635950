package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.MaskSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.evaluation.Predictions.Picture;

/** Segmentation: mean intersection over union of classes over all pixels (mIoU). */
final class SegmentationTask {
  private final FrozenModel model;
  private final MaskSet set;
  private final int batch;

  SegmentationTask(FrozenModel model, MaskSet set, int batch) {
    this.model = model;
    this.set = set;
    this.batch = batch;
  }

  void measure(StageContext context) throws IOException {
    int n = set.size();
    int area = set.masks().imageBytes();
    Overlap all = new Overlap(set.classes().size());
    Accuracy pixels = new Accuracy(n);
    MetricsFiles files = new MetricsFiles(context.output());
    Set<Integer> shown = Predictions.chosen(n);
    byte[] mask = new byte[area];
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      List<PixelBatch.Source> sources = new ArrayList<>();
      for (int i = from; i < to; i++) {
        sources.add(new PixelBatch.Source(set.images(), i));
      }
      float[][] logits = model.pixels(sources);
      for (int i = from; i < to; i++) {
        set.masks().copy(i, mask, 0);
        Overlap one = new Overlap(set.classes().size());
        int[] truth = new int[area];
        int[] answer = new int[area];
        for (int k = 0; k < area; k++) {
          truth[k] = mask[k] & 255;
          answer[k] = best(logits[i - from], k, area);
          one.add(truth[k], answer[k]);
          all.add(truth[k], answer[k]);
        }
        pixels.add("all", one.accuracy());
        files.example(Integer.toString(i), percent(one.accuracy()), percent(one.mean()));
        if (shown.contains(i)) {
          show(files, i, answer, truth, one);
        }
      }
      context.progress().at(to, n, "image");
    }
    SortedMap<String, Object> metrics = pixels.metrics("segmentation", "kinds");
    metrics.remove("kinds");
    SortedMap<String, Object> classes = new TreeMap<>();
    for (int label = 0; label < set.classes().size(); label++) {
      classes.put(set.classes().get(label), 100 * all.of(label));
    }
    metrics.put("classes", classes);
    metrics.put("mean-iou", 100 * all.mean());
    metrics.put("chance", 100.0 / set.classes().size());
    metrics.put("prior", 100 * all.mostFrequent());
    files.write(metrics, List.of("image", "pixel-accuracy", "mean-iou"));
  }

  private void show(MetricsFiles files, int i, int[] answer, int[] truth, Overlap overlap) {
    int side = set.images().imageSize();
    files
        .predictions()
        .add(
            "",
            percent(overlap.accuracy()) + " % of the pixels right",
            "",
            overlap.accuracy(),
            List.of(
                Picture.of(set.images(), i, "image", false),
                MaskColours.picture(answer, side, "predicted", false),
                MaskColours.picture(truth, side, "truth", true)));
  }

  /** The likeliest class of a pixel; logits are (classes, area). */
  private static int best(float[] logits, int pixel, int area) {
    int best = 0;
    for (int label = 1; label * area < logits.length; label++) {
      if (logits[label * area + pixel] > logits[best * area + pixel]) {
        best = label;
      }
    }
    return best;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }
}
