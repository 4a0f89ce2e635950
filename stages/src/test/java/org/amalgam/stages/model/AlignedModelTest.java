package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.alignment.Alignment;
import org.amalgam.stages.alignment.UnitOrder;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What alignment must keep and what it must find, on models that compute. */
class AlignedModelTest {
  private static final String TABLE = "relative_position_bias_table";
  private static final int WIDTH = 8;
  private static final int TEXT_ROWS = 392;

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private static ModelConfig config() {
    return PicoModel.config(Architecture.MODALITY_SPECIFIC, 5, Head.ITC, Head.ITM, Head.VQA);
  }

  private List<UnitOrder> orders = List.of();

  private SortedMap<String, HostTensor> aligned(
      SortedMap<String, HostTensor> weights, String reference, boolean heads) throws Exception {
    Path in = directory.resolve("in.safetensors");
    Path out = directory.resolve("out.safetensors");
    SafetensorsWriter.write(in, weights, Map.of());
    try (SafetensorsFile model = SafetensorsFile.open(in)) {
      orders =
          new Alignment(model, reference, heads)
              .write(out, new Workers(2, 64L << 20), Progress.SILENT);
    }
    SortedMap<String, HostTensor> read = new TreeMap<>();
    try (SafetensorsFile model = SafetensorsFile.open(out)) {
      for (String name : model.names()) {
        read.put(name, HostTensor.ofFloats(model.floats(name), model.info(name).shape()));
      }
    }
    return read;
  }

  private static List<float[]> outputs(SortedMap<String, HostTensor> weights) throws Exception {
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config(), manager)) {
      Transformer.Pass pass = transformer.pass(PicoModel.bound(manager, weights));
      TextBatch text = PicoModel.texts(manager, config(), 3, 2);
      NDArray pixels = PicoModel.pixels(manager, config(), 3, 3);
      return List.of(
          Encoder.imageFeature(pass, pixels).toFloatArray(),
          Encoder.textFeature(pass, text).toFloatArray(),
          Encoder.pooled(pass, text, pixels).toFloatArray());
    }
  }

  private static void assertAlike(List<float[]> found, List<float[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).containsExactly(expected.get(i), within(1e-6f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "l"})
  void everyExpertStillComputesWhatItDid(String reference) throws Exception {
    SortedMap<String, HostTensor> weights = PicoModel.weights(config(), 1);
    SortedMap<String, HostTensor> aligned = aligned(weights, reference, true);
    assertThat(orders).anySatisfy(order -> assertThat(order.moved()).isPositive());
    assertThat(orders)
        .filteredOn(order -> order.kind().label().equals("heads"))
        .anySatisfy(order -> assertThat(order.moved()).isPositive());
    assertThat(orders).allSatisfy(o -> assertThat(o.after()).isGreaterThanOrEqualTo(o.before()));
    assertAlike(outputs(aligned), outputs(weights));
    for (String name : weights.keySet()) {
      if (name.contains("." + reference + ".")) {
        assertThat(floats(aligned, name)).as(name).isEqualTo(floats(weights, name));
      }
    }
  }

  /** The language expert is the vision expert with its units in another order. */
  private static SortedMap<String, HostTensor> permuted() {
    SortedMap<String, HostTensor> weights = PicoModel.weights(config(), 4);
    for (int layer = 0; layer < 3; layer++) {
      for (String name : List.copyOf(weights.keySet())) {
        String block = "transformer.blocks." + layer + ".";
        if (!name.startsWith(block) || !name.contains(".v.")) {
          continue;
        }
        float[] from = floats(weights, name);
        long[] shape = tensor(weights, name).info().shape();
        int rows = (int) shape[0];
        int columns = from.length / rows;
        float[] to = new float[from.length];
        for (int r = 0; r < rows; r++) {
          for (int c = 0; c < columns; c++) {
            to[r * columns + c] = from[row(name, layer, r) * columns + column(name, layer, c)];
          }
        }
        weights.put(name.replace(".v.", ".l."), HostTensor.ofFloats(to, shape));
      }
    }
    return weights;
  }

  private static int row(String name, int layer, int r) {
    boolean rows = name.contains("qkv") || name.contains("q_bias") || name.contains("v_bias");
    if (rows && layer < 2) {
      return r / WIDTH * WIDTH + (r + WIDTH / 2) % WIDTH; // the two heads change places
    }
    return name.contains("fc1") ? (r * 5 + 3) % (4 * WIDTH) : r;
  }

  private static int column(String name, int layer, int c) {
    if (name.contains("attn") && name.contains("proj.weight") && layer < 2) {
      return (c + WIDTH / 2) % WIDTH;
    }
    return name.contains("fc2.weight") ? (c * 5 + 3) % (4 * WIDTH) : c;
  }

  @Test
  void aPermutedCopyIsFoundBackBitForBit() throws Exception {
    SortedMap<String, HostTensor> weights = permuted();
    SortedMap<String, HostTensor> aligned = aligned(weights, "v", true);
    for (String name : weights.keySet()) {
      if (name.contains(".v.")) {
        // So any interpolation of the two is the vision expert.
        assertThat(floats(aligned, name.replace(".v.", ".l.")))
            .as(name)
            .isEqualTo(floats(weights, name));
      }
    }
    assertThat(orders)
        .filteredOn(order -> order.expert().equals("l"))
        .allSatisfy(order -> assertThat(order.after()).isCloseTo(1, within(1e-6)));
    assertAlike(outputs(aligned), outputs(weights));
  }

  @Test
  void onlyTheTextRowsOfMovedHeadsMoveInTheTable() throws Exception {
    SortedMap<String, HostTensor> weights = permuted();
    float[] before = floats(weights, TABLE);
    float[] after = floats(aligned(weights, "v", true), TABLE);
    int columns = 6;
    int rows = before.length / columns;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        boolean moves = r >= rows - TEXT_ROWS && c < 4;
        assertThat(after[r * columns + c]).isEqualTo(before[r * columns + (moves ? c ^ 1 : c)]);
      }
    }
    assertThat(floats(aligned(weights, "v", false), TABLE)).isEqualTo(before);
  }

  @Test
  void whatIsSharedOrUnsoundIsRefused() throws IOException {
    SortedMap<String, HostTensor> norms =
        PicoModel.weights(PicoModel.config(Architecture.CUSTOM_LAYER_NORM, 5, Head.ITC), 1);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> aligned(norms, "v", true))
        .withMessageContaining("share all hidden units and heads");
    SortedMap<String, HostTensor> broken = PicoModel.weights(config(), 1);
    String name = "transformer.blocks.1.mlp.l.fc1.bias";
    float[] values = floats(broken, name);
    values[3] = Float.NaN;
    broken.put(name, HostTensor.ofFloats(values, values.length));
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> aligned(broken, "v", true))
        .withMessageContaining("layer 1: the hidden units of v and l hold numbers that are not");
    assertThat(directory.resolve("out.safetensors")).doesNotExist();
  }

  private static float[] floats(Map<String, HostTensor> weights, String name) {
    return tensor(weights, name).floats();
  }

  private static HostTensor tensor(Map<String, HostTensor> weights, String name) {
    return Objects.requireNonNull(weights.get(name), name);
  }
}
