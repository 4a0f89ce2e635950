package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training in several virtual machines. */
class ProcessesTest {
  private static final int STEPS = 25;

  @TempDir Path directory = Path.of("");

  /** The digest of the weights and the curve is the last line that a process prints. */
  private String digest(PicoTraining training, String name, boolean collect, String... flags)
      throws Exception {
    Process child =
        training.child(
            directory.resolve(name), directory.resolve(name + ".scratch"), STEPS, collect, flags);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> all = lines.lines().toList();
      assertThat(child.waitFor()).isZero();
      assertThat(all).hasSize(STEPS + 1);
      return all.get(STEPS);
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsWithASmallHeapAndACollectionAtEveryStep() throws Exception {
    PicoTraining training = new PicoTraining(directory);
    training.prepare();

    String plenty = digest(training, "plenty", false, "-Xmx1g");
    String little = digest(training, "little", true, "-Xmx32m", "-Xmn2m", "-XX:+UseSerialGC");

    assertThat(little).hasSize(64).isEqualTo(plenty);
  }
}
