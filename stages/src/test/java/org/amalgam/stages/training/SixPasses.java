package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.Transformer;

/**
 * The pre-training loss in the released code's form: whole passes, each from pixels and words, all
 * tokens through the last layer. The naive oracle of {@link PretrainingObjective}.
 */
final class SixPasses {
  private final ModelConfig config;
  private final PretrainingObjective shared;
  private final LossScript script;

  SixPasses(ModelConfig config, PretrainingObjective shared, LossScript script) {
    this.config = config;
    this.shared = shared;
    this.script = script;
  }

  NDArray loss(Transformer.Pass pass, NDManager manager, int step) {
    PretrainingObjective.Batch batch = shared.draw(step, 0);
    int n = batch.pairs().length;
    NDArray itc =
        script.mean(
            script.contrast(
                image(pass, manager, batch, Modality.VISION, "image"),
                text(pass, manager, batch, Modality.LANGUAGE, "text"),
                pass.weight("logit_scale")),
            script.contrast(
                image(pass, manager, batch, Modality.CROSS, "vl_image"),
                text(pass, manager, batch, Modality.CROSS, "vl_text"),
                pass.weight("logit_vl_scale")));

    PretrainingObjective.Candidates candidates = shared.candidates(batch, step);
    NDArray logits = null;
    for (int third = 0; third < 3; third++) {
      List<int[]> texts = new ArrayList<>();
      List<PixelBatch.Source> images = new ArrayList<>();
      for (int i = third * n; i < (third + 1) * n; i++) {
        texts.add(batch.texts().get(candidates.textRows()[i]));
        images.add(batch.images().get(candidates.imageRows()[i]));
      }
      NDArray states = joint(pass, manager, texts, images);
      NDArray these = pass.itm(pass.pool(pass.first(states)));
      logits = logits == null ? these : pass.stacked(logits, these);
    }
    NDArray itm =
        script.crossEntropy(
            java.util.Objects.requireNonNull(logits),
            LossScript.longs(manager, candidates.labels()));

    NDArray states = joint(pass, manager, batch.maskedTexts(), batch.images());
    int tokens = (int) states.getShape().get(1);
    List<Integer> rows = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int position : batch.masked().get(i).positions()) {
        rows.add(i * tokens + position);
        targets.add(batch.texts().get(i)[position]);
      }
    }
    NDArray read = script.flatRows(states, LossScript.longs(manager, ints(rows)));
    NDArray mlm = script.crossEntropy(pass.mlm(read), LossScript.longs(manager, ints(targets)));
    return script.weighted(itc, itm, mlm);
  }

  private NDArray image(
      Transformer.Pass pass,
      NDManager manager,
      PretrainingObjective.Batch batch,
      Modality modality,
      String projection) {
    NDArray bottom = Encoder.imageBottom(pass, PixelBatch.of(manager, batch.images()));
    NDArray states = pass.norm(pass.top(bottom, modality, Sequence.image()));
    return pass.project(pass.first(states), projection);
  }

  private NDArray text(
      Transformer.Pass pass,
      NDManager manager,
      PretrainingObjective.Batch batch,
      Modality modality,
      String projection) {
    TextBatch text = TextBatch.of(manager, batch.texts(), 0, config.imageTokens());
    NDArray bottom = Encoder.textBottom(pass, text);
    NDArray states = pass.norm(pass.top(bottom, modality, Encoder.sequence(text)));
    return pass.project(pass.first(states), projection);
  }

  private NDArray joint(
      Transformer.Pass pass, NDManager manager, List<int[]> texts, List<PixelBatch.Source> images) {
    TextBatch text = TextBatch.of(manager, texts, 0, config.imageTokens());
    NDArray both =
        pass.joint(
            Encoder.textStart(pass, text),
            Encoder.imageStart(pass, PixelBatch.of(manager, images)));
    Sequence sequence = Sequence.joint(text.length(), text.jointMask());
    return pass.norm(pass.top(both, Modality.CROSS, sequence));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
