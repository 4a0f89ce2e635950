package org.amalgam.stages.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many parameters a part of a model has.
 *
 * @param part a heading for people, such as "FFN, language"
 * @param tensors how many tensors
 * @param parameters their entries
 */
public record ParameterCount(String part, int tensors, long parameters) {
  /** Tensor names to headings, in the order of the listing; the first that matches counts. */
  private static final Map<Pattern, String> HEADINGS = new LinkedHashMap<>();

  private static final Map<String, String> EXPERTS =
      Map.of("v", "vision", "l", "language", "vl", "cross-modal");

  private static void heading(String names, String heading) {
    HEADINGS.put(Pattern.compile(names), heading);
  }

  static {
    heading(
        "text_embeddings\\.position.*|transformer\\.mask_token|temporal_.*",
        "unused (text positions, mask token, temporal positions)");
    heading("text_embeddings\\..*", "text embedding");
    heading("transformer\\.(?:patch_embed|cls_token).*", "patch embedding, [CLS]");
    heading("token_type_embeddings\\..*", "type embedding");
    heading("relative_position_bias_table", "relative positions");
    heading("transformer\\.blocks\\.\\d+\\.gamma.*", "LayerScale");
    heading("transformer\\.blocks\\.\\d+\\.norm[12]\\.((?:vl|v|l)\\.)?.*", "layer norms");
    heading("transformer\\.blocks\\.\\d+\\.attn\\.((?:vl|v|l)\\.)?.*", "attention");
    heading("transformer\\.blocks\\.\\d+\\.mlp\\.((?:vl|v|l)\\.)?.*", "FFN");
    heading("transformer\\.norm\\..*", "final norm");
    heading("pooler\\..*", "pooler");
    heading("(?:ifm|logit)_.*", "contrastive head");
    heading("itm_.*", "matching head");
    heading("mlm_.*", "masked language modelling head");
    heading("vqa_.*", "VQA head");
    heading("nlvr2_.*", "NLVR2 head");
    heading("fc_norm.*|img_cls_.*", "classification head");
    heading("seg_.*", "segmentation decoder");
  }

  /** The parts of a model, those that it lacks left out; nothing is allocated. */
  public static List<ParameterCount> of(ModelConfig config) {
    List<ParameterCount> counts = new ArrayList<>();
    Map<String, long[]> left = new LinkedHashMap<>(ParameterShapes.of(config));
    HEADINGS.forEach(
        (pattern, heading) -> {
          Map<String, ParameterCount> parts = new LinkedHashMap<>();
          left.entrySet()
              .removeIf(
                  tensor -> {
                    Matcher name = pattern.matcher(tensor.getKey());
                    if (name.matches()) {
                      long entries = ParameterShapes.entries(tensor.getValue());
                      parts.merge(
                          part(heading, name),
                          new ParameterCount(part(heading, name), 1, entries),
                          ParameterCount::plus);
                    }
                    return name.matches();
                  });
          counts.addAll(parts.values());
        });
    if (!left.isEmpty()) {
      throw new IllegalStateException("no part counts " + left.keySet());
    }
    return List.copyOf(counts);
  }

  private static String part(String heading, Matcher name) {
    if (name.groupCount() == 0) {
      return heading;
    }
    String expert = name.group(1);
    return heading
        + ", "
        + (expert == null ? "shared" : EXPERTS.get(expert.substring(0, expert.length() - 1)));
  }

  private static ParameterCount plus(ParameterCount one, ParameterCount other) {
    return new ParameterCount(
        one.part, one.tensors + other.tensors, one.parameters + other.parameters);
  }

  /** The sum over all parts. */
  public static long total(List<ParameterCount> counts) {
    return counts.stream().mapToLong(ParameterCount::parameters).sum();
  }
}
