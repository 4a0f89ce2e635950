package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeStageTest {
  private static final MergeMethod MEAN = new Interpolation(0.5, false, MergeTask.ANY);
  private static final String CONFIG =
      "{\"width\": 6, \"architecture\": \"modality-specific\", \"layers\": 3, \"x\": {\"b\": 1}}";

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private Input model(String name, SortedMap<String, HostTensor> weights, String config)
      throws IOException {
    Path model = Files.createDirectories(directory.resolve(name));
    SmallModel.save(model.resolve("model.safetensors"), weights);
    Files.writeString(model.resolve("config.json"), config);
    return new Input("weights", Digest.of(name), model);
  }

  private Input specific() throws IOException {
    return model("specific", SmallModel.weights(SmallModel.ALL, 1), CONFIG);
  }

  private Path run(MergeMethod method, Input model, @Nullable Input origin) throws Exception {
    Path output = Files.createDirectories(directory.resolve("output"));
    MergeSettings settings = new MergeSettings(model, origin, null, null, "some", method, 1024);
    new MergeStage().run(settings, new TrialContext(output));
    return output;
  }

  @Test
  void theMergedModelIsModalityAgnosticAndElseTheSame() throws Exception {
    Path output = run(MEAN, specific(), null);
    assertThat(output.resolve("config.json"))
        .content()
        .isEqualToIgnoringWhitespace(
            "{\"architecture\":\"modality-agnostic\",\"layers\":3,\"width\":6,\"x\":{\"b\":1}}");
    try (SafetensorsFile merged = SafetensorsFile.open(output.resolve("model.safetensors"))) {
      assertThat(merged.names()).isEqualTo(SmallModel.weights(Set.of(), 0).keySet());
      assertThat(merged.metadata()).containsEntry("format", "pt");
    }
    try (var files = Files.list(output)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void theBytesDoNotDependOnTheNumberOfThreads() throws Exception {
    Path model = specific().directory().resolve("model.safetensors");
    byte[] one = bytes(model, 1);
    for (int threads : new int[] {2, 3, 8}) {
      assertThat(bytes(model, threads)).isEqualTo(one);
    }
  }

  private byte[] bytes(Path model, int threads) throws Exception {
    Path merged = directory.resolve("merged-" + threads);
    try (MergeInputs inputs = MergeInputs.open(model, null, null, null)) {
      new Merge(MEAN, inputs)
          .write(merged, Workers.of(threads, Workers.DEFAULT_MEMORY), Progress.SILENT);
    }
    return Files.readAllBytes(merged);
  }

  @Test
  void aModelThatIsMergedAlreadyIsRefused() throws Exception {
    Input merged =
        model(
            "agnostic",
            SmallModel.weights(Set.of(), 1),
            CONFIG.replace("modality-specific", "modality-agnostic"));
    assertRefused(MEAN, merged, null, "modality-agnostic already");
    Input mislabelled = model("mislabelled", SmallModel.weights(Set.of(), 1), CONFIG);
    assertRefused(MEAN, mislabelled, null, "no tensor belongs to one modality");
  }

  @Test
  void missingExpertsAreNamed() throws Exception {
    SortedMap<String, HostTensor> weights = SmallModel.weights(SmallModel.ALL, 1);
    weights.remove("transformer.blocks.1.attn.l.qkv.weight");
    weights.remove("transformer.blocks.2.mlp.vl.fc2.bias");
    assertRefused(
        MEAN,
        model("lacking", weights, CONFIG),
        null,
        "experts are missing: transformer.blocks.1.attn.l.qkv.weight,"
            + " transformer.blocks.2.mlp.vl.fc2.bias;");
    weights.keySet().removeIf(name -> name.startsWith("transformer.blocks.1."));
    assertRefused(MEAN, model("layerless", weights, CONFIG), null, "and 12 more");
  }

  @Test
  void expertsThatDoNotFitEachOtherAreRefused() throws Exception {
    SortedMap<String, HostTensor> weights = SmallModel.weights(SmallModel.ALL, 1);
    weights.put("transformer.blocks.0.norm1.l.weight", HostTensor.ofFloats(new float[] {1, 2}, 2));
    assertRefused(MEAN, model("odd", weights, CONFIG), null, "norm1.l.weight is F32 [2]");
    weights = SmallModel.weights(SmallModel.ALL, 1);
    weights.put("transformer.blocks.0.norm1.weight", HostTensor.ofFloats(new float[6], 6));
    assertRefused(MEAN, model("both", weights, CONFIG), null, "is both shared and");
    weights = SmallModel.weights(SmallModel.ALL, 1);
    float[] broken = {1, 2, Float.NaN, 4, 5, 6};
    weights.put("transformer.blocks.0.norm1.l.weight", HostTensor.ofFloats(broken, 6));
    assertRefused(
        MEAN, model("broken", weights, CONFIG), null, "transformer.blocks.0.norm1.weight");
  }

  @Test
  void aMethodWithoutWhatItNeedsSaysSo() throws Exception {
    MergeMethod arithmetic = new ModalityArithmetic(0.5, Variant.PAPER, false, MergeTask.ANY);
    Input model = specific();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MergeSettings(model, null, null, null, "modality-arithmetic", arithmetic, 1024))
        .withMessageStartingWith("method modality-arithmetic needs")
        .withMessageContaining("add origin:");
    MergeMethod regMean = new RegMean(1, Variant.PAPER, MergeTask.ANY, 0, false);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MergeSettings(model, model, null, null, "regmean", regMean, 1024))
        .withMessageContaining("grams:");
    SortedMap<String, HostTensor> vision = SmallModel.weights(Set.of(), 1);
    vision.remove("transformer.blocks.1.mlp.fc1.weight");
    assertRefused(
        arithmetic,
        specific(),
        model("origin", vision, CONFIG),
        "the origin has no transformer.blocks.1.mlp.fc1.weight");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interpolation(0.5, true, MergeTask.ANY))
        .withMessageContaining("needs a task");
  }

  @Test
  void damagedFilesAreRefusedWithTheirName() throws Exception {
    Input model = specific();
    Path weights = model.directory().resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, ByteBuffer.allocate(20).put(bytes, 0, 20).array());
    assertRefused(MEAN, model, null, weights + ": ");
    Files.delete(weights);
    assertRefused(MEAN, model, null, "no such file");
    for (String config : List.of("{", "[]", "{\"width\": 6}", "")) {
      assertRefused(
          MEAN, model("c", SmallModel.weights(SmallModel.ALL, 1), config), null, "config");
    }
  }

  @Test
  void aCancelledMergeStopsAndLeavesNoWeights() throws Exception {
    Path output = Files.createDirectories(directory.resolve("output"));
    Progress cancelled =
        (done, total, unit, shown) -> {
          throw new StageCancelled();
        };
    MergeSettings settings =
        new MergeSettings(specific(), null, null, null, "interpolation", MEAN, 1024);
    assertThatExceptionOfType(StageCancelled.class)
        .isThrownBy(() -> new MergeStage().run(settings, new TrialContext(output, cancelled)));
    assertThat(output).isEmptyDirectory();
  }

  private void assertRefused(
      MergeMethod method, Input model, @Nullable Input origin, String reason) {
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> run(method, model, origin))
        .withMessageContaining(reason);
    assertThat(directory.resolve("output")).isEmptyDirectory();
  }
}
