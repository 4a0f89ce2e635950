package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.AdamW;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;

/** The one loop that trains: draw, forward, backward, update, tell. */
final class TrainingLoop {
  private static final String CURVE = "curve.csv";

  /** Steps whose data are prepared while another computes: enough to even out a slow one. */
  private static final int AHEAD = 2;

  private TrainingLoop() {}

  /**
   * Trains and returns the last weights; writes the curve of every step to {@code curve.csv}.
   *
   * @param weights where to start; may hold more than the model's own tensors
   * @throws StageFailure if the loss stops being a number
   */
  static <P> SortedMap<String, HostTensor> train(
      ModelConfig config,
      SortedMap<String, HostTensor> weights,
      Optimization optimization,
      NDManager manager,
      Objective<P> objective,
      StageContext context)
      throws IOException, StageFailure, InterruptedException {
    Schedule schedule = optimization.schedule();
    Path curve = context.output().resolve(CURVE);
    Torch.recordGradients(true);
    try (FlatParameters parameters = new FlatParameters(manager, weights, optimization::group);
        AdamW optimizer = new AdamW(parameters, optimization.adamW());
        Transformer transformer =
            new Transformer(config, context.environment().precision(), manager);
        BufferedWriter csv = Files.newBufferedWriter(curve);
        Prefetch<P> data = new Prefetch<>(objective::prepare, 0, schedule.steps(), AHEAD)) {
      for (int step = 0; step < schedule.steps(); step++) {
        Map<String, Double> shown =
            backward(
                parameters,
                transformer,
                optimization.dropout(context.seed(), step),
                objective,
                manager,
                data.take());
        double rate = schedule.rate(step);
        optimizer.step(rate);
        writeCurve(csv, step, rate, shown);
        context.progress().at(step + 1L, schedule.steps(), "step", shown);
        if (!Double.isFinite(shown.getOrDefault("loss", Double.NaN))) {
          throw new StageFailure(
              "the loss is "
                  + shown.get("loss")
                  + " at step "
                  + (step + 1)
                  + ": lower rate (now "
                  + optimization.rate()
                  + "), or set clip");
        }
      }
      return parameters.weights();
    } finally {
      Torch.recordGradients(false);
    }
  }

  private static <P> Map<String, Double> backward(
      FlatParameters parameters,
      Transformer transformer,
      Dropout dropout,
      Objective<P> objective,
      NDManager manager,
      P prepared) {
    try (NDManager scope = manager.newSubManager()) {
      try {
        Transformer.Pass pass =
            transformer.pass(parameters.attach(scope), parameters.gradients(), dropout);
        Losses losses = objective.losses(pass, scope, prepared);
        NDArray total = losses.total();
        pass.backward(total);
        Map<String, Double> shown = new LinkedHashMap<>();
        shown.put("loss", (double) total.getFloat());
        losses.parts().forEach((name, part) -> shown.put(name, (double) part.getFloat()));
        return shown;
      } finally {
        parameters.detach();
      }
    }
  }

  private static void writeCurve(
      BufferedWriter csv, int step, double rate, Map<String, Double> shown) throws IOException {
    if (step == 0) {
      csv.write("step,rate," + String.join(",", shown.keySet()) + "\n");
    }
    StringBuilder line = new StringBuilder();
    line.append(step + 1).append(',').append(String.format(Locale.ROOT, "%.4e", rate));
    shown.values().forEach(v -> line.append(',').append(String.format(Locale.ROOT, "%.5f", v)));
    csv.write(line.append('\n').toString());
  }
}
