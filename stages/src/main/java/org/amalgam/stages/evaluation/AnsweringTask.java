package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.evaluation.Predictions.Picture;

/**
 * VQA: the soft score of the likeliest answer, over all questions and by type, each beside its
 * prior: the score of always giving the answer that is best for the type.
 */
final class AnsweringTask {
  private final FrozenModel model;
  private final QuestionSet questions;
  private final TextBackOff questionOnly;
  private final int batch;

  /**
   * @param training what the question-only baseline learns from
   */
  AnsweringTask(FrozenModel model, QuestionSet training, QuestionSet questions, int batch) {
    this.model = model;
    this.questions = questions;
    this.questionOnly = new TextBackOff(training);
    this.batch = batch;
  }

  void measure(StageContext context) throws IOException {
    int n = questions.size();
    SortedMap<String, Tally> byType = new TreeMap<>();
    double[] percent = new double[n];
    double byQuestion = 0;
    MetricsFiles files = new MetricsFiles(context.output());
    Set<Integer> shown = Predictions.chosen(n);
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      float[][] logits = ask(from, to);
      for (int i = from; i < to; i++) {
        int answer = Accuracy.best(logits[i - from]);
        float[] scores = new float[questions.answerVocabulary().size()];
        questions.target(i, scores, 0);
        byType
            .computeIfAbsent(
                questions.types().get(i), t -> new Tally(questions.answerVocabulary().size()))
            .add(scores, answer);
        percent[i] = 100 * scores[answer];
        byQuestion += 100 * scores[questionOnly.predict(questions.texts().get(i))];
        files.example(
            questions.types().get(i),
            questions.texts().get(i),
            questions.answerVocabulary().get(answer),
            questions.answerVocabulary().get(Accuracy.best(scores)),
            String.format(Locale.ROOT, "%.1f", scores[answer]));
        if (shown.contains(i)) {
          show(files, i, answer, Accuracy.best(scores), scores[answer]);
        }
      }
      context.progress().at(to, n, "question");
    }
    SortedMap<String, Object> metrics = metrics(byType);
    metrics.put("interval", Bootstrap.ofMean(percent, Accuracy.SEED).json());
    metrics.put("question-only", byQuestion / n);
    files.write(metrics, List.of("type", "question", "answer", "expected", "score"));
  }

  private void show(MetricsFiles files, int i, int answer, int expected, float score) {
    Picture picture = Picture.of(questions.images(), questions.imageOf()[i], "", true);
    files
        .predictions()
        .add(
            questions.texts().get(i),
            questions.answerVocabulary().get(answer),
            questions.answerVocabulary().get(expected),
            score,
            List.of(picture));
  }

  private float[][] ask(int from, int to) {
    List<int[]> texts = new ArrayList<>();
    List<PixelBatch.Source> images = new ArrayList<>();
    for (int i = from; i < to; i++) {
      texts.add(model.tokens(questions.texts().get(i)));
      images.add(new PixelBatch.Source(questions.images(), questions.imageOf()[i]));
    }
    return model.answers(texts, images);
  }

  private static SortedMap<String, Object> metrics(SortedMap<String, Tally> byType) {
    SortedMap<String, Object> types = new TreeMap<>();
    double got = 0;
    double prior = 0;
    int examples = 0;
    for (Map.Entry<String, Tally> entry : byType.entrySet()) {
      Tally tally = entry.getValue();
      SortedMap<String, Object> one = new TreeMap<>();
      one.put("accuracy", 100 * tally.got / tally.examples);
      one.put("prior", 100 * tally.prior() / tally.examples);
      one.put("examples", tally.examples);
      types.put(entry.getKey(), one);
      got += tally.got;
      prior += tally.prior();
      examples += tally.examples;
    }
    SortedMap<String, Object> metrics = new TreeMap<>();
    metrics.put("task", "vqa");
    metrics.put("accuracy", 100 * got / examples);
    metrics.put("prior", 100 * prior / examples);
    metrics.put("examples", examples);
    metrics.put("types", types);
    return metrics;
  }

  /** Sums over the questions of one type. */
  private static final class Tally {
    private final double[] ofAnswer;
    private double got;
    private int examples;

    private Tally(int answers) {
      ofAnswer = new double[answers];
    }

    private void add(float[] scores, int answer) {
      got += scores[answer];
      examples++;
      for (int a = 0; a < scores.length; a++) {
        ofAnswer[a] += scores[a];
      }
    }

    /** The sum of scores of the one answer that is best for all. */
    private double prior() {
      double best = 0;
      for (double sum : ofAnswer) {
        best = Math.max(best, sum);
      }
      return best;
    }
  }
}
