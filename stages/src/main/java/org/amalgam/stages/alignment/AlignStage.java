package org.amalgam.stages.alignment;

import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;

/** The stage {@code align}: the same model, the units of its experts in one order; for merging. */
public final class AlignStage implements StageType<AlignSettings> {
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";
  private static final int MOST_THREADS = 8;

  @Override
  public String name() {
    return "align";
  }

  @Override
  public String summary() {
    return "Puts the hidden units and heads of experts in one order, by weight matching.";
  }

  @Override
  public Class<AlignSettings> settings() {
    return AlignSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(AlignSettings settings, StageContext context) throws Exception {
    Path from = settings.model().directory();
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    try (TensorSource model = TensorSources.open(from.resolve(WEIGHTS))) {
      Alignment alignment = new Alignment(model, settings.reference().expert(), settings.heads());
      for (UnitOrder order :
          alignment.write(
              context.output().resolve(WEIGHTS),
              Workers.of(threads, Workers.DEFAULT_MEMORY),
              context.progress())) {
        context.log(
            "layer %d, %s: %d of %d %s moved, cosine with %s %.4f, before %.4f"
                .formatted(
                    order.layer(),
                    order.expert(),
                    order.moved(),
                    order.order().length,
                    order.kind().label(),
                    settings.reference().expert(),
                    order.after(),
                    order.before()));
      }
      context.log(alignment.left());
    } catch (TensorFileException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    Files.copy(from.resolve(CONFIG), context.output().resolve(CONFIG));
  }
}
