package org.amalgam.stages.tensor.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.stages.checkpoint.PyTorchWriter;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that PyTorch 1.13 wrote; {@code stages/src/tools/checkpoints} tells how. The property
 * {@code amalgam.checkpoints} names a folder of files that another PyTorch wrote, and gets one of
 * ours.
 */
class PyTorchCheckpointTest {
  private static final String OTHERS = "amalgam.checkpoints";

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  @BeforeEach
  void copyFiles() throws IOException {
    for (String name :
        new String[] {
          "zip.ckpt",
          "protocol-4.pth",
          "legacy.pt",
          "plain.bin",
          "hostile.pt",
          "big-endian.pt",
          "expected.safetensors"
        }) {
      String others = System.getProperty(OTHERS);
      try (InputStream file =
          others == null
              ? PyTorchCheckpointTest.class.getResourceAsStream(name)
              : Files.newInputStream(Path.of(others, name))) {
        assertThat(file).as(name).isNotNull();
        Files.copy(file, directory.resolve(name));
      }
    }
  }

  private PyTorchCheckpoint open(String name) throws TensorFileException {
    return PyTorchCheckpoint.open(directory.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.ckpt", "protocol-4.pth", "legacy.pt", "plain.bin"})
  void whatPyTorchWroteReadsBackBitForBit(String name) throws IOException {
    try (PyTorchCheckpoint read = open(name);
        SafetensorsFile expected =
            SafetensorsFile.open(directory.resolve("expected.safetensors"))) {
      assertThat(read.names()).isEqualTo(expected.names()).hasSize(20);
      for (String tensor : expected.names()) {
        assertThat(read.tensor(tensor)).as(tensor).isEqualTo(expected.tensor(tensor));
        for (long at = 0; at < expected.info(tensor).elements(); at += 4) {
          int width = expected.info(tensor).dtype().bytes();
          long count = Math.min(4, expected.info(tensor).elements() - at);
          assertThat(read.bytes(tensor, at * width, count * width))
              .as(tensor + " from " + at)
              .isEqualTo(expected.bytes(tensor, at * width, count * width));
        }
      }
    }
  }

  @Test
  void aFileOfOursHoldsTheSameBits() throws IOException {
    String others = System.getProperty(OTHERS);
    Path ours = others == null ? directory.resolve("ours.ckpt") : Path.of(others, "ours.ckpt");
    try (PyTorchCheckpoint theirs = open("legacy.pt")) {
      PyTorchWriter.write(theirs, ours);
      try (PyTorchCheckpoint read = PyTorchCheckpoint.open(ours)) {
        assertThat(read.names()).isEqualTo(theirs.names());
        for (String tensor : read.names()) {
          assertThat(read.tensor(tensor)).as(tensor).isEqualTo(theirs.tensor(tensor));
        }
      }
    }
  }

  @Test
  void viewsAreOfTheNumbersThatWereWritten() throws IOException {
    try (PyTorchCheckpoint read = open("zip.ckpt")) {
      // The storage holds (n - 11) / 7 in four rows of six.
      assertThat(read.floats("shared.every_second"))
          .containsExactly(-11 / 7f, -8 / 7f, 1 / 7f, 4 / 7f);
      assertThat(read.floats("shared.rows")[0]).isEqualTo(-5 / 7f);
      assertThat(read.info("shared.transposed")).isEqualTo(TensorInfo.of(DType.F32, 6, 4));
      assertThat(read.floats("shared.transposed")[1]).isEqualTo(-5 / 7f);
      assertThat(read.floats("expanded")).containsExactly(1.5f, 1.5f, 1.5f, 2.5f, 2.5f, 2.5f);
      assertThat(read.info("scalar")).isEqualTo(TensorInfo.of(DType.F32));
      assertThat(read.floats("scalar")).containsExactly(2.65926f);
      assertThat(read.floats("parameter"))
          .containsExactly(0.1f, Float.POSITIVE_INFINITY, Float.NaN);
      assertThat(read.info("empty")).isEqualTo(TensorInfo.of(DType.F32, 0, 5));
      assertThat(read.info("types.BF16").dtype()).isEqualTo(DType.BF16);
      assertThat(read.bytes("types.I64", 8, 8).getLong()).isEqualTo(1);
    }
  }

  @Test
  void whatElseIsInTheFileIsToldAndPassedOver() throws IOException {
    try (PyTorchCheckpoint read = open("zip.ckpt")) {
      assertThat(read.skipped())
          .containsExactly(
              "epoch (3)", "args (argparse.Namespace)", "optimizer (a dictionary of 2)");
    }
  }

  @Test
  void bytesInTheOtherOrderAreTurned() throws IOException {
    try (PyTorchCheckpoint read = open("big-endian.pt")) {
      assertThat(read.floats("x")).containsExactly(1, -2.5f, 3.25f);
      ByteBuffer n = read.bytes("n");
      assertThat(n.getLong()).isEqualTo(258);
      HostTensor whole = read.tensor("x");
      assertThat(whole.floats()).containsExactly(1, -2.5f, 3.25f);
    }
  }

  @Test
  void aHostileFileRunsNothingAndIsRefusedInOneLine() {
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> open("hostile.pt"))
        .withMessageContaining("it names posix.system, which no checkpoint needs; nothing was run");
    assertThat(Path.of("hostile-was-here")).doesNotExist();
  }

  @Test
  void theWrongFilesAreToldApart() throws IOException {
    Path path = directory.resolve("x.pt");
    Files.writeString(path, "text");
    assertRefused(path, "is neither a safetensors file nor one that torch.save wrote");
    Files.write(path, Pickles.of(0x80, 2, '}', '.'));
    assertRefused(path, "is a pickle, but none that torch.save wrote");
    Pickles.zip(path, Pickles.of(0x80, 2, '}', 'X', "model", 'K', 3, 's', '.'));
    assertRefused(
        path,
        "holds no dictionary of tensors, neither itself nor under state_dict, model, module; its"
            + " keys are [model]");
    assertRefused(directory.resolve("none.pt"), "there is no such file");
  }

  private static void assertRefused(Path path, String message) {
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> PyTorchCheckpoint.open(path))
        .withMessageStartingWith(path + ": ")
        .withMessageContaining(message);
  }
}
