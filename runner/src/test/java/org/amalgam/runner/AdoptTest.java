package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.artifacts.Adoption;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.stage.StageCatalog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accepting earlier results after the code of a stage changed. */
class AdoptTest {
  /** Reached by the changed stage's code, and by nothing else. */
  private static final class Refactored {}

  /** The stage of a recipe that ran, with other code. */
  private static final class ChangedAdd extends TrialStages.Add {
    @Override
    public List<Class<?>> code() {
      return List.of(TrialStages.Add.class, Refactored.class);
    }
  }

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void runOnceAndChangeTheCode() throws Exception {
    trial = new Trial(directory);
    trial.environment.put("USER", "ada");
    trial.recipe(
        """
        recipe: r
        stages:
          a: {uses: add, value: 1}
          b: {uses: add, value: 2, to: ["${a}"]}
        """);
    assertThat(trial.run().verdicts()).containsValues("ran");
    trial.catalog = new StageCatalog(List.of(new ChangedAdd()));
  }

  @Test
  void withoutYesItOnlyShowsWhatItWouldDo() {
    Trial.Result shown = trial.execute("adopt", "recipe.yaml");

    assertThat(shown.code()).isZero();
    assertThat(shown.out())
        .contains("would adopt  a  made ", "would adopt  b  made ", "code: ")
        .contains("2 to adopt, 0 already there, 0 with nothing to adopt")
        .contains("Nothing was changed");
    assertThat(trial.store().entries()).hasSize(2);
    assertThat(trial.execute("plan", "recipe.yaml").out()).contains("changed code: ");
  }

  @Test
  void adoptedResultsAreUsedAndSayWhoAcceptedThemWhenAndWhy() throws Exception {
    trial.execute("adopt", "recipe.yaml", "--yes", "--reason", "only renamed");
    Trial.Result run = trial.run();

    assertThat(run.verdicts()).containsEntry("a", "cached").containsEntry("b", "cached");
    assertThat(run.out()).contains("\"adopted\" : \"by ada on ");
    assertThat(trial.execute("plan", "recipe.yaml").out()).contains("adopted by ada on ");
    assertThat(trial.execute("why", "b").out()).contains("adopted    by ada on ", "only renamed");
    assertThat(Files.readString(trial.latest("report.html"))).contains("adopted by ada on ");
    List<Adoption> adoptions =
        trial.store().entries().stream()
            .flatMap(entry -> trial.store().provenance(entry.key()).stream())
            .map(Provenance::adoption)
            .filter(java.util.Objects::nonNull)
            .toList();
    assertThat(adoptions).hasSize(2).extracting(Adoption::reason).containsOnly("only renamed");
    assertThat(trial.execute("verify").code()).isZero();
    assertThat(trial.execute("adopt", "recipe.yaml").out()).contains("0 to adopt, 2 already there");
  }

  @Test
  void onlyWhatDiffersInNothingElseIsAdopted() {
    Trial.Result shown = trial.execute("adopt", "recipe.yaml", "--set", "a.value=5");

    assertThat(shown.out()).contains("0 to adopt, 0 already there, 2 with nothing to adopt");
    assertThat(
            trial
                .execute(
                    "adopt",
                    "recipe.yaml",
                    "--set",
                    "a.value=5",
                    "--part",
                    "code",
                    "--part",
                    "settings.value")
                .out())
        .contains("would adopt  a  made ");
  }

  @Test
  void acceptingNeedsAReason() {
    Trial.Result refused = trial.execute("adopt", "recipe.yaml", "--yes");

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--yes needs --reason");
  }
}
