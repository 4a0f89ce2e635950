package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.recipe.Plot;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.recipe.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotTest {
  private static final String RECIPE =
      """
      recipe: plots
      stages:
        w: {uses: corpus, nouns: 6, scenes: 1}
        i: {uses: init, corpus: '${w}', width: {each: [1, 2]}}
        e: {uses: evaluate, model: '${i}', corpus: '${w}', task: vqa}
      tables:
        widths:
          rows: [{label: "width {width}"}]
          columns: [{label: VQA, from: e, metric: accuracy}]
          paper:
            scale: same
            values: {width 1: {VQA: 3}}
          plot:
            x: width
            lines: {ours: ["width {width}"]}
            at: {"width {width}": 0}
      """;

  @TempDir Path directory = Path.of("");

  private Table table(String recipe) throws Exception {
    return RecipeFile.of(directory, recipe).plan().tables().get(0).table();
  }

  @Test
  void aTableSaysHowItIsDrawnAndWhetherPrintedNumbersAreOfItsScale() throws Exception {
    Table table = table(RECIPE);

    assertThat(table.sameScale()).isTrue();
    assertThat(table.plot())
        .isEqualTo(
            new Plot(
                "width",
                "width",
                Map.of("ours", List.of("width {width}")),
                List.of("VQA"),
                Map.of("width {width}", "0")));
  }

  @Test
  void printedNumbersAreOfAnotherScaleUnlessTheTableSaysOtherwise() throws Exception {
    Table table = table(RECIPE.replace("      scale: same\n", "").replaceAll("(?s) +plot:.*", ""));

    assertThat(table.sameScale()).isFalse();
    assertThat(table.plot()).isNull();
  }

  @Test
  void everyMistakeInAPlotIsToldWithItsPlace() {
    String wrong =
        RECIPE
            .replace("scale: same", "scale: smae")
            .replace("ours: [\"width", "ours: [\"widht")
            .replace("x: width", "x: width\n      columns: [VQB]\n      colour: red");

    assertThatThrownBy(() -> table(wrong))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("scale cannot be \"smae\"")
        .hasMessageContaining("did you mean same?")
        .hasMessageContaining("the table has no row widht {width}")
        .hasMessageContaining("the table has no column VQB")
        .hasMessageContaining("unknown key colour in plot");
    assertThatThrownBy(() -> table(RECIPE.replaceAll("(?s)x: width\n.*", "label: w\n")))
        .hasMessageContaining("plot has no x");
    assertThatThrownBy(() -> table(RECIPE.replaceAll("(?s)lines: .*", "")))
        .hasMessageContaining("plot has no lines");
  }
}
