package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.evaluation.Predictions.Picture;

/** Classification: the share of images whose likeliest class is right. */
final class ClassTask {
  private final FrozenModel model;
  private final LabelledSet images;
  private final int batch;

  ClassTask(FrozenModel model, LabelledSet images, int batch) {
    this.model = model;
    this.images = images;
    this.batch = batch;
  }

  void measure(StageContext context) throws IOException {
    int n = images.size();
    Accuracy accuracy = new Accuracy(n);
    MetricsFiles files = new MetricsFiles(context.output());
    Set<Integer> shown = Predictions.chosen(n);
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      List<PixelBatch.Source> sources = new ArrayList<>();
      for (int i = from; i < to; i++) {
        sources.add(new PixelBatch.Source(images.images(), i));
      }
      float[][] logits = model.classes(sources);
      for (int i = from; i < to; i++) {
        int answer = Accuracy.best(logits[i - from]);
        String name = images.nounNames().get(images.nouns()[i]);
        double score = answer == images.nouns()[i] ? 1 : 0;
        accuracy.add(name, score);
        files.example(
            Integer.toString(i), images.nounNames().get(answer), name, score == 1 ? "1" : "0");
        if (shown.contains(i)) {
          Picture picture = Picture.of(images.images(), i, "", true);
          files
              .predictions()
              .add("", images.nounNames().get(answer), name, score, List.of(picture));
        }
      }
      context.progress().at(to, n, "image");
    }
    SortedMap<String, Object> metrics = accuracy.metrics("classification", "classes");
    metrics.put("chance", 100.0 / images.nounNames().size());
    files.write(metrics, List.of("image", "answer", "expected", "score"));
  }
}
