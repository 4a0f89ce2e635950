package org.amalgam.stages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keys of the final recipe are the same wherever they are computed. */
@Timeout(120)
class SameKeysTest {
  private static final Path RECIPES = Path.of("..", "recipes");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /** Each process also has its own order of {@code Set.of} and {@code Map.of}. */
  @Test
  void anotherProcessLocaleTimeZoneNumberOfCoresAndPathGiveTheSameKeys() throws Exception {
    String here = KeysMain.keys(RECIPES.resolve("final-recipe.yaml"));
    copy(RECIPES, directory.resolve("elsewhere with spaces"));

    assertThat(
            elsewhere(
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Duser.timezone=Pacific/Apia",
                "-Dfile.encoding=ISO-8859-1",
                "-XX:ActiveProcessorCount=7"))
        .isEqualTo(here);
    assertThat(elsewhere("-Duser.language=ar", "-XX:ActiveProcessorCount=1", "-XX:+UseSerialGC"))
        .isEqualTo(here);
    assertThat(here.lines()).hasSizeGreaterThan(30).doesNotHaveDuplicates();
  }

  private String elsewhere(String... flags) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.add(KeysMain.class.getName());
    command.add(directory.resolve("elsewhere with spaces/final-recipe.yaml").toString());
    Process process = new ProcessBuilder(command).start();
    String keys = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
    return keys;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
