package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.stages.data.HiddenWords;
import org.amalgam.stages.data.Masking;
import org.amalgam.stages.data.PaddedTexts;
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
import org.jspecify.annotations.Nullable;

/**
 * ITC + ITM + MLM (paper section 3; facts of the released code, section 2.1).
 *
 * <p>Layers 1..N-M never mix modalities, so each image and each text goes through them once, and
 * the joint passes start from these shared bottoms. In the last layer only the tokens that a loss
 * reads are computed.
 */
final class PretrainingObjective implements Objective<PretrainingObjective.Prepared> {
  private final ModelConfig config;
  private final Pairs pairs;
  private final Tokenizer tokenizer;
  private final Masking masking;
  private final Negatives negatives;
  private final SampleOrder order;
  private final long seed;
  private final int dataPass;
  private final int parts;
  private final Augmenting augmenting;
  private final LossScript script;

  PretrainingObjective(
      ModelConfig config,
      Pairs pairs,
      Tokenizer tokenizer,
      PretrainSettings settings,
      long seed,
      NDManager manager) {
    this(config, pairs, tokenizer, settings.batches(), seed, manager);
  }

  PretrainingObjective(
      ModelConfig config,
      Pairs pairs,
      Tokenizer tokenizer,
      PretrainingBatches batches,
      long seed,
      NDManager manager) {
    this.config = config;
    this.pairs = pairs;
    this.tokenizer = tokenizer;
    this.masking = masking(tokenizer, batches, config);
    this.parts = batches.parts();
    this.negatives = batches.negatives();
    this.order = new SampleOrder(seed, batches.pass(), pairs.size(), batches.batch(), parts);
    this.seed = seed;
    this.dataPass = batches.pass();
    this.augmenting = new Augmenting(batches.augmentation(), seed, batches.pass());
    this.script = new LossScript(manager, batches.mlmWeight());
  }

  private static Masking masking(
      Tokenizer tokenizer, PretrainingBatches batches, ModelConfig config) {
    return switch (batches.masking()) {
      case PAPER -> new Masking(tokenizer, batches.maskShare());
      case AS_RELEASED -> Masking.ofPadded(tokenizer, batches.maskShare(), config.textLength());
    };
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Prepared prepared) {
    Bottoms bottoms = bottoms(pass, manager, prepared);
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
    NDList rows =
        prepared.hard == null
            ? candidates(prepared.batch, prepared.step).on(manager)
            : script.hardPairs(imageFeature, textFeature, prepared.hard);
    NDArray itm = matching(pass, manager, bottoms, rows);
    NDArray mlm = masked(pass, manager, bottoms, prepared);
    Map<String, NDArray> parts = new LinkedHashMap<>();
    parts.put("itc", itc);
    parts.put("itm", itm);
    parts.put("mlm", mlm);
    return new Losses(script.weighted(itc, itm, mlm), parts);
  }

  /**
   * What a part of a step reads: pairs by index, their images and texts, and the texts with words
   * hidden.
   *
   * @param first place in the step of the first pair
   */
  record Batch(
      int first,
      int[] pairs,
      List<PixelBatch.Source> images,
      List<int[]> texts,
      List<Masking.Masked> masked) {
    List<int[]> maskedTexts() {
      return masked.stream().map(Masking.Masked::tokens).toList();
    }
  }

  Batch draw(int step, int part) {
    int[] chosen = order.of(step, part);
    int first = order.first(part);
    Batch batch = new Batch(first, chosen, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < chosen.length; i++) {
      batch.images.add(pairs.image(chosen[i]));
      batch.texts.add(pairs.tokens(chosen[i]));
      batch.masked.add(mask(step, first + i, chosen[i]));
    }
    return batch;
  }

  private Masking.Masked mask(int step, int place, int pair) {
    return masking.mask(
        pairs.tokens(pair), RandomStream.of(seed, "masking", dataPass, step, place));
  }

  /** By what a part's mean over its hidden pieces counts in the step's mean over all of them. */
  private float mlmShare(int step, HiddenWords hidden) {
    if (parts == 1) {
      return 1;
    }
    int all = 0;
    for (int part = 0; part < parts; part++) {
      int[] chosen = order.of(step, part);
      for (int i = 0; i < chosen.length; i++) {
        all += mask(step, order.first(part) + i, chosen[i]).positions().length;
      }
    }
    return (float) parts * hidden.targets().length / Math.max(1, all);
  }

  /**
   * A batch as arrays for the device.
   *
   * @param mlmShare see {@link #mlmShare}
   * @param hard null where wrong partners are drawn uniformly
   */
  record Prepared(
      int step,
      Batch batch,
      PixelBatch pixels,
      PaddedTexts texts,
      PaddedTexts maskedTexts,
      HiddenWords hidden,
      float mlmShare,
      @Nullable HardDraws hard) {}

  @Override
  public Prepared prepare(int step, int part) {
    Batch batch = draw(step, part);
    HiddenWords hidden = HiddenWords.of(batch.texts, batch.masked);
    return new Prepared(
        step,
        batch,
        augmenting.batch(batch.images, step, batch.first),
        padded(batch.texts),
        padded(batch.maskedTexts()),
        hidden,
        mlmShare(step, hidden),
        negatives == Negatives.HARD ? hardDraws(batch, step) : null);
  }

  private PaddedTexts padded(List<int[]> texts) {
    return PaddedTexts.of(texts, tokenizer.padId(), config.imageTokens());
  }

  /**
   * Hidden states of images and texts after layers 1..N-M, and those from which the joint passes
   * start, which are the same ones unless the architecture attends jointly below.
   */
  private record Bottoms(
      NDArray image,
      NDArray text,
      NDArray jointImage,
      NDArray jointText,
      NDArray maskedText,
      TextBatch texts) {}

  private Bottoms bottoms(Transformer.Pass pass, NDManager manager, Prepared prepared) {
    TextBatch texts = prepared.texts.on(manager);
    NDArray pixels = prepared.pixels.on(manager);
    NDArray image = Encoder.imageBottom(pass, pixels);
    NDArray text = Encoder.textBottom(pass, texts);
    boolean apart = config.architecture().attendsJointlyBelow();
    return new Bottoms(
        image,
        text,
        apart ? Encoder.imageStart(pass, pixels) : image,
        apart ? Encoder.textStart(pass, texts) : text,
        Encoder.textStart(pass, prepared.maskedTexts.on(manager)),
        texts);
  }

  /**
   * 3B rows of the batch to put together: right, right text with a wrong image, wrong text with the
   * right image.
   */
  record Candidates(int[] textRows, int[] imageRows, int[] labels) {
    NDList on(NDManager manager) {
      return new NDList(LossScript.longs(manager, textRows), LossScript.longs(manager, imageRows));
    }
  }

  /** Draws wrong partners uniformly. */
  Candidates candidates(Batch batch, int step) {
    int n = batch.pairs.length;
    double[][] weights = candidateWeights(batch.pairs);
    Candidates candidates = new Candidates(new int[3 * n], new int[3 * n], new int[3 * n]);
    for (int i = 0; i < n; i++) {
      RandomStream random = RandomStream.of(seed, "negatives", dataPass, step, batch.first + i);
      double[] images = new double[n];
      for (int j = 0; j < n; j++) {
        images[j] = weights[j][i];
      }
      candidates.labels[i] = 1;
      candidates.textRows[i] = i;
      candidates.imageRows[i] = i;
      candidates.textRows[n + i] = i;
      candidates.imageRows[n + i] = Negatives.draw(images, i, random);
      candidates.textRows[2 * n + i] = Negatives.draw(weights[i], i, random);
      candidates.imageRows[2 * n + i] = i;
    }
    return candidates;
  }

  private HardDraws hardDraws(Batch batch, int step) {
    return HardDraws.of(
        batch.pairs.length,
        (image, text) -> pairs.match(batch.pairs[image], batch.pairs[text]),
        i -> RandomStream.of(seed, "negatives", dataPass, step, batch.first + i));
  }

  private NDArray matching(Transformer.Pass pass, NDManager manager, Bottoms bottoms, NDList rows) {
    NDArray textIndex = rows.get(0);
    NDArray imageIndex = rows.get(1);
    NDArray joint =
        pass.joint(
            pass.rows(bottoms.jointText, textIndex), pass.rows(bottoms.jointImage, imageIndex));
    NDArray mask = pass.rows(bottoms.texts.jointMask(), textIndex);
    Sequence sequence = Sequence.joint(bottoms.texts.length(), mask);
    NDArray first = Encoder.cls(pass, joint, Modality.CROSS, sequence);
    int[] fits = new int[Math.toIntExact(textIndex.getShape().get(0))];
    Arrays.fill(fits, 0, fits.length / 3, 1);
    NDArray labels = LossScript.longs(manager, fits);
    return script.crossEntropy(pass.itm(pass.pool(first)), labels);
  }

  /**
   * Whether (image, text) may be drawn: 0 where the two match, and where they are of different
   * sources, which would be told apart too easily.
   */
  private double[][] candidateWeights(int[] batch) {
    int n = batch.length;
    double[][] weights = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        boolean excluded = i == j || pairs.match(batch[i], batch[j]);
        weights[i][j] = excluded || !pairs.alike(batch[i], batch[j]) ? 0 : 1;
      }
    }
    return weights;
  }

  private NDArray masked(
      Transformer.Pass pass, NDManager manager, Bottoms bottoms, Prepared prepared) {
    HiddenWords hidden = prepared.hidden;
    if (hidden.targets().length == 0) {
      return manager.zeros(new Shape());
    }
    Sequence sequence = Sequence.joint(bottoms.texts.length(), bottoms.texts.jointMask());
    NDArray states =
        pass.topAt(
            pass.joint(bottoms.maskedText, bottoms.jointImage),
            Modality.CROSS,
            sequence,
            manager.create(hidden.at(), new Shape(hidden.texts(), hidden.most())));
    NDArray read = script.flatRows(states, LossScript.longs(manager, hidden.rows()));
    NDArray mean =
        script.crossEntropy(pass.mlm(pass.norm(read)), LossScript.longs(manager, hidden.targets()));
    return script.scaled(mean, manager.create(prepared.mlmShare));
  }

  @Override
  public void close() {
    script.close();
  }
}
