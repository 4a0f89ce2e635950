package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small texts that would become very large are refused with a message. */
@Timeout(30)
class HostileRecipesTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private ThrowingCallable reading(String vars) {
    return () -> RecipeFile.of(directory, "recipe: r\n" + vars).read();
  }

  @Test
  void aliasesThatMultiply() {
    StringBuilder vars = new StringBuilder("vars:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      String before = "*a" + (i - 1);
      vars.append("  a" + i + ": &a" + i + " [" + (before + ", ").repeat(4) + before + "]\n");
    }
    String many = vars.toString();

    assertThatThrownBy(reading(many)).isInstanceOf(RecipeException.class);
    assertThatThrownBy(reading(many)).hasMessageContaining("recipe.yaml:");
  }

  @Test
  void deepNesting() {
    assertThatThrownBy(reading("title: " + "[".repeat(100_000)))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("epth");
  }

  @Test
  void variablesThatMultiply() {
    StringBuilder vars = new StringBuilder("seed: ${v40}\nvars:\n  v0: [1]\n");
    StringBuilder texts = new StringBuilder("title: ${v40}\nvars:\n  v0: xxxx\n");
    for (int i = 1; i <= 40; i++) {
      String one = "${v" + (i - 1) + "}";
      vars.append("  v" + i + ": [" + one + ", " + one + "]\n");
      texts.append("  v" + i + ": \"" + one + " " + one + "\"\n");
    }

    assertThatThrownBy(reading(vars.toString())).hasMessageContaining("more than 1000000 values");
    assertThatThrownBy(reading(texts.toString())).hasMessageContaining("too long");
  }

  @Test
  void choicesThatMultiply() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      many.append(i == 0 ? "" : ", ").append(i + 1);
    }
    String each = "{each: [" + many + "]}";

    assertThatThrownBy(
            () ->
                RecipeFile.ofStages(
                        directory,
                        "w: {uses: corpus, nouns: 1, scenes: "
                            + each
                            + ", image-size: "
                            + each
                            + ", workers: "
                            + each
                            + "}")
                    .plan())
        .hasMessageContaining("more than 300000 points");
  }

  @Test
  void variablesThatReferToOneAnotherForEver() {
    StringBuilder vars = new StringBuilder("seed: ${v0}\nvars:\n  v5000: 1\n");
    for (int i = 0; i < 5000; i++) {
      vars.append("  v" + i + ": ${v" + (i + 1) + "}\n");
    }

    assertThatThrownBy(reading(vars.toString())).hasMessageContaining("too deeply");
  }

  @Test
  void largeFilesAreNotRead() throws Exception {
    Path large = directory.resolve("large.yaml");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(1L << 33);
    }

    assertThatThrownBy(() -> Recipe.read(large, null, List.of()))
        .hasMessageContaining("is not a text file of at most 8388608 bytes");
    assertThatThrownBy(reading("include: [large.yaml]")).hasMessageContaining("recipe.yaml:2:11: ");
  }

  @Test
  void longTextsAreReadInTimeThatGrowsWithThem() throws Exception {
    String words = "word ".repeat(1_000_000);

    assertThat(RecipeFile.of(directory, "recipe: r\ntitle: " + words).read().title())
        .hasSize(words.length() - 1);
  }

  @Test
  void privateUseCharacters() {
    assertThatThrownBy(reading("title: a\uF8C0b\n"))
        .hasMessageContaining("recipe.yaml:2:9: a private-use character");
  }
}
