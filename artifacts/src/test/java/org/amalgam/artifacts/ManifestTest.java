package org.amalgam.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final Path directory;

  ManifestTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theTextHasOneLineAFileSortedByPath() throws IOException {
    Files.createDirectories(directory.resolve("b/empty directory"));
    Files.writeString(directory.resolve("b/x"), "abc");
    Files.writeString(directory.resolve("b-c"), "");
    Files.writeString(directory.resolve("Z z"), "abc");

    Manifest manifest = Manifest.of(directory);

    assertThat(manifest.text()).isEqualTo(ABC + " 3 Z z\n" + EMPTY + " 0 b-c\n" + ABC + " 3 b/x\n");
    assertThat(manifest.size()).isEqualTo(6);
    assertThat(manifest.digest()).isEqualTo(Digest.of(manifest.text()));
    assertThat(Manifest.parse(manifest.text())).isEqualTo(manifest);
  }

  @Test
  void aLinkCannotBePartOfAnArtifact() throws IOException {
    Path target = Files.writeString(directory.resolve("a"), "abc");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);

    assertThatThrownBy(() -> Manifest.of(directory))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "a symbolic link cannot be part of an artifact: "
                + link
                + "; write a copy of the file in its place");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\\b", "\u0007"})
  void aNameThatIsNotThePlainestIsRefused(String name) throws IOException {
    Files.writeString(directory.resolve(name), "abc");

    assertThatThrownBy(() -> Manifest.of(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("printable ASCII")
        .hasMessageContaining("rename it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ABC + " 3 a",
        ABC + " 3 a\r\n",
        ABC + "  3 a\n",
        ABC + " 03 a\n",
        ABC + " -3 a\n",
        ABC + " 9999999999999999999 a\n",
        ABC + " 3 \n",
        ABC + " 3 /etc/passwd\n",
        ABC + " 3 ../a\n",
        ABC + " 3 a/../../b\n",
        ABC + " 3 ./a\n",
        ABC + " 3 a//b\n",
        ABC + " 3 a/\n",
        ABC + " 3 a\\b\n",
        ABC + " 3 b\n" + ABC + " 3 a\n",
        ABC + " 3 a\n" + ABC + " 3 a\n",
        "\n",
        "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 a\n"
      })
  void aTextThatIsNotExactlyAManifestIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Manifest.parse(text));
  }

  @Test
  void theMessageNamesTheLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Manifest.parse(ABC + " 3 a\n" + ABC + " 3 ../b\n"))
        .withMessage("manifest line 2: not a plain relative path: \"../b\"");
    assertThat(Manifest.parse("")).isEqualTo(new Manifest(List.of()));
  }
}
