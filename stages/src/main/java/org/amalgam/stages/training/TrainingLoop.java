package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.AdamW;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;

/** The one loop that trains: draw, forward, backward, update, tell; now and then it saves. */
final class TrainingLoop {
  private static final String CURVE = "curve.csv";

  /** Micro-batches that are prepared while another computes: enough to even out a slow one. */
  private static final int AHEAD = 2;

  private TrainingLoop() {}

  /**
   * Trains and returns the last weights; writes the curve of every step to {@code curve.csv}. Goes
   * on where an earlier attempt with the same scratch directory was saved last, to the same bits.
   *
   * @param settings of the stage: with them, a saved state is known again
   * @param weights where to start; may hold more than the model's own tensors
   * @throws StageFailure if the loss stops being a number
   * @throws StageCancelled if the run was cancelled, after saving
   */
  static <P> SortedMap<String, HostTensor> train(
      Record settings,
      ModelConfig config,
      SortedMap<String, HostTensor> weights,
      Optimization optimization,
      NDManager manager,
      Objective<P> objective,
      StageContext context)
      throws IOException, StageFailure, InterruptedException {
    Schedule schedule = optimization.schedule();
    int steps = optimization.steps();
    int parts = optimization.parts();
    Path file = context.output().resolve(CURVE);
    TrainingCheckpoints checkpoints =
        new TrainingCheckpoints(
            context.scratch(), TrainingIdentity.of(settings, context, weights), context::log);
    CheckpointMoments moments =
        new CheckpointMoments(optimization.checkpointEvery(), System::nanoTime);
    Torch.recordGradients(true);
    try (FlatParameters parameters =
            new FlatParameters(
                manager, weights, name -> optimization.group(name, config.layers()));
        AdamW optimizer = new AdamW(parameters, optimization.adamW());
        Transformer transformer =
            new Transformer(config, context.environment().precision(), manager)) {
      Optional<TrainingCheckpoints.Restored> restored = checkpoints.restore(optimizer);
      int start = restored.map(TrainingCheckpoints.Restored::step).orElse(0);
      if (start > 0) {
        context.log("resumed at step " + start + " of " + steps);
        context.progress().at(start, steps, "step");
      }
      try (Curve curve =
              Curve.open(file, restored.map(TrainingCheckpoints.Restored::curve).orElse(null));
          Prefetch<P> data =
              new Prefetch<>(
                  i -> objective.prepare(i / parts, i % parts),
                  start * parts,
                  steps * parts,
                  AHEAD)) {
        for (int step = start; step < steps; step++) {
          Map<String, Double> shown = new LinkedHashMap<>();
          for (int part = 0; part < parts; part++) {
            Dropout dropout = optimization.dropout(context.seed(), step, part);
            backward(parameters, transformer, dropout, objective, manager, data.take())
                .forEach((name, value) -> shown.merge(name, value / parts, Double::sum));
          }
          requireNumber(shown, step, optimization);
          double rate = schedule.rate(step);
          optimizer.step(rate, parts);
          curve.add(step, rate, shown);
          try {
            context.progress().at(step + 1L, steps, "step", shown);
          } catch (StageCancelled e) {
            if (!moments.never()) {
              checkpoints.write(optimizer, curve.bytes());
              context.log("saved at step " + (step + 1) + " of " + steps);
            }
            throw e;
          }
          if (moments.due(step + 1) && step + 1 < steps) {
            long began = System.nanoTime();
            checkpoints.write(optimizer, curve.bytes());
            moments.saved(began);
          }
        }
        return parameters.weights();
      }
    } finally {
      Torch.recordGradients(false);
    }
  }

  private static void requireNumber(Map<String, Double> shown, int step, Optimization optimization)
      throws StageFailure {
    double loss = shown.getOrDefault("loss", Double.NaN);
    if (!Double.isFinite(loss)) {
      throw new StageFailure(
          "the loss is %s at step %d: lower rate (now %s), or set clip"
              .formatted(loss, step + 1, optimization.rate()));
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
        pass.backward(losses.total());
        return numbers(losses);
      } finally {
        parameters.detach();
      }
    }
  }

  /** All that is shown, in one transfer from the device. */
  private static Map<String, Double> numbers(Losses losses) {
    NDList scalars = new NDList(losses.total());
    scalars.addAll(losses.parts().values());
    NDArray stacked = NDArrays.stack(scalars);
    float[] values = stacked.toFloatArray();
    Map<String, Double> shown = new LinkedHashMap<>();
    shown.put("loss", (double) values[0]);
    int next = 1;
    for (String name : losses.parts().keySet()) {
      shown.put(name, (double) values[next++]);
    }
    return shown;
  }
}
