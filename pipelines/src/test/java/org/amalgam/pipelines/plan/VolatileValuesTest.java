package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.StageCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that will be others tomorrow are warned of, since they are in keys. */
class VolatileValuesTest {
  record NoteSettings(@Default("''") String text, @Incidental @Default("''") String place) {}

  private static final class Note extends SmallStages.Writing<NoteSettings> {
    @Override
    public String name() {
      return "note";
    }

    @Override
    public Class<NoteSettings> settings() {
      return NoteSettings.class;
    }

    @Override
    public String produces() {
      return "note";
    }
  }

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private List<Problem> warnings(String text) throws Exception {
    return ofStage("text: {each: {one: fixed, other: \"" + text + "\"}}");
  }

  private List<Problem> ofStage(String settings) throws Exception {
    RecipeFile file = RecipeFile.ofStages(directory, "w: {uses: note, " + settings + "}");
    return Plan.of(file.read(), new StageCatalog(List.of(new Note())), List.of()).warnings();
  }

  @ParameterizedTest
  @CsvSource({
    "/tmp/tmpa8x3/out, the path of a temporary file",
    "--log=/var/tmp/x, the path of a temporary file",
    "2026-11-24T19:20:34Z, a time",
    "run-20261124T192034, a time",
    "9b2f1c1e-5a0b-4d43-9e5e-0f7a1d3b2c4d, a random identifier",
    "node12.internal, the name of a host"
  })
  void whatLooksVolatileIsWarnedOfWhereItIsWritten(String text, String what) throws Exception {
    assertThat(warnings(text))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message())
                  .isEqualTo("text looks like " + what + ", and it is part of the key");
              assertThat(problem.position().line()).isEqualTo(3);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "a template of 2026",
    "data/tmp/images",
    "localization",
    "2026-11-24",
    "1234-5678",
    "internal"
  })
  void ordinaryTextsAreNot(String text) throws Exception {
    assertThat(warnings(text)).isEmpty();
  }

  @Test
  void norIsWhatIsNotInTheKey() throws Exception {
    assertThat(ofStage("place: /tmp/here")).isEmpty();
  }
}
