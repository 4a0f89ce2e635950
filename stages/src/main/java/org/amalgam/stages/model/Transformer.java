package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.stages.tensor.Script;
import org.amalgam.stages.tensor.Torch;
import org.jspecify.annotations.Nullable;

/**
 * The forward passes, over weights that somebody else owns.
 *
 * <p>Hidden states are (batch, tokens, d), text before image in a joint pass. Layers 1..N-M treat
 * the modalities apart, so that their outputs serve the unimodal and the joint passes alike; the
 * caller composes a pass from {@link #bottom} and {@link #top} (facts of the released code, section
 * 1.6).
 */
public final class Transformer implements AutoCloseable {
  private final ModelConfig config;
  private final Script script;
  private final NDManager constants;
  private final NDArray noMask;
  private final Map<String, NDArray> indices = new TreeMap<>();

  /** A transformer that computes in f32. */
  public Transformer(ModelConfig config, NDManager parent) {
    this(config, "f32", parent);
  }

  /**
   * A transformer.
   *
   * @param precision "f32", or "bf16" to round the factors of the layers' products; weights, sums
   *     and all else stay f32, as do layers that drop paths or attend jointly below the top
   */
  public Transformer(ModelConfig config, String precision, NDManager parent) {
    this.config = config;
    constants = parent.newSubManager();
    script = ModelScript.of(config, precision, constants);
    noMask = constants.zeros(new Shape(1, 1, 1, 1));
  }

  public ModelConfig config() {
    return config;
  }

  /** Binds the weights of one step, of which every result is made; drops nothing. */
  public Pass pass(Map<String, NDArray> weights) {
    return pass(weights, Dropout.NONE);
  }

  /** Like {@link #pass(Map)} for a step of training under autograd alone. */
  public Pass pass(Map<String, NDArray> weights, Dropout dropout) {
    return new Pass(weights, null, null, dropout);
  }

  /**
   * A pass without gradients that shows the inputs of linear maps: of every token that {@link
   * Pass#bottom} and {@link Pass#top} compute, in the layers that do not attend jointly below the
   * top.
   */
  public Pass pass(Map<String, NDArray> weights, LinearInputs inputs) {
    return new Pass(weights, null, inputs, Dropout.NONE);
  }

  /**
   * A step of training whose layers take their own backward, see {@link Pass#backward}.
   *
   * @param gradients where the gradient of each weight is added, by name
   */
  public Pass pass(Map<String, NDArray> weights, Map<String, NDArray> gradients, Dropout dropout) {
    return new Pass(weights, gradients, null, dropout);
  }

  @Override
  public void close() {
    script.close();
    constants.close();
  }

  /** Row indices of the position table, (tokens, tokens); they depend on the length alone. */
  private NDArray index(String kind, int length) {
    return indices.computeIfAbsent(
        kind + length,
        key -> {
          long[] rows =
              switch (kind) {
                case "image" -> RelativePositions.image(config);
                case "text" -> RelativePositions.text(config, length);
                default -> RelativePositions.joint(config, length);
              };
          int tokens = (int) Math.round(Math.sqrt(rows.length));
          try (NDArray mapped = constants.create(rows, new Shape(tokens, tokens))) {
            return mapped.duplicate();
          }
        });
  }

  /** The passes of one step. Not thread-safe. */
  public final class Pass {
    private final Map<String, NDArray> weights;
    private final Map<String, NDList> biases = new TreeMap<>();

    private final DropPath dropPath;
    private final TextDropout textDropout;

    private final @Nullable LayerTape tape;

    private Pass(
        Map<String, NDArray> weights,
        @Nullable Map<String, NDArray> gradients,
        @Nullable LinearInputs inputs,
        Dropout dropout) {
      this.weights = weights;
      boolean recorded = gradients == null && inputs == null && Torch.recordsGradients();
      boolean plain = dropout.dropsPaths() || recorded;
      tape = plain ? null : new LayerTape(script, this::weight, gradients, inputs);
      dropPath = new DropPath(dropout, config.layers());
      textDropout = new TextDropout(dropout);
    }

    /** A tensor of the model by name. */
    public NDArray weight(String name) {
      NDArray weight = weights.get(name);
      if (weight == null) {
        throw new IllegalStateException("the model has no tensor " + name);
      }
      return weight;
    }

    /** Calls a kernel; the result is of this step. */
    NDArray call(String method, NDArray... arguments) {
      return script.one(method, arguments);
    }

    List<NDArray> calls(String method, NDArray... arguments) {
      return script.call(method, arguments);
    }

    ModelConfig config() {
      return config;
    }

    /** u8 pixels (n, 3, side, side) in [-1, 1], of the weights' type. */
    public NDArray normalized(NDArray pixels) {
      return script.one("normalized", pixels, weight("transformer.patch_embed.proj.weight"));
    }

    /** Embeds f32 pixels (n, 3, side, side): (n, 1 + patches, d). */
    public NDArray imageTokens(NDArray pixels) {
      return script.one(
          "image_tokens",
          pixels,
          weight("transformer.patch_embed.proj.weight"),
          weight("transformer.patch_embed.proj.bias"),
          weight("transformer.cls_token"),
          weight("token_type_embeddings.weight"));
    }

    /** Embeds token ids (n, length), i64: (n, length, d). */
    public NDArray textTokens(NDArray ids) {
      return textDropout.tokens(
          this,
          ids,
          weight("text_embeddings.word_embeddings.weight"),
          weight("text_embeddings.token_type_embeddings.weight"),
          weight("text_embeddings.LayerNorm.weight"),
          weight("text_embeddings.LayerNorm.bias"),
          weight("token_type_embeddings.weight"));
    }

    /** Layers 1..N-M of one modality. */
    public NDArray bottom(NDArray tokens, Modality modality, Sequence sequence) {
      return bottom(tokens, modality, sequence, config.layers() - config.crossLayers());
    }

    /**
     * The lowest layers of one modality.
     *
     * @param layers how many, at most N-M
     */
    public NDArray bottom(NDArray tokens, Modality modality, Sequence sequence, int layers) {
      return layers(tokens, modality, sequence, 0, layers);
    }

    /**
     * The top M layers through the given modality's experts, every token, before the final norm. A
     * joint pass starts earlier where the architecture attends jointly below.
     */
    public NDArray top(NDArray hidden, Modality modality, Sequence sequence) {
      return layers(hidden, modality, sequence, topStart(sequence), config.layers());
    }

    private int topStart(Sequence sequence) {
      boolean below = sequence.isJoint() && config.architecture().attendsJointlyBelow();
      return below ? 0 : config.layers() - config.crossLayers();
    }

    /**
     * Like {@link #top}, with only the tokens that are read computed in the last layer.
     *
     * @param at i64 (n, k): the positions that are read
     * @return (n, k, d)
     */
    public NDArray topAt(NDArray hidden, Modality modality, Sequence sequence, NDArray at) {
      int last = config.layers() - 1;
      NDArray below = layers(hidden, modality, sequence, topStart(sequence), last);
      if (tape != null) {
        return taped(tape, below, at, last, modality, sequence);
      }
      List<NDArray> arguments = layerArguments(last, modality, sequence, hidden.getShape().get(0));
      arguments.add(0, below);
      arguments.add(1, at);
      return script.one("layer_at", arguments.toArray(NDArray[]::new));
    }

    private NDArray layers(NDArray hidden, Modality modality, Sequence sequence, int from, int to) {
      NDArray x = hidden;
      long samples = hidden.getShape().get(0);
      for (int layer = from; layer < to; layer++) {
        if (sequence.isJoint() && !config.isCross(layer)) {
          x = JointLayer.of(this, x, layer, around(layer, sequence, samples));
          continue;
        }
        if (tape != null) {
          x = taped(tape, x, null, layer, modality, sequence);
          continue;
        }
        List<NDArray> arguments = layerArguments(layer, modality, sequence, samples);
        arguments.add(0, x);
        x = script.one("layer", arguments.toArray(NDArray[]::new));
      }
      return x;
    }

    private NDArray taped(
        LayerTape tape,
        NDArray x,
        @Nullable NDArray at,
        int layer,
        Modality modality,
        Sequence sequence) {
      List<String> names = new ArrayList<>(LayerTape.NAMES);
      names.add(ParameterShapes.name(layer, "gamma_1"));
      names.add(ParameterShapes.name(layer, "gamma_2"));
      names.addAll(expertNames(layer, modality));
      NDArray index = index(sequence.kind(), sequence.textLength());
      NDArray mask = sequence.mask() == null ? noMask : sequence.mask();
      String kind = sequence.kind() + sequence.textLength();
      return tape.layer(x, at, layer, names, kind, index, mask);
    }

    /**
     * Adds the gradient of every weight under a loss to where this pass was told to sum it; what
     * autograd left at the weights themselves is still to be added.
     *
     * @param loss a scalar of this pass
     */
    public void backward(NDArray loss) {
      if (tape != null) {
        tape.backward(loss);
      } else {
        JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
      }
    }

    private List<NDArray> layerArguments(
        int layer, Modality modality, Sequence sequence, long samples) {
      List<NDArray> arguments = new ArrayList<>(20);
      arguments.addAll(around(layer, sequence, samples));
      for (String name : expertNames(layer, modality)) {
        arguments.add(weight(name));
      }
      return arguments;
    }

    private List<String> expertNames(int layer, Modality modality) {
      String norm1 = expert(layer, SubLayer.NORM1, modality);
      String attention = expert(layer, SubLayer.ATTENTION, modality);
      String norm2 = expert(layer, SubLayer.NORM2, modality);
      String mlp = expert(layer, SubLayer.FFN, modality);
      return List.of(
          norm1 + ".weight",
          norm1 + ".bias",
          attention + ".q_bias",
          attention + ".v_bias",
          attention + ".qkv.weight",
          attention + ".proj.weight",
          attention + ".proj.bias",
          norm2 + ".weight",
          norm2 + ".bias",
          mlp + ".fc1.weight",
          mlp + ".fc1.bias",
          mlp + ".fc2.weight",
          mlp + ".fc2.bias");
    }

    /** What a layer has beside its experts: position bias, mask and both LayerScales. */
    private List<NDArray> around(int layer, Sequence sequence, long samples) {
      List<NDArray> scales = dropPath.scales(this, layer, samples);
      return List.of(
          bias(sequence).get(layer),
          sequence.mask() == null ? noMask : sequence.mask(),
          scales.get(0),
          scales.get(1));
    }

    private String expert(int layer, SubLayer subLayer, Modality modality) {
      String name = ParameterShapes.name(layer, subLayer.prefix());
      return config.architecture().isCustom(subLayer) ? name + "." + modality.expert() : name;
    }

    /** One (heads, tokens, tokens) a layer, gathered once a step and kind of sequence. */
    private NDList bias(Sequence sequence) {
      return biases.computeIfAbsent(
          sequence.kind() + sequence.textLength(),
          key ->
              script.call(
                  "position_bias",
                  weight("relative_position_bias_table"),
                  index(sequence.kind(), sequence.textLength())));
    }

    /** The final layer norm, shared by all passes. */
    public NDArray norm(NDArray hidden) {
      return script.one(
          "norm", hidden, weight("transformer.norm.weight"), weight("transformer.norm.bias"));
    }

    /** The pooled feature of [CLS] states (n, d), after the final norm: (n, d). */
    public NDArray pool(NDArray first) {
      return script.one("pool", first, weight("pooler.dense.weight"), weight("pooler.dense.bias"));
    }

    /**
     * A contrastive projection of [CLS] states (n, d), of length 1.
     *
     * @param projection "text", "image", "vl_text" or "vl_image"
     */
    public NDArray project(NDArray first, String projection) {
      return script.one("project", first, weight("ifm_" + projection + "_proj.fc.weight"));
    }

    /** Matching logits (n, 2) of pooled features. */
    public NDArray itm(NDArray pooled) {
      return script.one(
          "linear", pooled, weight("itm_score.fc.weight"), weight("itm_score.fc.bias"));
    }

    /** Word logits (..., vocabulary) of text states after the final norm. */
    public NDArray mlm(NDArray states) {
      return script.one(
          "mlm",
          states,
          weight("mlm_score.transform.dense.weight"),
          weight("mlm_score.transform.dense.bias"),
          weight("mlm_score.transform.LayerNorm.weight"),
          weight("mlm_score.transform.LayerNorm.bias"),
          weight("mlm_score.decoder.weight"),
          weight("mlm_score.bias"));
    }

    /** Answer logits (n, answers) of pooled features. */
    public NDArray answers(NDArray pooled) {
      return script.one(
          "answers",
          pooled,
          weight("vqa_classifier.0.weight"),
          weight("vqa_classifier.0.bias"),
          weight("vqa_classifier.1.weight"),
          weight("vqa_classifier.1.bias"),
          weight("vqa_classifier.3.weight"),
          weight("vqa_classifier.3.bias"));
    }

    /** Chosen rows (k, ...) of x, by an i64 index (k). */
    public NDArray rows(NDArray x, NDArray index) {
      return script.one("rows", x, index);
    }

    /** The first token of each sequence: (n, d). */
    public NDArray first(NDArray x) {
      return script.one("first", x);
    }

    /** Text tokens followed by image tokens. */
    public NDArray joint(NDArray text, NDArray image) {
      return script.one("side_by_side", text, image);
    }

    /** One batch after the other. */
    public NDArray stacked(NDArray x, NDArray y) {
      return script.one("stacked", x, y);
    }
  }
}
