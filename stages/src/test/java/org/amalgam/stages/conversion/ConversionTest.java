package org.amalgam.stages.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.ParameterShapes;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of width 4 with two heads, three layers and 2 x 2 patches by their makers' names. */
class ConversionTest {
  private static final int WIDTH = 4;
  private static final int LAYERS = 3;
  private static final int HEADS = 2;
  private static final int PATCH = 2;

  /** Offsets of a 2 x 2 grid and the three rows of its [CLS]. */
  private static final int IMAGE_ROWS = 3 * 3 + 3;

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private final SortedMap<String, HostTensor> tensors = new TreeMap<>();

  private static ModelConfig config(Architecture architecture, int imageSize) {
    return new ModelConfig(
        architecture,
        WIDTH,
        LAYERS,
        1,
        HEADS,
        PATCH,
        imageSize,
        8,
        30,
        0,
        Initialization.PAPER,
        Set.of());
  }

  private void put(String name, long... shape) {
    float[] values = new float[(int) ParameterShapes.entries(shape)];
    RandomStream.of(7, name).fillGaussian(values, 1);
    tensors.put(name, HostTensor.ofFloats(values, shape));
  }

  private float[] values(String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  private void encoder() {
    put("cls_token", 1, 1, WIDTH);
    put("patch_embed.proj.weight", WIDTH, 3, PATCH, PATCH);
    put("patch_embed.proj.bias", WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      String block = "blocks." + layer + ".";
      for (String norm : new String[] {"norm1", "norm2"}) {
        put(block + norm + ".weight", WIDTH);
        put(block + norm + ".bias", WIDTH);
      }
      put(block + "attn.qkv.weight", 3 * WIDTH, WIDTH);
      put(block + "attn.proj.weight", WIDTH, WIDTH);
      put(block + "attn.proj.bias", WIDTH);
      put(block + "mlp.fc1.weight", 4 * WIDTH, WIDTH);
      put(block + "mlp.fc1.bias", 4 * WIDTH);
      put(block + "mlp.fc2.weight", WIDTH, 4 * WIDTH);
      put(block + "mlp.fc2.bias", WIDTH);
    }
    put("head.weight", 10, WIDTH);
  }

  private void beit(boolean sharedTable) {
    encoder();
    put("fc_norm.weight", WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      String block = "blocks." + layer + ".";
      for (String name : new String[] {"gamma_1", "gamma_2", "attn.q_bias", "attn.v_bias"}) {
        put(block + name, WIDTH);
      }
      if (!sharedTable) {
        put(block + "attn.relative_position_bias_table", IMAGE_ROWS, HEADS);
        tensors.put(block + "attn.relative_position_index", HostTensor.ofLongs(new long[25], 5, 5));
      }
    }
    if (sharedTable) {
      put("rel_pos_bias.relative_position_bias_table", IMAGE_ROWS, HEADS);
    }
  }

  private Conversion convert(Rules rules, ModelConfig config) throws IOException, StageFailure {
    Path file = directory.resolve("in.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return Conversion.of(TensorSources.open(file), rules, config);
  }

  @Test
  void tablesOfEveryLayerStandSideBySideAboveRowsOfZeros() throws Exception {
    beit(false);
    try (Conversion made =
        convert(Rules.builtIn("beit"), config(Architecture.MODALITY_AGNOSTIC, 4))) {
      float[] table = made.floats("relative_position_bias_table");
      assertThat(made.info("relative_position_bias_table").shape())
          .containsExactly(IMAGE_ROWS + 2 * 196 + 2, HEADS * LAYERS);
      for (int row = 0; row < IMAGE_ROWS; row++) {
        for (int layer = 0; layer < LAYERS; layer++) {
          float[] own = values("blocks." + layer + ".attn.relative_position_bias_table");
          for (int head = 0; head < HEADS; head++) {
            assertThat(table[row * HEADS * LAYERS + layer * HEADS + head])
                .isEqualTo(own[row * HEADS + head]);
          }
        }
      }
      assertThat(Arrays.copyOfRange(table, IMAGE_ROWS * HEADS * LAYERS, table.length))
          .containsOnly(0);
      assertThat(made.report().dropped().keySet())
          .contains("fc_norm.weight", "head.weight", "blocks.0.attn.relative_position_index");
      assertThat(made.report().unmatched()).isEmpty();
      assertThat(made.report().unplaced()).isEmpty();
      assertThat(made.report().unfilled())
          .contains("transformer.norm.weight", "text_embeddings.word_embeddings.weight")
          .noneMatch(name -> name.startsWith("transformer.blocks"));
      assertThat(made.floats("transformer.blocks.1.attn.q_bias"))
          .containsExactly(values("blocks.1.attn.q_bias"));
    }
  }

  @Test
  void aSharedTableIsRepeatedForEachLayerAndResizedWithTheImages() throws Exception {
    beit(true);
    float[] own = values("rel_pos_bias.relative_position_bias_table");
    Arrays.fill(own, 0, 9 * HEADS, 3f);
    tensors.put(
        "rel_pos_bias.relative_position_bias_table", HostTensor.ofFloats(own, IMAGE_ROWS, HEADS));
    try (Conversion made =
        convert(Rules.builtIn("beit"), config(Architecture.MODALITY_AGNOSTIC, 8))) {
      float[] table = made.floats("relative_position_bias_table");
      int columns = HEADS * LAYERS;
      assertThat(made.how("relative_position_bias_table")).isEqualTo("resized");
      // The offsets of a 4 x 4 grid, of which a constant stays a constant.
      for (int i = 0; i < 7 * 7 * columns; i++) {
        assertThat(table[i]).isCloseTo(3, org.assertj.core.api.Assertions.within(1e-6f));
      }
      for (int row = 0; row < 3; row++) {
        for (int column = 0; column < columns; column++) {
          assertThat(table[(49 + row) * columns + column])
              .isEqualTo(own[(9 + row) * HEADS + column % HEADS]);
        }
      }
    }
  }

  @Test
  void everyModalityGetsACopyOfWhatItHasForItself() throws Exception {
    beit(true);
    try (Conversion made =
        convert(Rules.builtIn("beit"), config(Architecture.MODALITY_SPECIFIC, 4))) {
      for (String expert : new String[] {"v", "l", "vl"}) {
        assertThat(made.floats("transformer.blocks.2.mlp." + expert + ".fc1.weight"))
            .containsExactly(values("blocks.2.mlp.fc1.weight"));
      }
      assertThat(made.contains("transformer.blocks.1.mlp.vl.fc1.weight")).isFalse();
      assertThat(made.floats("transformer.blocks.2.gamma_1"))
          .containsExactly(values("blocks.2.gamma_1"));
    }
  }

  @Test
  void aSupervisedModelLosesItsKeyBiasAndPositionsAndIsTold() throws Exception {
    encoder();
    put("norm.weight", WIDTH);
    put("norm.bias", WIDTH);
    put("pos_embed", 1, 5, WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      put("blocks." + layer + ".attn.qkv.bias", 3 * WIDTH);
    }
    ModelConfig config = config(Architecture.MODALITY_AGNOSTIC, 4);
    try (Conversion made = convert(Rules.builtIn("timm-vit"), config)) {
      float[] bias = values("blocks.1.attn.qkv.bias");
      assertThat(made.floats("transformer.blocks.1.attn.q_bias"))
          .containsExactly(Arrays.copyOf(bias, WIDTH));
      assertThat(made.floats("transformer.blocks.1.attn.v_bias"))
          .containsExactly(Arrays.copyOfRange(bias, 2 * WIDTH, 3 * WIDTH));
      assertThat(made.floats("transformer.blocks.2.gamma_2")).containsOnly(1).hasSize(WIDTH);
      assertThat(made.floats("transformer.norm.bias")).containsExactly(values("norm.bias"));
      assertThat(made.report().dropped())
          .containsEntry(
              "blocks.1.attn.qkv.bias [part 2 of 3]",
              "the bias of keys adds the same to all logits of a query")
          .containsKey("pos_embed");
      assertThat(made.report().unfilled()).contains("relative_position_bias_table");
    }
    try (Conversion made = convert(Rules.builtIn("timm-vit").withoutFills(), config)) {
      assertThat(made.report().unfilled()).contains("transformer.blocks.2.gamma_2");
    }
  }

  @Test
  void vlmoBecomesTheArchitectureThatSharesAttention() throws Exception {
    ModelConfig config = config(Architecture.CUSTOM_FFN, 4);
    SortedMap<String, long[]> shapes = ParameterShapes.of(config);
    // The names of VLMo, by substitutions other than the rules'.
    shapes.forEach(
        (name, shape) ->
            put(
                "module."
                    + name.replace("mlp.v.", "mlp_imag.")
                        .replace("mlp.l.", "mlp_text.")
                        .replace("mlp.vl.", "mlp_vl.")
                        .replace("norm2.v.", "norm2_imag.")
                        .replace("norm2.l.", "norm2_text.")
                        .replace("norm2.vl.", "norm2_vl."),
                name.equals("text_embeddings.position_embeddings.weight")
                    ? new long[] {196, WIDTH}
                    : shape));
    tensors.put("module.text_relative_position_index", HostTensor.ofLongs(new long[4], 2, 2));
    put("module.strange", 3);
    try (Conversion made = convert(Rules.builtIn("vlmo"), config)) {
      assertThat(made.names()).isEqualTo(shapes.keySet());
      assertThat(made.floats("transformer.blocks.2.mlp.vl.fc2.bias"))
          .containsExactly(values("module.transformer.blocks.2.mlp_vl.fc2.bias"));
      assertThat(made.floats("transformer.blocks.0.norm2.l.weight"))
          .containsExactly(values("module.transformer.blocks.0.norm2_text.weight"));
      assertThat(made.floats("text_embeddings.position_embeddings.weight"))
          .containsExactly(
              Arrays.copyOf(
                  values("module.text_embeddings.position_embeddings.weight"), 8 * WIDTH));
      assertThat(made.report().unplaced()).containsEntry("module.strange", "strange");
      assertThat(made.report().unfilled()).isEmpty();
    }
  }

  @Test
  void rulesOfOnesOwnJoinCopyAndFill() throws Exception {
    for (String part : new String[] {"query", "key", "value"}) {
      put("layer.0." + part, WIDTH, WIDTH);
    }
    put("layer.0.norm", WIDTH);
    put("stray", 1);
    Rules rules =
        Rules.read(
            "mine.yaml",
            """
            rules:
              - from: 'layer\\.(\\d+)\\.(?<part>query|key|value)'
                action: join
                to: transformer.blocks.$1.attn.qkv.weight
                parts: [query, key, value]
              - from: 'layer\\.(\\d+)\\.norm'
                to: [transformer.blocks.$1.norm1.weight, transformer.blocks.$1.norm2.weight]
              - {from: no-such-name, action: zero, to: cls}
            fills: [{name: 'transformer\\.cls_token', with: zeros}]
            """);
    try (Conversion made = convert(rules, config(Architecture.MODALITY_AGNOSTIC, 4))) {
      float[] joined = made.floats("transformer.blocks.0.attn.qkv.weight");
      assertThat(Arrays.copyOf(joined, 16)).containsExactly(values("layer.0.query"));
      assertThat(Arrays.copyOfRange(joined, 16, 32)).containsExactly(values("layer.0.key"));
      assertThat(made.bytes("transformer.blocks.0.attn.qkv.weight", 60, 8).getFloat(4))
          .isEqualTo(joined[16]);
      assertThat(made.floats("transformer.blocks.0.norm2.weight"))
          .containsExactly(values("layer.0.norm"));
      assertThat(made.floats("transformer.cls_token")).containsOnly(0);
      assertThat(made.report().unmatched()).containsExactly("stray");
    }
  }

  @Test
  void twoTensorsForOneNameAndWrongSizesAreRefused() throws Exception {
    ModelConfig config = config(Architecture.MODALITY_AGNOSTIC, 4);
    put("a", WIDTH);
    put("b", WIDTH);
    Rules both = Rules.read("r.yaml", "rules: [{from: '[ab]', to: transformer.norm.bias}]");
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> convert(both, config))
        .withMessageContaining("both [a] and [b] become transformer.norm.bias");
    tensors.clear();
    put("a", WIDTH + 1);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> convert(both, config))
        .withMessageContaining("[a] is [5], but the model's transformer.norm.bias is [4]");
    tensors.clear();
    beit(true);
    put("rel_pos_bias.relative_position_bias_table", IMAGE_ROWS, HEADS + 1);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> convert(Rules.builtIn("beit"), config))
        .withMessageContaining("is of 3 heads, but the model has 2; set heads");
  }

  @Test
  void mistakesInRulesAreToldAllAtOnceByTheirPlaces() {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(
            () ->
                Rules.read(
                    "r.yaml",
                    """
                    rules:
                      - {from: 'a(', to: b}
                      - {from: a, too: b}
                      - {from: a, to: b$1}
                      - {from: a, action: dorp}
                      - {from: a, action: join, to: b}
                    fill: []
                    """))
        .withMessageContaining("r.yaml:2:12: from is no regular expression")
        .withMessageContaining("r.yaml:3:15: unknown key too")
        .withMessageContaining("r.yaml:4:5: from has no group 1")
        .withMessageContaining("r.yaml:5:23: unknown action dorp")
        .withMessageContaining("r.yaml:6:5: join needs parts")
        .withMessageContaining("r.yaml:7:1: unknown key fill");
  }

  @Test
  void theRulesOfTheProgramAreSound() {
    Rules.BUILT_IN.forEach(name -> assertThat(Rules.builtIn(name).rules()).isNotEmpty());
  }
}
