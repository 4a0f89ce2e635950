package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.amalgam.pipelines.stage.StageFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {
  private static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

  @TempDir Path directory = Path.of("");

  @BeforeEach
  void smallFiles() throws IOException {
    write("train-images-idx3-ubyte", 12, 28);
    write("train-labels-idx1-ubyte", 12, 0);
    write("t10k-images-idx3-ubyte", 5, 28);
    write("t10k-labels-idx1-ubyte", 5, 0);
  }

  /** Item i is of class i mod 10, and its picture is of one grey, 10 i. */
  private void write(String name, int count, int side) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(side == 0 ? 0x801 : 0x803);
    out.writeInt(count);
    if (side > 0) {
      out.writeInt(side);
      out.writeInt(side);
    }
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < Math.max(1, side * side); k++) {
        out.write(side == 0 ? i % 10 : 10 * i);
      }
    }
    try (OutputStream file =
        new GZIPOutputStream(Files.newOutputStream(directory.resolve(name + ".gz")))) {
      file.write(bytes.toByteArray());
    }
  }

  private FashionMnist source(int photos, int heldOut) {
    return new FashionMnist(directory.toString(), photos, heldOut);
  }

  @Test
  void photographsAreReadWithTheirClasses() throws Exception {
    Path output = Files.createDirectory(directory.resolve("corpus"));
    GeneratedCorpus.write(source(8, 3), 32, "corpus", output);
    try (Corpus corpus = Corpus.open(output)) {
      LabelledSet train = corpus.sprites(Split.TRAIN);
      LabelledSet val = corpus.sprites(Split.VAL);
      assertThat(train.nouns()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(val.nouns()).containsExactly(9, 0, 1);
      assertThat(corpus.sprites(Split.TEST).nouns()).containsExactly(0, 1, 2);
      assertThat(train.nounNames()).hasSize(10).contains("sandal");
      byte[] image = new byte[3 * 32 * 32];
      val.images().copy(2, image, 0);
      assertThat(image).containsOnly(110);
    }
  }

  @Test
  void aDirectoryWithoutThemSaysWhatToInstall() {
    FashionMnist elsewhere = new FashionMnist(directory.resolve("none").toString(), 1, 1);

    assertThatThrownBy(() -> elsewhere.draft(32))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("dataset-fashion-mnist");
  }

  @Test
  void aFileOfAnotherFormatIsNamed() throws Exception {
    Files.delete(directory.resolve("t10k-labels-idx1-ubyte.gz"));
    Files.write(directory.resolve("t10k-labels-idx1-ubyte"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    assertThatThrownBy(() -> source(8, 3).draft(32))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("begins with 0x01020304");
  }

  @Test
  void aFileThatEndsEarlyIsNamed() throws Exception {
    Files.delete(directory.resolve("train-labels-idx1-ubyte.gz"));
    Files.write(
        directory.resolve("train-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 12, 1});

    assertThatThrownBy(() -> source(8, 3).draft(32))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("ends before all items");
  }

  @Test
  void moreThanThereAreAreRefused() {
    assertThatThrownBy(() -> source(11, 3).draft(32))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("14 in all, the training file has 12");
  }

  @Test
  @EnabledIf("installed")
  void debiansFilesAreTheSixtyThousandAndTenThousand() throws Exception {
    CorpusDraft draft = new FashionMnist(INSTALLED.toString(), 50_000, 10_000).draft(32);

    assertThat(draft.labels()).hasSize(70_000);
    for (int label = 0; label < 10; label++) {
      int wanted = label;
      assertThat(draft.labels().stream().filter(each -> each.split() == Split.TEST))
          .filteredOn(each -> each.noun() == wanted)
          .hasSize(1_000);
    }
  }

  static boolean installed() {
    return Files.isDirectory(INSTALLED);
  }
}
