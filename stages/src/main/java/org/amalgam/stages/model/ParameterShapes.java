package org.amalgam.stages.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names and shapes of every tensor of a model, in the released code's spelling. */
public final class ParameterShapes {
  private static final int TOKEN_TYPES = 2;
  private final ModelConfig config;
  private final SortedMap<String, long[]> shapes = new TreeMap<>();

  private ParameterShapes(ModelConfig config) {
    this.config = config;
  }

  /** Tensor name to shape, sorted by name; nothing is allocated. */
  public static SortedMap<String, long[]> of(ModelConfig config) {
    ParameterShapes table = new ParameterShapes(config);
    table.embeddings();
    for (int layer = 0; layer < config.layers(); layer++) {
      table.layer(layer);
    }
    table.heads();
    return Collections.unmodifiableSortedMap(table.shapes);
  }

  private void embeddings() {
    int d = config.width();
    int columns = config.heads() * config.layers();
    put("relative_position_bias_table", RelativePositions.rows(config), columns);
    put("temporal_relative_position_bias_table", TOKEN_TYPES, columns);
    put("text_embeddings.word_embeddings.weight", config.vocabulary(), d);
    put("text_embeddings.position_embeddings.weight", config.textLength(), d);
    put("text_embeddings.token_type_embeddings.weight", TOKEN_TYPES, d);
    norm("text_embeddings.LayerNorm", d);
    put("token_type_embeddings.weight", TOKEN_TYPES, d);
    put("transformer.cls_token", 1, 1, d);
    put("transformer.mask_token", 1, 1, d);
    put("transformer.patch_embed.proj.weight", d, 3, config.patch(), config.patch());
    put("transformer.patch_embed.proj.bias", d);
    norm("transformer.norm", d);
    put("pooler.dense.weight", d, d);
    put("pooler.dense.bias", d);
  }

  private void layer(int layer) {
    int d = config.width();
    put(name(layer, "gamma_1"), d);
    put(name(layer, "gamma_2"), d);
    for (String expert : experts(layer, SubLayer.NORM1)) {
      norm(name(layer, expert), d);
    }
    for (String expert : experts(layer, SubLayer.ATTENTION)) {
      String attention = name(layer, expert);
      put(attention + ".q_bias", d);
      put(attention + ".v_bias", d);
      put(attention + ".qkv.weight", 3L * d, d);
      put(attention + ".proj.weight", d, d);
      put(attention + ".proj.bias", d);
    }
    for (String expert : experts(layer, SubLayer.NORM2)) {
      norm(name(layer, expert), d);
    }
    for (String expert : experts(layer, SubLayer.FFN)) {
      String mlp = name(layer, expert);
      put(mlp + ".fc1.weight", 4L * d, d);
      put(mlp + ".fc1.bias", 4L * d);
      put(mlp + ".fc2.weight", d, 4L * d);
      put(mlp + ".fc2.bias", d);
    }
  }

  private void heads() {
    int d = config.width();
    if (config.headSet().contains(Head.ITC)) {
      put("ifm_vl_text_proj.fc.weight", d, d);
      put("ifm_vl_image_proj.fc.weight", d, d);
      put("logit_vl_scale");
    }
    if (config.headSet().contains(Head.ITC) || config.headSet().contains(Head.RETRIEVAL)) {
      put("ifm_text_proj.fc.weight", d, d);
      put("ifm_image_proj.fc.weight", d, d);
      put("logit_scale");
    }
    if (config.headSet().contains(Head.ITM)) {
      put("itm_score.fc.weight", 2, d);
      put("itm_score.fc.bias", 2);
    }
    if (config.headSet().contains(Head.MLM)) {
      put("mlm_score.transform.dense.weight", d, d);
      put("mlm_score.transform.dense.bias", d);
      norm("mlm_score.transform.LayerNorm", d);
      put("mlm_score.decoder.weight", config.vocabulary(), d);
      put("mlm_score.bias", config.vocabulary());
    }
    if (config.headSet().contains(Head.VQA)) {
      put("vqa_classifier.0.weight", 2L * d, d);
      put("vqa_classifier.0.bias", 2L * d);
      norm("vqa_classifier.1", 2 * d);
      put("vqa_classifier.3.weight", config.answers(), 2L * d);
      put("vqa_classifier.3.bias", config.answers());
    }
  }

  private List<String> experts(int layer, SubLayer subLayer) {
    if (!config.architecture().isCustom(subLayer)) {
      return List.of(subLayer.prefix());
    }
    String prefix = subLayer.prefix() + ".";
    return config.isCross(layer)
        ? List.of(prefix + "l", prefix + "v", prefix + "vl")
        : List.of(prefix + "l", prefix + "v");
  }

  /** The name of a layer's tensor; layers count from 0. */
  static String name(int layer, String rest) {
    return "transformer.blocks." + layer + "." + rest;
  }

  /** The number of entries of each tensor and in all. */
  public static long count(Map<String, long[]> shapes) {
    return shapes.values().stream().mapToLong(ParameterShapes::entries).sum();
  }

  /** The product of a shape's sides. */
  public static long entries(long[] shape) {
    long product = 1;
    for (long side : shape) {
      product = Math.multiplyExact(product, side);
    }
    return product;
  }

  private void norm(String name, long d) {
    put(name + ".weight", d);
    put(name + ".bias", d);
  }

  private void put(String name, long... shape) {
    shapes.put(name, shape);
  }
}
