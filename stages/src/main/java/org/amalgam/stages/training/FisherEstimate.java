package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.Script;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.Torch;
import org.jspecify.annotations.Nullable;

/**
 * The diagonal of the Fisher information of each expert's weights, estimated as the mean over
 * batches of the squared gradient of the weighted sum of contrast, matching and masked language
 * modelling (Matena and Raffel 2022).
 *
 * <p>Nothing is dropped or augmented. A weight that a batch does not reach adds zero; Fisher
 * averaging adds a floor to what it reads.
 */
public final class FisherEstimate {
  /**
   * What is averaged.
   *
   * @param sources of pairs; empty for all to pre-train on
   * @param batches how many
   * @param batch pairs of each, at least 2
   * @param maskShare share of a text's pieces that are hidden
   * @param mlmWeight of masked language modelling in the sum
   * @param negatives how matching finds wrong partners
   */
  public record Options(
      List<String> sources,
      int batches,
      int batch,
      double maskShare,
      double mlmWeight,
      Negatives negatives) {
    public Options {
      sources = List.copyOf(sources);
      if (batches < 1 || batch < 2) {
        throw new IllegalArgumentException("batches must be at least 1 and batch at least 2");
      }
    }
  }

  private static final String METHODS =
      """
        def add_square(self, sum: Tensor, gradient: Tensor) -> Tensor:
          return torch.addcmul_(sum, gradient, gradient)
        def clear(self, gradient: Tensor) -> Tensor:
          return torch.zero_(gradient)
      """;

  private final Checkpoint checkpoint;
  private final Corpus corpus;
  private final Options options;
  private final long seed;
  private final Pairs pairs;
  private final SortedMap<String, long[]> experts = new TreeMap<>();

  /**
   * Looks at what is to be done.
   *
   * @param checkpoint a pre-trained model with experts and the heads of all three losses
   * @param seed of the order of pairs, hidden pieces and wrong partners
   * @throws StageFailure if the model has no experts or lacks a head, or does not fit the corpus
   */
  public FisherEstimate(Checkpoint checkpoint, Corpus corpus, Options options, long seed)
      throws IOException, StageFailure {
    ModelConfig config = checkpoint.config();
    checkpoint
        .weights()
        .forEach(
            (name, tensor) ->
                ExpertName.parse(name)
                    .ifPresent(expert -> experts.put(name, tensor.info().shape())));
    if (experts.isEmpty()) {
      throw new StageFailure(
          "the model is "
              + config.architecture().label()
              + ": it has no experts to merge, so nothing needs its gradients; give a model that"
              + " has some");
    }
    for (Head head : List.of(Head.ITC, Head.ITM, Head.MLM)) {
      if (!config.headSet().contains(head)) {
        throw new StageFailure(
            "the model has no head for "
                + head
                + " (it has "
                + config.headSet()
                + "): give it as pre-training left it, not fine-tuned");
      }
    }
    corpus.checkVocabulary(config.vocabulary());
    this.checkpoint = checkpoint.as(config.withImageSize(corpus.imageSize()), seed);
    this.corpus = corpus;
    this.options = options;
    this.seed = seed;
    this.pairs =
        new Pairs(
            PretrainStage.captions(corpus, options.sources()),
            corpus.tokenizer(),
            config.textLength());
  }

  /** How many pairs there are to draw batches from. */
  public int pairs() {
    return pairs.size();
  }

  /** How many tensors of experts there are. */
  public int tensors() {
    return experts.size();
  }

  /**
   * Averages and writes, F32 by the names of the experts' tensors.
   *
   * @param file created or replaced; deleted again if anything fails
   */
  public void write(Path file, Environment environment, Progress progress)
      throws IOException, StageFailure {
    PretrainingBatches batches =
        new PretrainingBatches(
            options.batch(),
            1,
            MaskedWords.PAPER,
            options.maskShare(),
            options.mlmWeight(),
            options.negatives(),
            0,
            Augmentation.NONE);
    SortedMap<String, NDArray> sums = new TreeMap<>();
    try (LaidOutSafetensors output =
            LaidOutSafetensors.create(
                file, infos(), Map.of("batches", Integer.toString(options.batches())));
        NDManager manager = Torch.manager(environment);
        FlatParameters parameters =
            new FlatParameters(
                manager, checkpoint.weights(), name -> new FlatParameters.Group(false, 1));
        Transformer transformer =
            new Transformer(checkpoint.config(), environment.precision(), manager);
        PretrainingObjective objective =
            new PretrainingObjective(
                checkpoint.config(), pairs, corpus.tokenizer(), batches, seed, manager);
        Script script = new Script(manager, METHODS)) {
      for (Map.Entry<String, long[]> expert : experts.entrySet()) {
        sums.put(expert.getKey(), manager.zeros(new Shape(expert.getValue())));
      }
      for (int batch = 0; batch < options.batches(); batch++) {
        double loss = backward(parameters, transformer, objective, manager, batch);
        for (Map.Entry<String, NDArray> gradient : parameters.gradients().entrySet()) {
          add(script, sums.get(gradient.getKey()), gradient.getValue());
        }
        progress.at(batch + 1L, options.batches(), "batch", Map.of("loss", loss));
      }
      for (Map.Entry<String, NDArray> sum : sums.entrySet()) {
        float[] mean = sum.getValue().toFloatArray();
        for (int i = 0; i < mean.length; i++) {
          mean[i] /= options.batches();
        }
        output.write(sum.getKey(), 0, HostTensor.ofFloats(mean, mean.length).data());
      }
      output.complete();
    }
  }

  private SortedMap<String, TensorInfo> infos() {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    experts.forEach((name, shape) -> infos.put(name, TensorInfo.of(DType.F32, shape)));
    return infos;
  }

  /** Leaves the gradient of one batch's loss, and tells the loss. */
  private static double backward(
      FlatParameters parameters,
      Transformer transformer,
      PretrainingObjective objective,
      NDManager manager,
      int batch)
      throws StageFailure {
    Torch.recordGradients(true);
    try (NDManager scope = manager.newSubManager()) {
      double loss;
      try {
        Transformer.Pass pass =
            transformer.pass(parameters.attach(scope), parameters.gradients(), Dropout.NONE);
        NDArray total = objective.losses(pass, scope, objective.prepare(batch, 0)).total();
        pass.backward(total);
        loss = total.getFloat();
      } finally {
        parameters.detach();
      }
      if (!Double.isFinite(loss)) {
        throw new StageFailure(
            "the loss is %s on batch %d: look for infinite or missing numbers in the model"
                .formatted(loss, batch + 1));
      }
      return loss;
    } finally {
      Torch.recordGradients(false);
    }
  }

  /** Adds a squared gradient, if it is an expert's, and clears the gradient. */
  private static void add(Script script, @Nullable NDArray sum, NDArray gradient) {
    if (sum != null) {
      script.plain("add_square", tensor(sum), tensor(gradient)).close();
    }
    script.plain("clear", tensor(gradient)).close();
  }

  private static IValue tensor(NDArray array) {
    return IValue.from((PtNDArray) array);
  }
}
