package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.ParameterShapes;
import org.amalgam.stages.model.PicoModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizationTest {
  private static Set<String> decayed(DecayGroups groups, Architecture architecture) {
    ModelConfig config =
        PicoModel.config(architecture, 10)
            .withHeads(EnumSet.of(Head.ITC, Head.ITM, Head.MLM, Head.VQA), 10);
    Set<String> names = new TreeSet<>(ParameterShapes.of(config).keySet());
    names.removeIf(name -> !groups.decays(name));
    return names;
  }

  @Test
  void biasesPositionsAndScalesOfNormsDoNotDecay() {
    Set<String> decayed = decayed(DecayGroups.PAPER, Architecture.MODALITY_SPECIFIC);

    assertThat(decayed)
        .contains(
            "transformer.blocks.0.attn.v.qkv.weight",
            "transformer.blocks.0.gamma_1",
            "transformer.cls_token",
            "logit_scale",
            "text_embeddings.word_embeddings.weight",
            "vqa_classifier.0.weight")
        .noneMatch(name -> name.contains("norm") || name.contains("bias"))
        .doesNotContain("vqa_classifier.1.weight", "mlm_score.transform.LayerNorm.weight");
  }

  /** D16 of the facts: the list spells norms of one modality otherwise than the model does. */
  @Test
  void asReleasedTheScalesOfModalitySpecificNormsDecayToo() {
    Set<String> more = decayed(DecayGroups.AS_RELEASED, Architecture.MODALITY_SPECIFIC);
    more.removeAll(decayed(DecayGroups.PAPER, Architecture.MODALITY_SPECIFIC));

    assertThat(more)
        .contains("transformer.blocks.0.norm1.v.weight", "transformer.blocks.0.norm2.l.weight")
        .allMatch(
            name ->
                name.matches("transformer\\.blocks\\.\\d+\\.norm[12]\\.(v|l|vl)\\.weight")
                    || name.equals("vqa_classifier.1.weight"));
    assertThat(decayed(DecayGroups.AS_RELEASED, Architecture.MODALITY_AGNOSTIC))
        .noneMatch(name -> name.contains("norm") || name.contains("bias"));
  }

  @ParameterizedTest
  @CsvSource({
    "transformer.patch_embed.proj.weight, 0",
    "transformer.cls_token, 0",
    "text_embeddings.LayerNorm.weight, 0",
    "token_type_embeddings.weight, 0",
    "transformer.blocks.0.attn.v.qkv.weight, 1",
    "transformer.blocks.0.gamma_2, 1",
    "transformer.blocks.11.mlp.v.fc1.bias, 12",
    "relative_position_bias_table, 13",
    "transformer.norm.weight, 13",
    "fc_norm.weight, 13",
    "img_cls_classifier.weight, 13"
  })
  void eachLayerHasTheRateOfTheOneAboveTimesTheFactor(String name, int depth) {
    Optimization optimization =
        new Optimization(
            1, 1, 0, RateDecay.COSINE, 0, 1e-8, DecayGroups.PAPER, 0, 1, 0.85, 1, 0, 0, "auto");

    assertThat(optimization.group(name, 12).rateFactor())
        .isCloseTo(Math.pow(0.85, 13 - depth), within(1e-12));
  }

  @Test
  void onlyHeadsOfTasksHaveTheirOwnRate() {
    Optimization optimization =
        new Optimization(
            1, 1, 0, RateDecay.LINEAR, 0, 1e-8, DecayGroups.PAPER, 0, 10, 1, 1, 0, 0, "auto");

    for (String name : List.of("vqa_classifier.3.weight", "nlvr2_classifier.0.bias")) {
      assertThat(optimization.group(name, 12).rateFactor()).isEqualTo(10);
    }
    for (String name : List.of("pooler.dense.weight", "itm_score.fc.weight", "logit_scale")) {
      assertThat(optimization.group(name, 12).rateFactor()).isEqualTo(1);
    }
  }
}
