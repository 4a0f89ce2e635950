package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
  }

  private void userFile(String text) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("home/.config/amalgam"));
    Files.writeString(folder.resolve("amalgam.properties"), text);
  }

  private void projectFile(String text) throws IOException {
    Files.writeString(directory.resolve("amalgam.properties"), text);
  }

  /** The store's place, and where that comes from. */
  private String store(String... arguments) {
    String[] command = new String[arguments.length + 3];
    System.arraycopy(new String[] {"config", "--output", "json"}, 0, command, 0, 3);
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    Parsed store = trial.execute(command).json().get("settings").get(0);
    assertThat(store.keys())
        .containsExactlyInAnyOrder("name", "value", "from", "default", "variable", "summary");
    String from = store.get("from").text();
    return store.get("value").text() + " from " + from.replace(directory + "/", "");
  }

  @Test
  void eachLayerWinsOverThoseBelowIt() throws IOException {
    assertThat(store()).isEqualTo(".amalgam/store from default");
    userFile("store = by-user\n");
    assertThat(store()).isEqualTo("by-user from home/.config/amalgam/amalgam.properties");
    projectFile("store = by-project\n");
    assertThat(store()).isEqualTo("by-project from amalgam.properties");
    trial.environment.put("AMALGAM_STORE", "by-environment");
    assertThat(store()).isEqualTo("by-environment from environment");
    assertThat(store("--store", "by-hand")).isEqualTo("by-hand from command line");
  }

  @Test
  void theUsersFileIsWhereTheDesktopStandardSays() throws IOException {
    userFile("store = by-home\n");
    Path configured = Files.createDirectories(directory.resolve("xdg/amalgam"));
    Files.writeString(configured.resolve("amalgam.properties"), "store = by-xdg\n");
    trial.environment.put("XDG_CONFIG_HOME", directory.resolve("xdg").toString());

    assertThat(store()).isEqualTo("by-xdg from xdg/amalgam/amalgam.properties");
  }

  @Test
  void anEmptyVariableSetsNothing() {
    trial.environment.put("AMALGAM_STORE", "");

    assertThat(store()).isEqualTo(".amalgam/store from default");
  }

  @Test
  void anUnknownKeyIsAnErrorThatNamesTheNearest() throws IOException {
    projectFile("slot = 5\n");

    Result result = trial.execute("config");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains("amalgam.properties: unknown setting slot; did you mean slots?");
  }

  @Test
  void aWrongValueIsAnErrorThatNamesItsLayer() throws IOException {
    userFile("slots = many\n");

    Result inFile = trial.execute("config");

    assertThat(inFile.code()).isEqualTo(2);
    assertThat(inFile.err()).contains("is many", "home/.config/amalgam/amalgam.properties");
    trial.environment.put("AMALGAM_SLOTS", "0");
    assertThat(trial.execute("runs").err()).contains("is 0 (environment)");
  }
}
