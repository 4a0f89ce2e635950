package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Counts of the released code's models, as its own modules give them. */
class ParameterShapesTest {
  private static final Set<Head> PRETRAINING = Set.of(Head.ITC, Head.ITM, Head.MLM);

  @ParameterizedTest
  @CsvSource({
    "MODALITY_SPECIFIC, 215495865",
    "CUSTOM_ATTENTION, 149360313",
    "CUSTOM_FFN, 182411961",
    "CUSTOM_LAYER_NORM, 116319417",
    "CUSTOM_LAYER_NORM_AS_RELEASED, 116319417",
    "MODALITY_AGNOSTIC, 116276409",
  })
  void vqaAt480PixelsHasTheReleasedCount(Architecture architecture, long parameters) {
    assertThat(count(base(architecture, 480, Set.of(Head.VQA), 3129))).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"MODALITY_SPECIFIC, 235530430", "MODALITY_AGNOSTIC, 136310974"})
  void preTrainingAt224PixelsHasTheReleasedCount(Architecture architecture, long parameters) {
    assertThat(count(base(architecture, 224, PRETRAINING, 0))).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"MODALITY_SPECIFIC, 210498817", "MODALITY_AGNOSTIC, 111279361"})
  void retrievalAt384PixelsHasTheReleasedCount(Architecture architecture, long parameters) {
    assertThat(count(base(architecture, 384, Set.of(Head.RETRIEVAL), 0))).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"MODALITY_SPECIFIC, 211686914", "MODALITY_AGNOSTIC, 112467458"})
  void nlvr2At384PixelsHasTheReleasedCount(Architecture architecture, long parameters) {
    assertThat(count(base(architecture, 384, Set.of(Head.NLVR2), 0))).isEqualTo(parameters);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void aClassifierIsBeitsVisionEncoderWithTypesAndTextRows(Architecture architecture) {
    long beit = 86_530_984;
    long types = 2 * 768;
    long textRows = (1126 - 732) * 144;

    assertThat(count(base(architecture, 224, Set.of(Head.CLASSIFICATION), 1000)))
        .isEqualTo(beit + types + textRows);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void aSegmenterHasALightDecoder(Architecture architecture) {
    long decoder =
        count(base(architecture, 512, Set.of(Head.SEGMENTATION), 150))
            - count(base(architecture, 512, Set.of(Head.CLASSIFICATION), 150))
            + 768 * 150
            + 150;

    assertThat(decoder).isEqualTo(1_181_184 + 768 + 295_680 + 28_950);
  }

  @ParameterizedTest
  @CsvSource({"MODALITY_SPECIFIC, 23737246", "MODALITY_AGNOSTIC, 17511838"})
  void theTinySizeHasTheReleasedCount(Architecture architecture, long parameters) {
    assertThat(count(config(architecture, 192, 3, 224, PRETRAINING, 0))).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"224, 1126", "384, 2606", "480, 3878"})
  void thePositionTableHasARowForEachOffset(int pixels, long rows) {
    ModelConfig config = base(Architecture.MODALITY_AGNOSTIC, pixels, PRETRAINING, 0);
    assertThat(ParameterShapes.of(config).get("relative_position_bias_table"))
        .containsExactly(rows, 144);
  }

  @Test
  void anExpertCopyMoreIsAWholeLayerMore() {
    long specific = count(base(Architecture.MODALITY_SPECIFIC, 224, PRETRAINING, 0));
    long agnostic = count(base(Architecture.MODALITY_AGNOSTIC, 224, PRETRAINING, 0));

    assertThat(specific - agnostic).isEqualTo(14 * 7_087_104L);
  }

  private static long count(ModelConfig config) {
    SortedMap<String, long[]> shapes = ParameterShapes.of(config);
    return ParameterShapes.count(shapes);
  }

  private static ModelConfig base(
      Architecture architecture, int pixels, Set<Head> heads, int answers) {
    return config(architecture, 768, 12, pixels, heads, answers);
  }

  private static ModelConfig config(
      Architecture architecture, int width, int heads, int pixels, Set<Head> headSet, int answers) {
    return new ModelConfig(
        architecture,
        width,
        12,
        2,
        heads,
        16,
        pixels,
        40,
        30522,
        answers,
        Initialization.PAPER,
        headSet);
  }
}
