package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.evaluation.Predictions.Picture;

/** Image-text retrieval both ways among all held-out images and captions. */
final class RetrievalTask {
  private static final int BEST_SHOWN = 3;

  private final FrozenModel model;
  private final CaptionSet captions;
  private final int batch;

  RetrievalTask(FrozenModel model, CaptionSet captions, int batch) {
    this.model = model;
    this.captions = captions;
    this.batch = batch;
  }

  void measure(StageContext context) throws IOException {
    MetricsFiles files = new MetricsFiles(context.output());
    files.write(metrics(context, files), List.of("query", "index", "text", "rank"));
  }

  /** The metrics; adds the rank of every query to the files. */
  SortedMap<String, Object> metrics(StageContext context, MetricsFiles files) {
    int images = captions.images().count();
    int texts = captions.texts().size();
    float[][] imageFeatures = imageFeatures(context, images, images + texts);
    float[][] textFeatures = textFeatures(context, images, images + texts);
    int[] imageOf = captions.imageOf();
    int[] textRanks = new int[images];
    int[] imageRanks = new int[texts];
    Set<Integer> shown = Predictions.chosen(texts);
    for (int i = 0; i < images; i++) {
      int image = i;
      textRanks[i] = Recall.rank(dots(imageFeatures[i], textFeatures), t -> imageOf[t] == image);
      files.example("text", Integer.toString(i), "", Integer.toString(textRanks[i]));
    }
    for (int t = 0; t < texts; t++) {
      int text = t;
      float[] scores = dots(textFeatures[t], imageFeatures);
      imageRanks[t] = Recall.rank(scores, i -> imageOf[text] == i);
      files.example(
          "image", Integer.toString(t), captions.texts().get(t), Integer.toString(imageRanks[t]));
      if (shown.contains(t)) {
        show(files, t, scores, imageRanks[t]);
      }
    }
    SortedMap<String, Object> chance = new TreeMap<>();
    chance.put("text-recall", Recall.chance(texts, (double) texts / images).json());
    chance.put("image-recall", Recall.chance(images, 1).json());
    SortedMap<String, Object> metrics = new TreeMap<>();
    Recall.RecallAtK textRecall = Recall.of(textRanks);
    Recall.RecallAtK imageRecall = Recall.of(imageRanks);
    double[] ofTexts = Recall.scores(textRanks);
    double[] ofImages = Recall.scores(imageRanks);
    SortedMap<String, Object> intervals = new TreeMap<>();
    intervals.put("text-recall", Bootstrap.ofMean(ofTexts, Accuracy.SEED).json());
    intervals.put("image-recall", Bootstrap.ofMean(ofImages, Accuracy.SEED).json());
    intervals.put("mean", Bootstrap.ofMeans(List.of(ofTexts, ofImages), Accuracy.SEED).json());
    metrics.put("task", "retrieval");
    metrics.put("images", images);
    metrics.put("texts", texts);
    metrics.put("text-recall", textRecall.json());
    metrics.put("image-recall", imageRecall.json());
    metrics.put("chance", chance);
    metrics.put("intervals", intervals);
    metrics.put("mean", (textRecall.mean() + imageRecall.mean()) / 2);
    return metrics;
  }

  /** The images that fit best, and the right one where it is not among them. */
  private void show(MetricsFiles files, int text, float[] scores, int rank) {
    int right = captions.imageOf()[text];
    List<Picture> pictures = new ArrayList<>();
    IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .limit(BEST_SHOWN)
        .forEach(
            i ->
                pictures.add(
                    Picture.of(captions.images(), i, "" + (pictures.size() + 1), i == right)));
    if (pictures.stream().noneMatch(Picture::right)) {
      pictures.add(Picture.of(captions.images(), right, "rank " + rank, true));
    }
    files
        .predictions()
        .add(captions.texts().get(text), "rank " + rank, "", rank == 1 ? 1 : 0, pictures);
  }

  private float[][] imageFeatures(StageContext context, int images, int total) {
    List<float[]> features = new ArrayList<>();
    for (int from = 0; from < images; from += batch) {
      List<PixelBatch.Source> sources = new ArrayList<>();
      for (int i = from; i < Math.min(images, from + batch); i++) {
        sources.add(new PixelBatch.Source(captions.images(), i));
      }
      features.addAll(Arrays.asList(model.imageFeatures(sources)));
      context.progress().at(features.size(), total, "example");
    }
    return features.toArray(float[][]::new);
  }

  private float[][] textFeatures(StageContext context, int images, int total) {
    List<float[]> features = new ArrayList<>();
    for (int from = 0; from < captions.texts().size(); from += batch) {
      List<String> texts =
          captions.texts().subList(from, Math.min(captions.texts().size(), from + batch));
      features.addAll(
          Arrays.asList(model.textFeatures(texts.stream().map(model::tokens).toList())));
      context.progress().at((long) images + features.size(), total, "example");
    }
    return features.toArray(float[][]::new);
  }

  private static float[] dots(float[] query, float[][] answers) {
    float[] scores = new float[answers.length];
    for (int i = 0; i < answers.length; i++) {
      float sum = 0;
      for (int k = 0; k < query.length; k++) {
        sum += query[k] * answers[i][k];
      }
      scores[i] = sum;
    }
    return scores;
  }
}
