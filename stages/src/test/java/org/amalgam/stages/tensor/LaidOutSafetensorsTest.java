package org.amalgam.stages.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaidOutSafetensorsTest {
  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private static SortedMap<String, TensorInfo> mixed() {
    return new TreeMap<>(
        Map.of(
            "a", TensorInfo.of(DType.U8, 3),
            "b", TensorInfo.of(DType.F32, 2),
            "c", TensorInfo.of(DType.BF16, 1),
            "d", TensorInfo.of(DType.I64, 1),
            "e", TensorInfo.of(DType.F32, 0)));
  }

  @Test
  void wideElementsComeFirstSoThatAllAreAligned() {
    assertThat(LaidOutSafetensors.order(mixed())).containsExactly("d", "b", "e", "c", "a");
  }

  @Test
  void piecesMayBeWrittenInAnyOrder() throws Exception {
    Path file = directory.resolve("file");
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, mixed(), Map.of())) {
      output.write("a", 2, ByteBuffer.wrap(new byte[] {9}));
      output.write("b", 4, ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3f}));
      output.write("a", 0, ByteBuffer.wrap(new byte[] {7, 8}));
      output.complete();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.names()).isEqualTo(mixed().keySet());
      assertThat(read.floats("b")).containsExactly(0, 1);
      assertThat(read.bytes("a")).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8, 9}));
      for (String name : read.names()) {
        assertThat(read.info(name)).isEqualTo(mixed().get(name));
      }
    }
  }

  @Test
  void textsOfTheSameLengthMayBeKnownLater() throws Exception {
    Path file = directory.resolve("file");
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, mixed(), Map.of("of", "00"))) {
      output.write("a", 0, ByteBuffer.wrap(new byte[] {7, 8, 9}));
      output.complete();
    }
    LaidOutSafetensors.replaceMetadata(file, mixed(), Map.of("of", "ab"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> LaidOutSafetensors.replaceMetadata(file, mixed(), Map.of("of", "far too long")));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.metadata()).containsEntry("of", "ab");
      assertThat(read.bytes("a")).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8, 9}));
    }
  }

  @Test
  void anUnfinishedFileIsNotLeft() throws Exception {
    Path file = directory.resolve("file");
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, mixed(), Map.of())) {
      assertThatIllegalStateException().isThrownBy(output::complete);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> output.write("b", 4, ByteBuffer.allocate(5)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> output.write("z", 0, ByteBuffer.allocate(0)));
    }
    assertThat(file).doesNotExist();
  }

  /** Every half, and every midpoint between two neighbours, which goes to the even one. */
  @Test
  void halvesAreRoundedToTheNearestAndTiesToEven() throws IOException {
    for (int bits = 0; bits < 0x7c00; bits++) {
      float half = FloatConversion.half((short) bits);
      assertThat(FloatConversion.toHalf(half)).isEqualTo((short) bits);
      assertThat(FloatConversion.toHalf(-half)).isEqualTo((short) (bits | 0x8000));
      float next = bits == 0x7bff ? 65536 : FloatConversion.half((short) (bits + 1));
      float middle = (half + next) / 2;
      assertThat(FloatConversion.toHalf(middle)).isEqualTo((short) (bits + (bits & 1)));
      assertThat(FloatConversion.toHalf(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(FloatConversion.toHalf(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
    }
    assertThat(FloatConversion.toBfloat16(1 + 0x1p-8f)).isEqualTo((short) 0x3f80);
    assertThat(FloatConversion.toBfloat16(1 + 3 * 0x1p-8f)).isEqualTo((short) 0x3f82);
    assertThat(FloatConversion.toBfloat16(Math.nextUp(1 + 0x1p-8f))).isEqualTo((short) 0x3f81);
    assertThat(FloatConversion.toBfloat16(Float.NaN) & 0x7fff).isGreaterThan(0x7f80);
  }
}
