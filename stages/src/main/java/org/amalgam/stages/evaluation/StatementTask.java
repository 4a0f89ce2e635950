package org.amalgam.stages.evaluation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.StatementSet;
import org.amalgam.stages.evaluation.Predictions.Picture;

/** NLVR2: how often a model tells whether a statement holds, beside what the words alone tell. */
final class StatementTask {
  private static final double CHANCE = 50;

  private final FrozenModel model;
  private final StatementSet statements;
  private final WordBaseline textOnly;
  private final int batch;

  /**
   * @param training what the text-only baseline learns from
   */
  StatementTask(FrozenModel model, StatementSet training, StatementSet statements, int batch) {
    this.model = model;
    this.statements = statements;
    this.textOnly = new WordBaseline(training.texts(), training.truths(), 2);
    this.batch = batch;
  }

  void measure(StageContext context) throws IOException {
    int n = statements.size();
    Accuracy accuracy = new Accuracy(n);
    MetricsFiles files = new MetricsFiles(context.output());
    Set<Integer> shown = Predictions.chosen(n);
    int byText = 0;
    for (int from = 0; from < n; from += batch) {
      int to = Math.min(n, from + batch);
      float[][] logits = ask(from, to);
      for (int i = from; i < to; i++) {
        int answer = Accuracy.best(logits[i - from]);
        int truth = statements.truths()[i];
        accuracy.add(statements.templates().get(i), answer == truth ? 1 : 0);
        byText += textOnly.predict(statements.texts().get(i)) == truth ? 1 : 0;
        files.example(
            statements.templates().get(i),
            statements.texts().get(i),
            Boolean.toString(answer == 1),
            Boolean.toString(truth == 1),
            answer == truth ? "1" : "0");
        if (shown.contains(i)) {
          show(files, i, answer == 1, truth == 1);
        }
      }
      context.progress().at(to, n, "statement");
    }
    SortedMap<String, Object> metrics = accuracy.metrics("nlvr2", "templates");
    metrics.put("chance", CHANCE);
    metrics.put("text-only", 100.0 * byText / n);
    files.write(metrics, List.of("template", "statement", "answer", "truth", "score"));
  }

  private void show(MetricsFiles files, int i, boolean answer, boolean truth) {
    Picture left = Picture.of(statements.images(), statements.first()[i], "left", true);
    Picture right = Picture.of(statements.images(), statements.second()[i], "right", true);
    files
        .predictions()
        .add(
            statements.texts().get(i),
            Boolean.toString(answer),
            Boolean.toString(truth),
            answer == truth ? 1 : 0,
            List.of(left, right));
  }

  private float[][] ask(int from, int to) {
    List<int[]> texts = new ArrayList<>();
    List<PixelBatch.Source> images = new ArrayList<>();
    for (int i = from; i < to; i++) {
      texts.add(model.tokens(statements.texts().get(i)));
      images.add(new PixelBatch.Source(statements.images(), statements.first()[i]));
    }
    for (int i = from; i < to; i++) {
      images.add(new PixelBatch.Source(statements.images(), statements.second()[i]));
    }
    return model.truths(texts, images);
  }
}
