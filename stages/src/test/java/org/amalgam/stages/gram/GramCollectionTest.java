package org.amalgam.stages.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.merging.Merge;
import org.amalgam.stages.merging.MergeInputs;
import org.amalgam.stages.merging.MergeTask;
import org.amalgam.stages.merging.RegMean;
import org.amalgam.stages.merging.Variant;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.NaiveLayers;
import org.amalgam.stages.model.PicoModel;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GramCollectionTest {
  private static final int TEXT_LENGTH = 18;
  private static final long PLENTY = 1 << 20;

  @TempDir static Path shared = Path.of("");
  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void world() throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1,
            12,
            8,
            2,
            4,
            2,
            4,
            4,
            4,
            4,
            8,
            8,
            8,
            24,
            24,
            List.of(Questions.Type.FITS),
            6,
            6,
            List.of(Statements.Template.values()),
            4,
            4,
            0,
            0);
    Path corpus = Files.createDirectory(shared.resolve("corpus"));
    new CorpusStage()
        .run(new CorpusSettings("sprite-world", world, 16, "corpus"), new TrialContext(corpus));
  }

  private static Corpus corpus() throws IOException, StageFailure {
    return Corpus.open(shared.resolve("corpus"));
  }

  private static Checkpoint model(Architecture architecture, Corpus corpus, Head... heads) {
    ModelConfig config =
        new ModelConfig(
            architecture,
            8,
            3,
            1,
            2,
            8,
            16,
            TEXT_LENGTH,
            corpus.tokenizer().size(),
            0,
            Initialization.PAPER,
            Set.of(heads));
    return new Checkpoint(config, PicoModel.weights(config, 3));
  }

  private static GramData data(GramTask task, boolean padding) {
    return new GramData(task, "", Split.VAL, 0, 3, padding);
  }

  private Path collect(
      String name, Checkpoint model, Corpus corpus, GramData data, long seed, long memory)
      throws Exception {
    Path file = directory.resolve(name);
    new GramCollection(model, corpus, data, seed)
        .write(file, Environment.DEFAULT, memory, Progress.SILENT);
    return file;
  }

  /** A sum as the definition says: every token, and every product by itself. */
  private static final class NaiveGram {
    private final double[][] sum;
    private long rows;

    NaiveGram(int width) {
      sum = new double[width][width];
    }

    void add(double[] x) {
      rows++;
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < x.length; j++) {
          sum[i][j] += x[i] * x[j];
        }
      }
    }
  }

  private static SortedMap<String, NaiveGram> oracle(Checkpoint model, Corpus corpus, GramData data)
      throws Exception {
    SortedMap<String, NaiveGram> grams = new TreeMap<>();
    ModelConfig config = model.config();
    NaiveLayers naive = new NaiveLayers(config, model.weights());
    int top = config.layers() - config.crossLayers();
    int image = config.imageTokens();
    for (GramData.Pair pair : data.pairs(corpus, 1)) {
      int[] text = corpus.tokenizer().encode(pair.text(), TEXT_LENGTH);
      int[] ids = Arrays.copyOf(text, TEXT_LENGTH);
      Arrays.fill(ids, text.length, TEXT_LENGTH, corpus.tokenizer().padId());
      boolean[] ofText = new boolean[TEXT_LENGTH];
      Arrays.fill(ofText, text.length, TEXT_LENGTH, true);
      boolean[] ofBoth = Arrays.copyOf(ofText, TEXT_LENGTH + image);
      boolean[] none = new boolean[image];
      byte[] pixels = new byte[3 * 16 * 16];
      pair.image().images().copy(pair.image().index(), pixels, 0);
      boolean second = pair.isSecond() && config.headSet().contains(Head.NLVR2);

      double[][] v =
          naive.run(
              naive.image(pixels, second ? 2 : 1), "v", none, 0, 0, top, add(grams, data, none));
      double[][] l =
          naive.run(naive.text(ids), "l", ofText, TEXT_LENGTH, 0, top, add(grams, data, ofText));
      if (data.task() == GramTask.RETRIEVAL || data.task() == GramTask.PRETRAINING) {
        naive.run(v, "v", none, 0, top, config.layers(), add(grams, data, none));
        naive.run(l, "l", ofText, TEXT_LENGTH, top, config.layers(), add(grams, data, ofText));
      }
      if (data.task() != GramTask.RETRIEVAL) {
        List<double[]> both = new ArrayList<>(List.of(l));
        both.addAll(List.of(v));
        naive.run(
            both.toArray(double[][]::new),
            "vl",
            ofBoth,
            TEXT_LENGTH,
            top,
            config.layers(),
            add(grams, data, ofBoth));
      }
    }
    return grams;
  }

  private static NaiveLayers.Seen add(
      SortedMap<String, NaiveGram> grams, GramData data, boolean[] padded) {
    return (weight, position, input) -> {
      if (data.padding() || !padded[position]) {
        ExpertName.parse(weight)
            .ifPresent(
                name ->
                    grams
                        .computeIfAbsent(name.gram(), n -> new NaiveGram(input.length))
                        .add(input));
      }
    };
  }

  private static void assertSame(Path file, SortedMap<String, NaiveGram> expected)
      throws Exception {
    List<String> names = new ArrayList<>();
    expected.keySet().forEach(name -> names.addAll(List.of(name, name + ".rows")));
    try (SafetensorsFile grams = SafetensorsFile.open(file)) {
      assertThat(grams.names()).containsExactlyInAnyOrderElementsOf(names);
      for (var entry : expected.entrySet()) {
        String name = entry.getKey();
        double[][] sum = entry.getValue().sum;
        assertThat(grams.info(name).shape()).containsExactly(sum.length, sum.length);
        assertThat(grams.bytes(name + ".rows").getLong()).isEqualTo(entry.getValue().rows);
        double largest =
            Arrays.stream(sum).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
        for (int i = 0; i < sum.length; i++) {
          for (int j = 0; j < sum.length; j++) {
            assertThat(grams.bytes(name).getDouble(8 * (i * sum.length + j)))
                .as("%s[%d, %d]", name, i, j)
                .isCloseTo(sum[i][j], within(2e-6 * largest));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = "MODALITY_AGNOSTIC",
      mode = EnumSource.Mode.EXCLUDE)
  void everyTokenOfEveryArchitectureIsCountedAsTheDefinitionSays(Architecture architecture)
      throws Exception {
    try (Corpus corpus = corpus()) {
      Checkpoint model = model(architecture, corpus, Head.ITC);
      GramData data = data(GramTask.PRETRAINING, true);

      Path file = collect("grams", model, corpus, data, 1, PLENTY);

      SortedMap<String, NaiveGram> expected = oracle(model, corpus, data);
      int custom = architecture.label().contains("layer-norm") ? 0 : 2;
      int modules = architecture == Architecture.MODALITY_SPECIFIC ? 4 : custom;
      assertThat(expected).hasSize(modules * (2 * 2 + 3));
      assertSame(file, expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RETRIEVAL, true",
    "RETRIEVAL, false",
    "VQA, true",
    "VQA, false",
    "NLVR2, true",
    "NLVR2, false",
    "PRETRAINING, false"
  })
  void everyTaskCountsTheTokensOfItsOwnExperts(GramTask task, boolean padding) throws Exception {
    try (Corpus corpus = corpus()) {
      Checkpoint model = model(Architecture.MODALITY_SPECIFIC, corpus, Head.NLVR2);
      GramData data = data(task, padding);

      Path file = collect("grams", model, corpus, data, 1, PLENTY);

      assertSame(file, oracle(model, corpus, data));
    }
  }

  @Test
  void theBytesAreTheSameWhateverTheMemory() throws Exception {
    try (Corpus corpus = corpus()) {
      Checkpoint model = model(Architecture.MODALITY_SPECIFIC, corpus);
      for (GramTask task : List.of(GramTask.PRETRAINING, GramTask.VQA)) {
        GramData data = data(task, true);
        Path once = collect("once", model, corpus, data, 1, PLENTY);
        for (long memory : new long[] {8 * 32 * 32, 20_000}) {
          assertThat(new GramCollection(model, corpus, data, 1).passes(memory)).isGreaterThan(2);
          Path often = collect("often", model, corpus, data, 1, memory);
          assertThat(Files.mismatch(often, once)).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void aThreadThatRecordsGradientsGivesTheSameBytes() throws Exception {
    try (Corpus corpus = corpus()) {
      Checkpoint model = model(Architecture.MODALITY_SPECIFIC, corpus);
      GramData data = data(GramTask.VQA, true);
      Path here = collect("here", model, corpus, data, 1, PLENTY);
      Path there;
      Torch.recordGradients(true);
      try {
        there = collect("there", model, corpus, data, 1, PLENTY);
      } finally {
        Torch.recordGradients(false);
      }

      assertThat(Files.mismatch(there, here)).isEqualTo(-1);
    }
  }

  @Test
  void aPartOfTheDataIsDrawnBySeedWithoutRepetition() throws Exception {
    try (Corpus corpus = corpus()) {
      Checkpoint model = model(Architecture.MODALITY_SPECIFIC, corpus);
      GramData some = new GramData(GramTask.PRETRAINING, "", Split.TRAIN, 2, 3, true);

      assertThat(some.pairs(corpus, 1)).hasSize(6).doesNotHaveDuplicates();
      assertThat(some.pairs(corpus, 2)).isNotEqualTo(some.pairs(corpus, 1));
      Path first = collect("first", model, corpus, some, 1, PLENTY);
      assertThat(Files.mismatch(first, collect("again", model, corpus, some, 1, PLENTY)))
          .isEqualTo(-1);
      assertThat(Files.mismatch(first, collect("other", model, corpus, some, 2, PLENTY)))
          .isNotEqualTo(-1);
      GramData all = new GramData(GramTask.PRETRAINING, "", Split.TRAIN, 1000, 3, true);
      assertThat(all.pairs(corpus, 1)).hasSizeGreaterThan(16).doesNotHaveDuplicates();
    }
  }

  @Test
  void theStageWritesWhatRegMeanReads() throws Exception {
    Path weights = Files.createDirectory(directory.resolve("model"));
    try (Corpus corpus = corpus()) {
      model(Architecture.MODALITY_SPECIFIC, corpus).write(weights);
    }
    for (GramTask task : List.of(GramTask.PRETRAINING, GramTask.VQA, GramTask.RETRIEVAL)) {
      Path output = Files.createDirectory(directory.resolve(task.name()));
      Input model = new Input("weights", Digest.of("model"), weights);
      Input corpus = new Input("corpus", Digest.of("corpus"), shared.resolve("corpus"));
      new GramStage()
          .run(
              new GramSettings(model, corpus, task, "", Split.TRAIN, 0, 8, true, 1),
              new TrialContext(output));
      MergeTask purpose =
          task == GramTask.PRETRAINING
              ? MergeTask.ANY
              : MergeTask.valueOf(task.name().toUpperCase(Locale.ROOT));
      Variant variant = purpose == MergeTask.ANY ? Variant.PAPER : Variant.AS_RELEASED;
      for (boolean perRow : new boolean[] {false, true}) {
        try (MergeInputs inputs =
            MergeInputs.open(
                weights.resolve("model.safetensors"),
                null,
                output.resolve("grams.safetensors"),
                null)) {
          Merge merge = new Merge(new RegMean(0.9, variant, purpose, 1e-9, perRow), inputs);
          assertThat(merge.missing()).isEmpty();
          merge.write(directory.resolve("merged"), Workers.of(1, PLENTY << 4), Progress.SILENT);
        }
      }
    }
  }

  @Test
  void whatDoesNotFitIsToldInOneSentence() throws Exception {
    try (Corpus corpus = corpus()) {
      GramData data = data(GramTask.PRETRAINING, true);
      assertThatExceptionOfType(StageFailure.class)
          .isThrownBy(
              () ->
                  new GramCollection(
                      model(Architecture.MODALITY_AGNOSTIC, corpus), corpus, data, 1))
          .withMessageContaining("is modality-agnostic: it has no experts to merge");
      assertThatExceptionOfType(StageFailure.class)
          .isThrownBy(
              () ->
                  collect(
                      "grams",
                      model(Architecture.MODALITY_SPECIFIC, corpus),
                      corpus,
                      data,
                      1,
                      8 * 32 * 32 - 1))
          .withMessageContaining("mlp.l.fc2 takes 1 MiB by itself; set memory to at least that");
      assertThat(directory.resolve("grams")).doesNotExist();
      ModelConfig other = PicoModel.config(Architecture.MODALITY_SPECIFIC, 0).withImageSize(16);
      assertThatExceptionOfType(StageFailure.class)
          .isThrownBy(
              () ->
                  new GramCollection(
                      new Checkpoint(other, PicoModel.weights(other, 1)), corpus, data, 1))
          .withMessageContaining("word pieces, but the model knows 20: give the corpus that");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GramData(GramTask.VQA, "scenes", Split.VAL, 0, 1, true))
        .withMessageStartingWith("source is of captions");
  }
}
