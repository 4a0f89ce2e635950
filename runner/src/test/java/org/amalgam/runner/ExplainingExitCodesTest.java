package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands that compute nothing exit with. */
class ExplainingExitCodesTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void ranOnce() throws IOException {
    trial = new Trial(directory).recipe("recipe: one\nstages:\n  one: {uses: add, value: 1}\n");
    trial.run();
  }

  private Result execute(String line, String... more) {
    String[] words = line.split(" ", -1);
    String[] all = new String[words.length + more.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return trial.execute(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plan recipe.yaml",
        "why one",
        "runs",
        "diff latest latest",
        "logs one",
        "crate latest -o c",
        "config",
        "completion bash",
        "stages",
        "verify"
      })
  void zeroWhereAllIsThere(String line) {
    assertThat(execute(line).code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plan",
        "plan recipe.yaml --no-such",
        "why",
        "why two",
        "why one --run x",
        "runs --last 0",
        "diff latest",
        "diff latest latest~9",
        "logs two",
        "logs one --run x",
        "crate latest",
        "crate x -o c",
        "completion tcsh",
        "config --output xml"
      })
  void twoForAWrongCommandLine(String line) {
    Result result = execute(line);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("amalgam: ").doesNotContain("\tat ");
  }

  @Test
  void threeForAWrongRecipe() throws IOException {
    trial.recipe("recipe: one\nstages:\n  one: {uses: ad}\n");

    assertThat(execute("plan recipe.yaml").code()).isEqualTo(3);
  }

  @Test
  void fourForAPlanThatAMissingFileBlocks() throws IOException {
    trial.recipe("recipe: one\nstages:\n  one: {uses: read, file: none.txt}\n");

    assertThat(execute("plan recipe.yaml").code()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plan recipe.yaml",
        "why one",
        "diff latest latest",
        "logs one",
        "crate latest -o c"
      })
  void sixForAStoreThatIsNone(String line) throws IOException {
    Files.writeString(directory.resolve("file"), "");

    Result result = execute(line, "--store", "file");

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err()).startsWith("amalgam: ").doesNotContain("\tat ");
  }

  @Test
  void sixForAnArtifactThatIsDamagedOnExport() throws IOException {
    ArtifactStore store = trial.store();
    Path file = store.directory(store.artifacts().get(0)).resolve("number");
    assertThat(file.toFile().setWritable(true)).isTrue();
    Files.writeString(file, "2.0");

    Result result = execute("crate latest -o c");

    assertThat(result.code()).isEqualTo(6);
    assertThat(directory.resolve("c/ro-crate-metadata.json")).doesNotExist();
  }
}
