package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.PicoModel;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FisherEstimateTest {
  private static final int BATCHES = 3;
  private static final int BATCH = 4;

  @TempDir static Path shared = Path.of("");
  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void world() throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1, 12, 12, 2, 4, 2, 4, 4, 4, 4, 8, 8, 8, 24, 24, List.of(Questions.Type.FITS));
    Path corpus = Files.createDirectory(shared.resolve("corpus"));
    new CorpusStage()
        .run(new CorpusSettings("sprite-world", world, 16, "corpus"), new TrialContext(corpus));
  }

  private static ModelConfig config(Architecture architecture, Corpus corpus, Head... heads) {
    int pieces = corpus.tokenizer().size();
    return new ModelConfig(
        architecture, 8, 3, 1, 2, 8, 16, 16, pieces, 0, Initialization.PAPER, Set.of(heads));
  }

  private static Checkpoint model(Architecture architecture, Corpus corpus) {
    ModelConfig config = config(architecture, corpus, Head.ITC, Head.ITM, Head.MLM);
    return new Checkpoint(config, PicoModel.weights(config, 3));
  }

  private Path stage(String name, Path weights) throws Exception {
    Path output = Files.createDirectory(directory.resolve(name));
    FisherSettings settings =
        new FisherSettings(
            new Input("weights", Digest.of("model"), weights),
            new Input("corpus", Digest.of("corpus"), shared.resolve("corpus")),
            List.of(),
            BATCHES,
            BATCH,
            0.3,
            0.25,
            Negatives.RANDOM);
    new FisherStage().run(settings, new TrialContext(output));
    return output.resolve("fisher.safetensors");
  }

  /** The gradient of each batch by itself, through whole passes under autograd alone. */
  private static SortedMap<String, double[]> oracle(Checkpoint model, Corpus corpus)
      throws Exception {
    PretrainingBatches batches =
        new PretrainingBatches(
            BATCH, 1, MaskedWords.PAPER, 0.3, 0.25, Negatives.RANDOM, 0, Augmentation.NONE);
    SortedMap<String, double[]> squares = new TreeMap<>();
    Pairs pairs = new Pairs(PretrainStage.captions(corpus, List.of()), corpus.tokenizer(), 16);
    for (int batch = 0; batch < BATCHES; batch++) {
      try (NDManager manager = Torch.manager(Environment.DEFAULT);
          LossScript script = new LossScript(manager, 0.25);
          Transformer transformer = new Transformer(model.config(), manager);
          PretrainingObjective objective =
              new PretrainingObjective(
                  model.config(), pairs, corpus.tokenizer(), batches, 1, manager);
          FlatParameters parameters =
              new FlatParameters(
                  manager, model.weights(), name -> new FlatParameters.Group(false, 1))) {
        Torch.recordGradients(true);
        try (NDManager scope = manager.newSubManager()) {
          Transformer.Pass pass = transformer.pass(parameters.attach(scope));
          pass.backward(new SixPasses(model.config(), objective, script).loss(pass, scope, batch));
          parameters.detach();
        } finally {
          Torch.recordGradients(false);
        }
        for (Map.Entry<String, NDArray> gradient : parameters.gradients().entrySet()) {
          float[] values = gradient.getValue().toFloatArray();
          double[] sums =
              squares.computeIfAbsent(gradient.getKey(), name -> new double[values.length]);
          for (int i = 0; i < values.length; i++) {
            sums[i] += (double) values[i] * values[i] / BATCHES;
          }
        }
      }
    }
    return squares;
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = {"MODALITY_SPECIFIC", "CUSTOM_FFN", "CUSTOM_LAYER_NORM"})
  void theMeanOfSquaredGradientsIsThatOfEachBatchByItself(Architecture architecture)
      throws Exception {
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"))) {
      Checkpoint model = model(architecture, corpus);
      Path weights = Files.createDirectory(directory.resolve("model"));
      model.write(weights);

      SortedMap<String, double[]> expected = oracle(model, corpus);
      try (SafetensorsFile fisher = SafetensorsFile.open(stage("fisher", weights))) {
        assertThat(fisher.names())
            .containsExactlyInAnyOrderElementsOf(
                expected.keySet().stream()
                    .filter(name -> ExpertName.parse(name).isPresent())
                    .toList());
        for (String name : fisher.names()) {
          double[] exact = Objects.requireNonNull(expected.get(name));
          float[] values = fisher.floats(name);
          double largest = java.util.Arrays.stream(exact).max().orElse(0);
          assertThat(largest).as(name + " is reached by a loss").isPositive();
          assertThat(fisher.info(name).shape())
              .isEqualTo(Objects.requireNonNull(model.weights().get(name)).info().shape());
          for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i])
                .as("%s[%d]", name, i)
                .isCloseTo(exact[i], within(2e-5 * largest));
          }
        }
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws Exception {
    Path weights = Files.createDirectory(directory.resolve("model"));
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"))) {
      model(Architecture.MODALITY_SPECIFIC, corpus).write(weights);
    }

    assertThat(Files.mismatch(stage("a", weights), stage("b", weights))).isEqualTo(-1);
  }

  @Test
  void aModelWithoutExpertsOrHeadsIsRefused() throws Exception {
    FisherEstimate.Options options =
        new FisherEstimate.Options(List.of(), 1, 2, 0.15, 1, Negatives.HARD);
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"))) {
      assertThatExceptionOfType(StageFailure.class)
          .isThrownBy(
              () ->
                  new FisherEstimate(
                      model(Architecture.MODALITY_AGNOSTIC, corpus), corpus, options, 1))
          .withMessageContaining("is modality-agnostic: it has no experts to merge");
      ModelConfig tuned = config(Architecture.MODALITY_SPECIFIC, corpus, Head.RETRIEVAL);
      assertThatExceptionOfType(StageFailure.class)
          .isThrownBy(
              () ->
                  new FisherEstimate(
                      new Checkpoint(tuned, PicoModel.weights(tuned, 1)), corpus, options, 1))
          .withMessageContaining("has no head for ITC (it has [RETRIEVAL]): give it as");
    }
  }
}
