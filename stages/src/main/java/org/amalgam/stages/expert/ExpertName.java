package org.amalgam.stages.expert;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor of one modality's expert, such as {@code
 * transformer.blocks.10.attn.vl.proj.weight}.
 *
 * @param layer from 0
 * @param subLayer {@code attn}, {@code mlp}, {@code norm1} or {@code norm2}
 * @param expert {@link #VISION}, {@link #LANGUAGE} or {@link #CROSS}
 * @param parameter what follows, such as {@code proj.weight}
 */
public record ExpertName(int layer, String subLayer, String expert, String parameter) {
  public static final String VISION = "v";
  public static final String LANGUAGE = "l";

  /** Vision and language together, only in the top layers. */
  public static final String CROSS = "vl";

  /** In the order in which they are merged. */
  public static final List<String> EXPERTS = List.of(VISION, LANGUAGE, CROSS);

  private static final Pattern FORM =
      Pattern.compile(
          "transformer\\.blocks\\.(0|[1-9]\\d{0,4})\\.(attn|mlp|norm1|norm2)\\.(v|l|vl)\\.(.+)");

  /** The parts of a name, or nothing if the tensor is shared by all modalities. */
  public static Optional<ExpertName> parse(String name) {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new ExpertName(
            Integer.parseInt(matcher.group(1)),
            matcher.group(2),
            matcher.group(3),
            matcher.group(4)));
  }

  /** The sub-layer's name without an expert, such as {@code transformer.blocks.10.attn}. */
  public String module() {
    return "transformer.blocks." + layer + "." + subLayer;
  }

  /** The name of the tensor where all modalities share it. */
  public String sharedName() {
    return module() + "." + parameter;
  }

  /**
   * The name under which the Gram matrix of what goes into this matrix is kept: {@code
   * transformer.blocks.10.attn.vl.proj}, and {@code transformer.blocks.10.attn.vl} for {@code
   * qkv.weight}, as the released code names them.
   */
  public String gram() {
    String linear = parameter.replaceFirst("\\.weight$", "");
    return module() + "." + expert + (linear.equals("qkv") ? "" : "." + linear);
  }

  /** The name under which the number of rows of {@link #gram} is kept. */
  public String gramRows() {
    return gram() + ".rows";
  }

  public ExpertName of(String otherExpert) {
    return new ExpertName(layer, subLayer, otherExpert, parameter);
  }

  /** The name in a checkpoint; {@link #parse} reads it. */
  @Override
  public String toString() {
    return module() + "." + expert + "." + parameter;
  }
}
