package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.RandomStream;

/**
 * ITC + ITM + MLM (paper section 3; facts of the released code, section 2.1).
 *
 * <p>Layers 1..N-M never mix modalities, so each image and each text goes through them once, and
 * the joint passes start from these shared bottoms. In the last layer only the tokens that a loss
 * reads are computed.
 */
final class PretrainingObjective implements Objective {
  /** Of the similarities from which hard negatives are drawn; the temperature's initial value. */
  private static final double TEMPERATURE = 0.07;

  private final ModelConfig config;
  private final Pairs pairs;
  private final Tokenizer tokenizer;
  private final Masking masking;
  private final Negatives negatives;
  private final SampleOrder order;
  private final long seed;
  private final int dataPass;
  private final LossScript script;

  PretrainingObjective(
      ModelConfig config,
      Pairs pairs,
      Tokenizer tokenizer,
      PretrainSettings settings,
      long seed,
      NDManager manager) {
    this.config = config;
    this.pairs = pairs;
    this.tokenizer = tokenizer;
    this.masking = new Masking(tokenizer, settings.maskShare());
    this.negatives = settings.negatives();
    this.order = new SampleOrder(seed, settings.pass(), pairs.size(), settings.batch());
    this.seed = seed;
    this.dataPass = settings.pass();
    this.script = new LossScript(manager, settings.mlmWeight());
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, int step) {
    int[] batch = order.of(step);
    Bottoms bottoms = bottoms(pass, manager, batch, step);
    Sequence words = Encoder.sequence(bottoms.texts);
    NDArray image = Encoder.cls(pass, bottoms.image, Modality.VISION, Sequence.image());
    NDArray text = Encoder.cls(pass, bottoms.text, Modality.LANGUAGE, words);
    boolean shared = config.architecture() == Architecture.MODALITY_AGNOSTIC;
    NDArray tailImage =
        shared ? image : Encoder.cls(pass, bottoms.image, Modality.CROSS, Sequence.image());
    NDArray tailText = shared ? text : Encoder.cls(pass, bottoms.text, Modality.CROSS, words);
    NDArray imageFeature = pass.project(image, "image");
    NDArray textFeature = pass.project(text, "text");
    NDArray itc =
        script.mean(
            script.contrast(imageFeature, textFeature, pass.weight("logit_scale")),
            script.contrast(
                pass.project(tailImage, "vl_image"),
                pass.project(tailText, "vl_text"),
                pass.weight("logit_vl_scale")));
    NDArray itm = matching(pass, manager, bottoms, batch, step, imageFeature, textFeature);
    NDArray mlm = masked(pass, manager, bottoms);
    Map<String, NDArray> parts = new LinkedHashMap<>();
    parts.put("itc", itc);
    parts.put("itm", itm);
    parts.put("mlm", mlm);
    return new Losses(script.weighted(itc, itm, mlm), parts);
  }

  /** Hidden states after layers 1..N-M of images, texts and masked texts. */
  private record Bottoms(
      NDArray image,
      NDArray text,
      NDArray maskedText,
      TextBatch texts,
      List<int[]> plain,
      List<Masking.Masked> masked) {}

  private Bottoms bottoms(Transformer.Pass pass, NDManager manager, int[] batch, int step) {
    List<PixelBatch.Source> images = new ArrayList<>();
    List<int[]> plain = new ArrayList<>();
    List<int[]> hidden = new ArrayList<>();
    List<Masking.Masked> masked = new ArrayList<>();
    for (int i = 0; i < batch.length; i++) {
      images.add(pairs.image(batch[i]));
      plain.add(pairs.tokens(batch[i]));
      Masking.Masked text =
          masking.mask(pairs.tokens(batch[i]), RandomStream.of(seed, "masking", dataPass, step, i));
      masked.add(text);
      hidden.add(text.tokens());
    }
    TextBatch texts = TextBatch.of(manager, plain, tokenizer.padId(), config.imageTokens());
    TextBatch hiddenTexts = TextBatch.of(manager, hidden, tokenizer.padId(), config.imageTokens());
    return new Bottoms(
        Encoder.imageBottom(pass, PixelBatch.of(manager, images)),
        Encoder.textBottom(pass, texts),
        Encoder.textBottom(pass, hiddenTexts),
        texts,
        plain,
        masked);
  }

  /** 3B pairs: right, right text with a wrong image, wrong text with the right image. */
  private NDArray matching(
      Transformer.Pass pass,
      NDManager manager,
      Bottoms bottoms,
      int[] batch,
      int step,
      NDArray imageFeature,
      NDArray textFeature) {
    int n = batch.length;
    double[][] weights = candidateWeights(batch, imageFeature, textFeature);
    int[] textRows = new int[3 * n];
    int[] imageRows = new int[3 * n];
    int[] labels = new int[3 * n];
    for (int i = 0; i < n; i++) {
      RandomStream random = RandomStream.of(seed, "negatives", dataPass, step, i);
      double[] images = new double[n];
      for (int j = 0; j < n; j++) {
        images[j] = weights[j][i];
      }
      labels[i] = 1;
      textRows[i] = i;
      imageRows[i] = i;
      textRows[n + i] = i;
      imageRows[n + i] = Negatives.draw(images, i, random);
      textRows[2 * n + i] = Negatives.draw(weights[i], i, random);
      imageRows[2 * n + i] = i;
    }
    NDArray textIndex = LossScript.longs(manager, textRows);
    NDArray joint =
        pass.joint(
            pass.rows(bottoms.text, textIndex),
            pass.rows(bottoms.image, LossScript.longs(manager, imageRows)));
    NDArray mask = pass.rows(bottoms.texts.jointMask(), textIndex);
    Sequence sequence = Sequence.joint(bottoms.texts.length(), mask);
    NDArray first = Encoder.cls(pass, joint, Modality.CROSS, sequence);
    return script.crossEntropy(pass.itm(pass.pool(first)), LossScript.longs(manager, labels));
  }

  /**
   * Unnormalized probabilities (image, text) of being drawn: 0 where the two match, and for random
   * negatives also where they are of different sources, which would be told apart too easily.
   */
  private double[][] candidateWeights(int[] batch, NDArray imageFeature, NDArray textFeature) {
    int n = batch.length;
    float[] cosines =
        negatives == Negatives.HARD
            ? script.similarity(imageFeature, textFeature).toFloatArray()
            : new float[n * n];
    double[][] weights = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean excluded = i == j || pairs.match(batch[i], batch[j]);
        excluded |= negatives == Negatives.RANDOM && !pairs.alike(batch[i], batch[j]);
        weights[i][j] = excluded ? 0 : Math.exp(cosines[i * n + j] / TEMPERATURE);
      }
    }
    return weights;
  }

  private NDArray masked(Transformer.Pass pass, NDManager manager, Bottoms bottoms) {
    int n = bottoms.masked.size();
    int most = bottoms.masked.stream().mapToInt(m -> m.positions().length).max().orElse(1);
    long[] at = new long[n * most];
    List<Integer> rows = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int[] positions = bottoms.masked.get(i).positions();
      for (int k = 0; k < positions.length; k++) {
        at[i * most + k] = positions[k];
        rows.add(i * most + k);
        targets.add(bottoms.plain.get(i)[positions[k]]);
      }
    }
    Sequence sequence = Sequence.joint(bottoms.texts.length(), bottoms.texts.jointMask());
    NDArray states =
        pass.topAt(
            pass.joint(bottoms.maskedText, bottoms.image),
            Modality.CROSS,
            sequence,
            manager.create(at, new Shape(n, most)));
    NDArray read = script.flatRows(states, LossScript.longs(manager, ints(rows)));
    return script.crossEntropy(pass.mlm(pass.norm(read)), LossScript.longs(manager, ints(targets)));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public void close() {
    script.close();
  }
}
