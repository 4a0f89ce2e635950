package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our passes against what the paper's released modules computed from the same weights. */
class TransformerParityTest {
  private static final double TOLERANCE = 1e-5;

  /** The kit's M, which a model without experts does not show. */
  private static final int SHARED_CROSS_LAYERS = 2;

  private static final Map<Head, String> HEADS =
      Map.of(Head.ITC, "logit_vl_scale", Head.ITM, "itm_score.fc.bias", Head.MLM, "mlm_score.bias");

  private final Set<String> compared = new TreeSet<>();

  static Stream<Path> cases() throws IOException {
    Path kit =
        Path.of(System.getProperty("parity.dir", "src/test/resources/parity")).resolve("forward");
    try (Stream<Path> found = Files.list(kit)) {
      return found.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void thePassesAgreeWithTheReleasedModules(Path directory) throws Exception {
    Architecture architecture = Architecture.ofLabel(directory.getFileName().toString());
    try (SafetensorsFile weights = SafetensorsFile.open(directory.resolve("weights.safetensors"));
        SafetensorsFile inputs = SafetensorsFile.open(directory.resolve("inputs.safetensors"));
        SafetensorsFile expected = SafetensorsFile.open(directory.resolve("expected.safetensors"));
        NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config(architecture, weights, inputs), manager)) {
      ModelConfig config = transformer.config();
      assertThat(weights.names()).isEqualTo(ParameterShapes.of(config).keySet());
      TreeMap<String, NDArray> bound = new TreeMap<>();
      for (String name : weights.names()) {
        bound.put(name, onDevice(manager, weights.tensor(name)));
      }
      Transformer.Pass pass = transformer.pass(bound);
      NDArray ids = longs(manager, inputs, "text_ids");
      NDArray image = onDevice(manager, inputs.tensor("image"));
      int length = side(inputs, "text_ids", 1);
      int n = (int) ids.getShape().get(0);
      Sequence text = Sequence.text(length, mask(manager, inputs, n, length, 0));
      Sequence joint =
          Sequence.joint(length, mask(manager, inputs, n, length, config.imageTokens()));

      NDArray textTokens = pass.textTokens(ids);
      NDArray imageTokens = pass.imageTokens(image);
      NDArray textBottom = pass.bottom(textTokens, Modality.LANGUAGE, text);
      NDArray imageBottom = pass.bottom(imageTokens, Modality.VISION, Sequence.image());
      NDArray start =
          config.architecture().attendsJointlyBelow()
              ? pass.joint(textTokens, imageTokens)
              : pass.joint(textBottom, imageBottom);
      NDArray together = pass.norm(pass.top(start, Modality.CROSS, joint));
      NDArray textStates = together.get(":, :" + length);

      compare(expected, "joint.text_features", textStates);
      compare(expected, "joint.image_features", together.get(":, " + length + ":"));
      NDArray pooled = pass.pool(pass.first(together));
      compare(expected, "joint.pooled", pooled);
      compare(expected, "itm.logits", pass.itm(pooled));
      compare(expected, "mlm.logits", pass.mlm(textStates));
      NDArray cls = manager.zeros(new Shape(n, 1), ai.djl.ndarray.types.DataType.INT64);
      for (Modality modality : List.of(Modality.VISION, Modality.CROSS)) {
        NDArray whole = pass.top(imageBottom, modality, Sequence.image());
        NDArray read = pass.topAt(imageBottom, modality, Sequence.image(), cls);
        String tail = modality == Modality.CROSS ? "_vl_tail" : "";
        String head = modality == Modality.CROSS ? "vl_image" : "image";
        compare(expected, "itc.image" + tail, pass.project(pass.first(pass.norm(whole)), head));
        compare(expected, "itc.image" + tail, pass.project(pass.first(pass.norm(read)), head));
      }
      for (Modality modality : List.of(Modality.LANGUAGE, Modality.CROSS)) {
        NDArray read = pass.topAt(textBottom, modality, text, cls);
        String tail = modality == Modality.CROSS ? "_vl_tail" : "";
        String head = modality == Modality.CROSS ? "vl_text" : "text";
        compare(expected, "itc.text" + tail, pass.project(pass.first(pass.norm(read)), head));
      }
      assertThat(compared).as("what the case expects").isEqualTo(expected.names());
    }
  }

  /** The sizes of a case's model, read off its tensors. */
  private static ModelConfig config(
      Architecture architecture, SafetensorsFile weights, SafetensorsFile inputs)
      throws IOException {
    Set<String> names = weights.names();
    int layers = 0;
    while (names.contains(ParameterShapes.name(layers, "gamma_1"))) {
      layers++;
    }
    int crossLayers = 0;
    for (int layer = 0; layer < layers; layer++) {
      String prefix = ParameterShapes.name(layer, "");
      boolean cross = names.stream().anyMatch(n -> n.startsWith(prefix) && n.contains(".vl."));
      crossLayers += cross ? 1 : 0;
    }
    Set<Head> heads = EnumSet.noneOf(Head.class);
    HEADS.forEach(
        (head, name) -> {
          if (names.contains(name)) {
            heads.add(head);
          }
        });
    int columns = side(weights, "relative_position_bias_table", 1);
    return new ModelConfig(
        architecture,
        side(weights, "transformer.cls_token", 2),
        layers,
        architecture == Architecture.MODALITY_AGNOSTIC ? SHARED_CROSS_LAYERS : crossLayers,
        columns / layers,
        side(weights, "transformer.patch_embed.proj.weight", 2),
        side(inputs, "image", 2),
        side(weights, "text_embeddings.position_embeddings.weight", 0),
        side(weights, "text_embeddings.word_embeddings.weight", 0),
        0,
        Initialization.PAPER,
        heads);
  }

  private static int side(SafetensorsFile file, String tensor, int axis) throws IOException {
    return Math.toIntExact(file.info(tensor).shape()[axis]);
  }

  private static NDArray onDevice(NDManager manager, HostTensor tensor) {
    return manager.create(FloatBuffer.wrap(tensor.floats()), new Shape(tensor.info().shape()));
  }

  private static NDArray longs(NDManager manager, SafetensorsFile file, String name)
      throws IOException {
    LongBuffer values = file.bytes(name).asLongBuffer();
    long[] copy = new long[values.remaining()];
    values.get(copy);
    return manager.create(copy, new Shape(file.info(name).shape()));
  }

  private static NDArray mask(
      NDManager manager, SafetensorsFile inputs, int n, int length, int imageTokens)
      throws IOException {
    LongBuffer mask = inputs.bytes("text_mask").asLongBuffer();
    float[] added = new float[n * (length + imageTokens)];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < length; t++) {
        boolean padded = mask.get(i * length + t) == 0;
        added[i * (length + imageTokens) + t] = padded ? Float.NEGATIVE_INFINITY : 0;
      }
    }
    return manager.create(added, new Shape(n, 1, 1, length + imageTokens));
  }

  private void compare(SafetensorsFile expected, String name, NDArray actual) throws IOException {
    compared.add(name);
    float[] wanted = expected.floats(name);
    float[] got = actual.toFloatArray();
    assertThat(got).as(name).hasSameSizeAs(wanted);
    for (int i = 0; i < got.length; i++) {
      double bound = TOLERANCE * Math.max(1, Math.abs(wanted[i]));
      assertThat((double) Math.abs(got[i] - wanted[i])).as(name + "[" + i + "]").isLessThan(bound);
    }
  }
}
