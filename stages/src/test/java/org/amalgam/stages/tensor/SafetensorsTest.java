package org.amalgam.stages.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private static SortedMap<String, HostTensor> some() {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put("b.weight", HostTensor.ofFloats(new float[] {1, -2, 3.5f, 0, -0f, 1e-40f}, 2, 3));
    tensors.put("a", HostTensor.ofBytes(new byte[] {1, 2, -1}, 3));
    tensors.put("scalar", HostTensor.ofDoubles(new double[] {Math.PI}));
    tensors.put("empty", HostTensor.ofFloats(new float[0], 0, 7));
    tensors.put("ids-ü", HostTensor.ofLongs(new long[] {Long.MIN_VALUE, 5}, 2));
    return tensors;
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Path path = directory.resolve("x.safetensors");
    SafetensorsWriter.write(path, some(), Map.of("made-by", "a test"));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.names()).containsExactly("a", "b.weight", "empty", "ids-ü", "scalar");
      for (String name : file.names()) {
        assertThat(file.tensor(name)).isEqualTo(some().get(name));
      }
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "made-by", "a test"));
      assertThat(file.info("b.weight")).isEqualTo(TensorInfo.of(DType.F32, 2, 3));
      assertThat(file.floats("b.weight")).containsExactly(1, -2, 3.5f, 0, -0f, 1e-40f);
      assertThat(file.floats("scalar")).containsExactly((float) Math.PI);
      assertThat(file.bytes("ids-ü", 8, 8).getLong()).isEqualTo(5);
      assertThat(file.bytes("a").isReadOnly()).isTrue();
    }
  }

  @Test
  void theSameTensorsGiveTheSameBytes() throws IOException {
    Path one = directory.resolve("1");
    Path two = directory.resolve("2");
    SafetensorsWriter.write(one, some(), Map.of("y", "1", "x", "2"));
    SafetensorsWriter.write(two, some(), new TreeMap<>(Map.of("x", "2", "y", "1")));
    assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
    byte[] bytes = Files.readAllBytes(one);
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    String start = new String(bytes, 8, 80, StandardCharsets.UTF_8);
    assertThat(start)
        .startsWith("{\"__metadata__\":{\"format\":\"pt\",\"x\":\"2\",\"y\":\"1\"},\"a\":{");
  }

  @Test
  void tensorsCanBeWrittenInPieces() throws IOException {
    Path whole = directory.resolve("whole");
    Path pieces = directory.resolve("pieces");
    SafetensorsWriter.write(whole, some(), Map.of());
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    some().forEach((name, tensor) -> infos.put(name, tensor.info()));
    try (SafetensorsWriter writer = SafetensorsWriter.create(pieces, infos, Map.of())) {
      writer.write("a", ByteBuffer.wrap(new byte[] {1}));
      writer.write("a", ByteBuffer.wrap(new byte[] {2, -1}));
      writer.write("b.weight", new float[] {1, -2, 3.5f, 0, -0f, 1e-40f});
      for (String name : List.of("ids-ü", "scalar")) {
        writer.write(name, Objects.requireNonNull(some().get(name)).data());
      }
    }
    assertThat(pieces).hasSameBinaryContentAs(whole);
  }

  @Test
  void aWriterThatIsClosedTooEarlyLeavesNoFile() throws IOException {
    Path path = directory.resolve("x");
    SortedMap<String, TensorInfo> infos = new TreeMap<>(Map.of("w", TensorInfo.of(DType.F32, 2)));
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () -> {
              try (SafetensorsWriter writer = SafetensorsWriter.create(path, infos, Map.of())) {
                writer.write("w", new float[] {1});
              }
            });
    assertThat(path).doesNotExist();
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, infos, Map.of())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.write("w", new float[] {1, 2, 3}));
      assertThatIllegalArgumentException().isThrownBy(() -> writer.write("v", new float[] {1}));
      writer.write("w", new float[] {1, 2});
    }
    assertThat(path).exists();
  }

  @Test
  void everyHalfIsReadAsItsExactValue() throws IOException {
    // The definition of binary16, in doubles, for all of its 65536 values.
    byte[] all = new byte[2 << 16];
    ByteBuffer halves = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      halves.putShort((short) bits);
    }
    float[] read = new HostTensor(DType.F16, new long[] {1 << 16}, ByteBuffer.wrap(all)).floats();
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = bits >> 10 & 31;
      double fraction = (bits & 1023) / 1024.0;
      double sign = bits >= 1 << 15 ? -1 : 1;
      if (exponent == 31) {
        assertThat(fraction == 0 ? Float.isInfinite(read[bits]) : Float.isNaN(read[bits])).isTrue();
      } else {
        double value =
            exponent == 0
                ? fraction * Math.pow(2, -14)
                : (1 + fraction) * Math.pow(2, exponent - 15);
        assertThat((double) read[bits]).isEqualTo(sign * value);
      }
    }
  }

  @Test
  void aBfloatIsTheUpperHalfOfAFloat() {
    byte[] bytes = {(byte) 0x80, 0x3f, 0x49, (byte) 0xc0};
    HostTensor tensor = new HostTensor(DType.BF16, new long[] {2}, ByteBuffer.wrap(bytes));
    assertThat(tensor.floats()).containsExactly(1f, -3.140625f);
  }

  private static final String SOUND = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"w\":@|not JSON",
        "[]|does not start with {",
        "{}|the tensors fill 0 of 8 bytes",
        "{\"w\":@} {}|nothing after it",
        "{\"w\":@,\"w\":@}|Duplicate",
        "{\"v\":@,\"w\":@}|inside of another",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|after a gap",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|fill 4 of 8 bytes",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}|truncated",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|outside",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}|outside",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|has 8 bytes",
        "{\"w\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}|unknown dtype F33",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|negative",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}|too"
            + " large",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}|out of"
            + " range",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|whole numbers",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}|two numbers",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}|needs dtype",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}|strange field x",
        "{\"w\":7}|tensor w is not an object",
        "{\"\\ud800\":@}|surrogate",
        "{\"\\udc00\":@}|",
        "{\"__metadata__\":{\"x\":1},\"w\":@}|is not a text",
      })
  void anUnsoundHeaderIsRefusedInOneLine(String header, @Nullable String reason)
      throws IOException {
    assertRefused(file(header.replace("@", SOUND).getBytes(StandardCharsets.UTF_8), 8), reason);
  }

  @Test
  void theSoundHeaderOfTheseTestsIsRead() throws IOException {
    Path path = file(("{\"w\":" + SOUND + "}  \n").getBytes(StandardCharsets.UTF_8), 8);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.floats("w")).containsExactly(0, 0);
    }
  }

  @Test
  void aHeaderThatIsNotUtf8IsRefused() throws IOException {
    byte[] header = ("{\"w\":" + SOUND + "}").getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xff;
    assertRefused(file(header, 8), "not UTF-8");
  }

  @Test
  void aHeaderBombIsRefusedBeforeItIsRead() throws IOException {
    for (long length : new long[] {100_000_001, Long.MAX_VALUE, -1}) {
      Path path = directory.resolve("bomb");
      Files.write(
          path, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
      assertRefused(path, "a header of " + Long.toUnsignedString(length));
    }
  }

  @Test
  void everyCutOfAFileIsRefused() throws IOException {
    Path path = directory.resolve("x");
    SafetensorsWriter.write(path, some(), Map.of());
    byte[] bytes = Files.readAllBytes(path);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(path, Arrays.copyOf(bytes, length));
      assertRefused(path, "");
    }
    assertRefused(directory.resolve("none"), "no such file");
  }

  @Test
  void askingForWhatIsNotThereIsRefused() throws IOException {
    Path path = directory.resolve("x");
    SafetensorsWriter.write(path, some(), Map.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThatExceptionOfType(TensorFileException.class)
          .isThrownBy(() -> file.bytes("c"))
          .withMessage(path + ": has no tensor c");
      assertThatExceptionOfType(TensorFileException.class).isThrownBy(() -> file.bytes("a", 2, 2));
      assertThatExceptionOfType(TensorFileException.class)
          .isThrownBy(() -> file.floats("a"))
          .withMessageContaining("U8");
    }
  }

  @Test
  void noMutationGivesAnythingButAResultOrTheException() throws IOException {
    Path path = directory.resolve("x");
    SafetensorsWriter.write(path, some(), Map.of("k", "v"));
    byte[] sound = Files.readAllBytes(path);
    byte[] vocabulary = "{}[]\",:0123456789-eE.FI\\u \u0000\n".getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(20231205);
    int read = 0;
    try (Rewritten mutated = Rewritten.at(path)) {
      for (int round = 0; round < 3000; round++) {
        mutated.write(mutate(sound, vocabulary, random));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
          for (String name : file.names()) {
            assertThat((long) file.bytes(name).remaining()).isEqualTo(file.info(name).byteSize());
          }
          read++;
        } catch (TensorFileException e) {
          assertThat(e.getMessage()).startsWith(path + ": ").doesNotContain("\n");
        }
      }
    }
    assertThat(read).as("mutations that leave the file sound").isBetween(1, 2500);
  }

  private static byte[] mutate(byte[] sound, byte[] vocabulary, SplittableRandom random) {
    byte[] bytes = sound.clone();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int at = random.nextInt(random.nextBoolean() ? 16 : bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = vocabulary[random.nextInt(vocabulary.length)];
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(20), bytes.length - Math.max(from, at));
          System.arraycopy(sound, from, bytes, at, length);
        }
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 9)) : bytes;
  }

  private Path file(byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(directory.resolve("made.safetensors"), bytes.array());
  }

  private static void assertRefused(Path path, @Nullable String reason) {
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> SafetensorsFile.open(path).close())
        .withMessageStartingWith(path + ": ")
        .withMessageContaining(reason == null ? "" : reason)
        .withMessageNotContaining("\n");
  }
}
