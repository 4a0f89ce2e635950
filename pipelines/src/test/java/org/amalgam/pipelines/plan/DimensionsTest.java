package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How choices become points, and points meet. */
class DimensionsTest {
  private static final String WORLDS = "w: {uses: corpus, nouns: {each: [6, 7]}, scenes: 1}\n";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private List<Point> points(String stage, String stages, String... overrides) throws Exception {
    return RecipeFile.ofStages(directory, stages).plan(overrides).points().stream()
        .filter(point -> point.stage().equals(stage))
        .toList();
  }

  private List<String> names(String stage, String stages, String... overrides) throws Exception {
    return points(stage, stages, overrides).stream().map(Point::name).toList();
  }

  private static List<String> inputs(Point point, String port) {
    return point.inputs().getOrDefault(port, List.of()).stream().map(Point::name).toList();
  }

  @Test
  void readersInheritDimensions() throws Exception {
    String stages = WORLDS + "i: {uses: init, corpus: ${w}, width: {each: [1, 2]}}";

    assertThat(names("i", stages))
        .containsExactly(
            "i[nouns=6,width=1]", "i[nouns=6,width=2]", "i[nouns=7,width=1]", "i[nouns=7,width=2]");
  }

  @Test
  void inputsWithTheSameDimensionLineUp() throws Exception {
    String stages =
        WORLDS
            + """
            i: {uses: init, corpus: ${w}, width: {each: [1, 2]}}
            f: {uses: fine-tune, model: ${i}, corpus: ${w}, task: vqa}
            """;

    assertThat(names("f", stages)).hasSize(4);
    for (Point point : points("f", stages)) {
      assertThat(inputs(point, "corpus"))
          .containsExactly("w[nouns=" + point.dimensions().get("nouns") + "]");
    }
  }

  @Test
  void aJoinOfRaggedPointsIsWhatComparingAllPairsGives() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: {each: [6, 7, 8]}, scenes: 1}
        plain: {uses: init, corpus: ${w[nouns=6]}}
        wide: {uses: init, corpus: ${w}, width: {each: [1, 2]}}
        both: {uses: merge, model: {each: {p: ${plain}, q: ${wide}}, as: kind}, method: interpolation}
        other: {uses: merge, model: ${wide}, method: arithmetic, lambda: {each: [1, 2]}}
        met: {uses: merge, model: ${both}, origin: ${other}, method: interpolation}
        """;
    List<Point> both = points("both", stages);
    List<Point> other = points("other", stages);
    List<String> naive = new java.util.ArrayList<>();
    for (Point left : both) {
      for (Point right : other) {
        TreeSet<String> shared = new TreeSet<>(left.dimensions().keySet());
        shared.retainAll(right.dimensions().keySet());
        boolean agree =
            shared.stream()
                .allMatch(d -> Objects.equals(left.dimensions().get(d), right.dimensions().get(d)));
        if (agree) {
          naive.add(left.name() + " " + right.name());
        }
      }
    }

    assertThat(both).hasSize(7);
    assertThat(points("met", stages))
        .extracting(p -> inputs(p, "model").get(0) + " " + inputs(p, "origin").get(0))
        .containsExactlyElementsOf(naive)
        .hasSize(24);
  }

  @Test
  void choicesOfOneMethodsSettingAreNoDimensionOfAnother() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: 6, scenes: 1}
        i: {uses: init, corpus: ${w}}
        m: {uses: merge, model: ${i}, method: {each: [interpolation, arithmetic]},
            alpha: {each: [0.25, 0.5]}, lambda: 1}
        """;

    assertThat(names("m", stages))
        .containsExactly(
            "m[alpha=0.25,method=interpolation]",
            "m[alpha=0.5,method=interpolation]",
            "m[method=arithmetic]");
    assertThat(points("m", stages).get(2).settings()).containsOnlyKeys("lambda", "method");
  }

  @Test
  void pickedDimensionsAreNotInherited() throws Exception {
    String stages =
        WORLDS
            + """
            i: {uses: init, corpus: ${w}}
            m: {uses: merge, model: ${i}, origin: "${i[nouns=6]}", method: interpolation}
            """;

    assertThat(names("m", stages)).containsExactly("m[nouns=6]", "m[nouns=7]");
    assertThat(points("m", stages)).allMatch(p -> inputs(p, "origin").contains("i[nouns=6]"));
  }

  @Test
  void excludedPointsAreLeftOutWithTheirReaders() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: {each: [6, 7]}, scenes: {each: [1, 2]}, exclude: [{nouns: 6, scenes: 2}]}
        i: {uses: init, corpus: ${w}}
        """;

    assertThat(names("i", stages))
        .containsExactly("i[nouns=6,scenes=1]", "i[nouns=7,scenes=1]", "i[nouns=7,scenes=2]");
  }

  @Test
  void aListPortCollectsThePointsThatMatchTheRest() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: {each: [6, 7]}, scenes: 1}
        i: {uses: init, corpus: ${w}, width: {each: [1, 2]}}
        e: {uses: evaluate, model: ${i}, corpus: ${w}, task: {each: [vqa, retrieval]}}
        all: {uses: correlate, metrics: ${e}}
        some: {uses: correlate, metrics: ["${e[task=vqa,width=2]}", "${e[task=retrieval,width=1]}"]}
        """;

    assertThat(inputs(points("all", stages).get(0), "metrics")).hasSize(8);
    assertThat(inputs(points("some", stages).get(0), "metrics"))
        .containsExactly(
            "e[nouns=6,task=vqa,width=2]",
            "e[nouns=7,task=vqa,width=2]",
            "e[nouns=6,task=retrieval,width=1]",
            "e[nouns=7,task=retrieval,width=1]");
  }

  @Test
  void aListPortOfAStageWithDimensionsCollectsByThem() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: {each: [6, 7]}, scenes: 1}
        i: {uses: init, corpus: ${w}, width: {each: [1, 2]}}
        e: {uses: evaluate, model: ${i}, corpus: ${w}, task: vqa}
        by: {uses: correlate, metrics: ${e}, kind: {each: {6: pearson, 7: spearman}, as: nouns}}
        """;

    assertThat(inputs(points("by", stages).get(1), "metrics"))
        .containsExactly("e[nouns=7,width=1]", "e[nouns=7,width=2]");
  }

  @Test
  void labelsAreTheCanonicalTextOfNumbers() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: 6, scenes: 1}
        i: {uses: init, corpus: ${w}}
        m: {uses: merge, model: ${i}, method: interpolation, alpha: {each: [0, 0.50, 1.0, 1e-3]}}
        """;

    assertThat(names("m", stages))
        .containsExactly("m[alpha=0]", "m[alpha=0.5]", "m[alpha=1]", "m[alpha=0.001]");
  }

  @Test
  void replicatesAreADimensionOfSeededStagesAndTheirReaders() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: 6, scenes: 1}
        i: {uses: init, corpus: ${w}}
        m: {uses: merge, model: ${i}, method: interpolation}
        f: {uses: fine-tune, model: ${m}, corpus: ${w}, task: vqa}
        """;

    assertThat(names("w", stages, "replicates=2")).containsExactly("w");
    assertThat(names("f", stages, "replicates=2"))
        .containsExactly("f[replicate=1]", "f[replicate=2]");
    for (Point point : points("f", stages, "replicates=2", "seed=5")) {
      assertThat(inputs(point, "model"))
          .containsExactly("m[replicate=" + point.dimensions().get("replicate") + "]");
    }
    List<Point> seeded = points("f", stages, "replicates=3", "seed=5");
    assertThat(seeded.get(0).seed()).isEqualTo(5);
    assertThat(seeded).extracting(Point::seed).doesNotHaveDuplicates().allMatch(seed -> seed >= 0);
    assertThat(points("f", stages, "replicates=2", "seed=5").get(1).seed())
        .isEqualTo(seeded.get(1).seed());
  }

  @Test
  void aHundredThousandPointsAreExpandedAndLinedUp() throws Exception {
    String stages =
        """
        w: {uses: corpus, nouns: 6, scenes: {each: ${many}}}
        i: {uses: init, corpus: ${w}, width: {each: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}
        f: {uses: fine-tune, model: ${i}, corpus: ${w}, task: {each: [a, b, c, d]}}
        """;
    StringBuilder many = new StringBuilder("vars: {many: [");
    for (int i = 1; i <= 2000; i++) {
      many.append(i).append(i < 2000 ? ", " : "]}\n");
    }
    Plan plan =
        RecipeFile.of(directory, "recipe: r\n" + many + "stages:\n" + stages.indent(2)).plan();

    assertThat(plan.points()).hasSize(2000 + 20_000 + 80_000);
    assertThat(plan.points().stream().map(Point::name).distinct()).hasSize(102_000);
  }

  @Test
  void aLongChainOfStagesIsPlanned() throws Exception {
    StringBuilder stages = new StringBuilder("w: {uses: corpus, nouns: 6, scenes: 1}\n");
    stages.append("s0: {uses: init, corpus: ${w}}\n");
    for (int i = 1; i < 5000; i++) {
      stages.append(
          "s" + i + ": {uses: merge, method: interpolation, model: ${s" + (i - 1) + "}}\n");
    }

    assertThat(RecipeFile.ofStages(directory, stages.toString()).plan().points()).hasSize(5001);
  }
}
