package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
  @TempDir Path directory = Path.of("");

  static boolean thereIsBash() {
    return Files.isExecutable(Path.of("/bin/bash"));
  }

  /** What bash offers after these words. */
  private List<String> offered(String... words) throws IOException, InterruptedException {
    Path script = directory.resolve("script");
    Files.writeString(script, new Trial(directory).execute("completion", "bash").out());
    String typed = "amalgam " + String.join(" ", words);
    String ask =
        // compopt works only while a real completion goes on
        "compopt() { :; }; source %s; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=%d;"
                .formatted(script, typed, words.length, typed, typed.length())
            + " _complete_amalgam; printf '%s\\n' \"${COMPREPLY[@]}\"";
    Process bash =
        new ProcessBuilder("/bin/bash", "--norc", "-c", ask).redirectErrorStream(true).start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    return out.lines().map(String::strip).toList();
  }

  @Test
  @EnabledIf("thereIsBash")
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    assertThat(offered("pl")).containsExactly("plan");
    assertThat(offered("plan", "--co")).containsExactly("--compare");
    assertThat(offered("plan", "--output", "j")).containsExactly("json");
    assertThat(offered("completion", "z")).containsExactly("zsh");
  }

  @Test
  void anotherShellIsAUsageError() {
    Result result = new Trial(directory).execute("completion", "fish");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("bash, zsh");
  }
}
