package org.amalgam.stages.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names and shapes of every tensor of a model, in the released code's spelling. */
public final class ParameterShapes {
  /** Rows of BERT's own type embedding, of which the first is read. */
  private static final int TEXT_TYPES = 2;

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
    new HeadShapes(config, table::put).add();
    return Collections.unmodifiableSortedMap(table.shapes);
  }

  private void embeddings() {
    int d = config.width();
    int columns = config.heads() * config.layers();
    put("relative_position_bias_table", RelativePositions.rows(config), columns);
    put("token_type_embeddings.weight", config.tokenTypes(), d);
    put("transformer.cls_token", 1, 1, d);
    put("transformer.patch_embed.proj.weight", d, 3, config.patch(), config.patch());
    put("transformer.patch_embed.proj.bias", d);
    // As in BEiT, a classifier on the mean of the patches has its own norm in this one's place.
    if (!config.headSet().contains(Head.CLASSIFICATION)) {
      norm("transformer.norm", d);
    }
    if (!config.isVisionOnly()) {
      textSide(columns);
    }
  }

  private void textSide(int columns) {
    int d = config.width();
    put("temporal_relative_position_bias_table", TEXT_TYPES, columns);
    put("text_embeddings.word_embeddings.weight", config.vocabulary(), d);
    put("text_embeddings.position_embeddings.weight", config.textLength(), d);
    put("text_embeddings.token_type_embeddings.weight", TEXT_TYPES, d);
    norm("text_embeddings.LayerNorm", d);
    put("transformer.mask_token", 1, 1, d);
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

  private List<String> experts(int layer, SubLayer subLayer) {
    if (!config.architecture().isCustom(subLayer)) {
      return List.of(subLayer.prefix());
    }
    String prefix = subLayer.prefix() + ".";
    if (config.isVisionOnly()) {
      return List.of(prefix + "v");
    }
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
