package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.HiddenWords;
import org.amalgam.stages.data.Masking;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.tensor.RandomStream;

/**
 * What pre-training trained, measured on held-out captions: contrast, matching (each caption with
 * its image, with a wrong one, and a wrong caption with its image) and hidden words, each as loss
 * and as accuracy, and zero-shot retrieval. The most direct look at a model after merging; all
 * random choices are keyed by the caption, so that every model gets the same ones.
 */
final class PretrainingTask {
  private static final double MASK_SHARE = 0.15;

  /** The paper's weight of masked language modelling in the sum. */
  private static final double MLM_WEIGHT = 0.25;

  /** The key of all draws. */
  private static final long SEED = 1;

  private final FrozenModel model;
  private final Tokenizer tokenizer;
  private final CaptionSet captions;
  private final int batch;
  private final List<int[]> texts = new ArrayList<>();

  PretrainingTask(FrozenModel model, Tokenizer tokenizer, CaptionSet captions, int batch) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.captions = captions;
    this.batch = batch;
    captions.texts().forEach(text -> texts.add(model.tokens(text)));
  }

  void measure(StageContext context) throws IOException {
    MetricsFiles files = new MetricsFiles(context.output());
    SortedMap<String, Object> metrics =
        new TreeMap<>(new RetrievalTask(model, captions, batch).metrics(context, files));
    Contrast contrast = new Contrast(model, captions, texts, batch);
    metrics.put("itc-batch", contrast.size());
    metrics.put("itc-chance", Math.log(contrast.size()));
    double itc = contrast.loss();
    Mean matching = new Mean();
    Mean right = new Mean();
    Mean wrong = new Mean();
    Mean words = new Mean();
    Mean hit = new Mean();
    SortedMap<Integer, Integer> frequencies = new TreeMap<>();
    int n = texts.size();
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      match(from, to, matching, right, wrong, files);
      fill(from, to, words, hit, frequencies, files);
      context.progress().at(to, n, "caption");
    }
    int mostFrequent = frequencies.values().stream().mapToInt(count -> count).max().orElse(0);
    metrics.put("task", "pretraining");
    metrics.put("itc", itc);
    metrics.put("itm", matching.mean());
    metrics.put("mlm", words.mean());
    metrics.put("loss", itc + matching.mean() + MLM_WEIGHT * words.mean());
    metrics.put("itm-accuracy", 50 * (right.mean() + wrong.mean()));
    metrics.put("itm-chance", 50.0);
    metrics.put("mlm-accuracy", 100 * hit.mean());
    metrics.put("mlm-prior", 100.0 * mostFrequent / words.count());
    metrics.put("hidden-words", words.count());
    SortedMap<String, Object> intervals = new TreeMap<>();
    intervals.put(
        "itm-accuracy",
        Bootstrap.ofMeans(List.of(right.percent(), wrong.percent()), Accuracy.SEED).json());
    intervals.put("mlm-accuracy", Bootstrap.ofMean(hit.percent(), Accuracy.SEED).json());
    metrics.put("accuracy-intervals", intervals);
    files.write(metrics, List.of("measure", "index", "text", "score"));
  }

  private PixelBatch.Source image(int index) {
    return new PixelBatch.Source(captions.images(), index);
  }

  /** A caption whose image shows something else; any other where there is none. */
  private int wrongCaption(int caption, RandomStream random) {
    int n = texts.size();
    int start = random.nextInt(n);
    for (int i = 0; i < n; i++) {
      int other = (start + i) % n;
      if (captions.signatures()[other] != captions.signatures()[caption]) {
        return other;
      }
    }
    return (caption + 1) % n;
  }

  private void match(int from, int to, Mean loss, Mean right, Mean wrong, MetricsFiles files) {
    List<int[]> own = texts.subList(from, to);
    List<int[]> otherTexts = new ArrayList<>();
    List<PixelBatch.Source> images = new ArrayList<>();
    List<PixelBatch.Source> otherImages = new ArrayList<>();
    for (int i = from; i < to; i++) {
      RandomStream random = RandomStream.of(SEED, "partners", i);
      images.add(image(captions.imageOf()[i]));
      otherImages.add(image(captions.imageOf()[wrongCaption(i, random)]));
      otherTexts.add(texts.get(wrongCaption(i, random)));
    }
    float[][] matching = model.matches(own, images);
    float[][] wrongImage = model.matches(own, otherImages);
    float[][] wrongText = model.matches(otherTexts, images);
    for (int i = from; i < to; i++) {
      float[] logits = matching[i - from];
      right.add(logits[1] > logits[0] ? 1 : 0);
      loss.add(LogSoftmax.loss(logits, 1));
      int told = 0;
      for (float[] each : List.of(wrongImage[i - from], wrongText[i - from])) {
        wrong.add(each[1] > each[0] ? 0 : 1);
        told += each[1] > each[0] ? 0 : 1;
        loss.add(LogSoftmax.loss(each, 0));
      }
      double score = 0.5 * (logits[1] > logits[0] ? 1 : 0) + 0.25 * told;
      files.example("itm", Integer.toString(i), captions.texts().get(i), Double.toString(score));
    }
  }

  private void fill(
      int from,
      int to,
      Mean loss,
      Mean hit,
      SortedMap<Integer, Integer> frequencies,
      MetricsFiles files) {
    Masking masking = new Masking(tokenizer, MASK_SHARE);
    List<Masking.Masked> masked = new ArrayList<>();
    List<PixelBatch.Source> images = new ArrayList<>();
    for (int i = from; i < to; i++) {
      masked.add(masking.mask(texts.get(i), RandomStream.of(SEED, "hidden words", i)));
      images.add(image(captions.imageOf()[i]));
    }
    HiddenWords hidden = HiddenWords.of(texts.subList(from, to), masked);
    List<int[]> read = masked.stream().map(Masking.Masked::tokens).toList();
    float[][] logits = model.words(read, images, hidden);
    int row = 0;
    for (int i = from; i < to; i++) {
      int pieces = masked.get(i - from).positions().length;
      int found = 0;
      for (int k = 0; k < pieces; k++, row++) {
        int target = hidden.targets()[row];
        int score = Accuracy.best(logits[row]) == target ? 1 : 0;
        found += score;
        hit.add(score);
        loss.add(LogSoftmax.loss(logits[row], target));
        frequencies.merge(target, 1, Integer::sum);
      }
      files.example(
          "mlm",
          Integer.toString(i),
          captions.texts().get(i),
          String.format(Locale.ROOT, "%.4f", (double) found / pieces));
    }
  }

  /** A mean of what is added. */
  private static final class Mean {
    private final List<Double> values = new ArrayList<>();

    private void add(double value) {
      values.add(value);
    }

    private int count() {
      return values.size();
    }

    private double mean() {
      return values.stream().mapToDouble(value -> value).average().orElse(0);
    }

    private double[] percent() {
      return values.stream().mapToDouble(value -> 100 * value).toArray();
    }
  }
}
