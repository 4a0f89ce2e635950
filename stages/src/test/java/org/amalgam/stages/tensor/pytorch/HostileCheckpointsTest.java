package org.amalgam.stages.tensor.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Rewritten;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file claims: a result or one line, and no more memory than the file is worth. */
class HostileCheckpointsTest {
  /** Heap that a reader may take for anything, and in addition for a byte of the file. */
  private static final long FREE_BYTES = 16 << 20;

  private static final long BYTES_PER_BYTE = 200;
  private static final int MUTATIONS = 3000;

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private static byte[] pickle(Object... parts) {
    List<Object> all = new ArrayList<>(List.of(0x80, 2));
    all.addAll(Arrays.asList(parts));
    all.add('.');
    return Pickles.of(all.toArray());
  }

  private static byte[] number(int value) {
    return Pickles.of(
        'J', ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static byte[] persistentId(String key, int elements) {
    return Pickles.of(
        '(',
        'X',
        "storage",
        Pickles.global("torch", "FloatStorage"),
        'X',
        key,
        'X',
        "cpu",
        number(elements),
        't',
        'Q');
  }

  /** A dictionary with the tensor w of one dimension. */
  private static byte[] tensor(byte[] storage, int offset, int length, int stride) {
    return pickle(
        '}',
        'X',
        "w",
        Pickles.global("torch._utils", "_rebuild_tensor_v2"),
        '(',
        storage,
        number(offset),
        number(length),
        0x85,
        number(stride),
        0x85,
        0x89,
        ')',
        't',
        'R',
        's');
  }

  @Test
  void theSoundFileOfTheseTestsIsRead() throws IOException {
    Path path = directory.resolve("x.pt");
    Pickles.zip(path, tensor(persistentId("0", 4), 1, 3, 1));
    try (PyTorchCheckpoint read = PyTorchCheckpoint.open(path)) {
      assertThat(read.floats("w")).containsExactly(0, 0, 0);
    }
  }

  static List<List<Object>> hostilePickles() {
    byte[] system = Pickles.global("posix", "system");
    byte[] command = Pickles.of('X', "touch hostile-was-here", 0x85);
    byte[] longs = Pickles.of(0x8d, 255, 255, 255, 255, 255, 255, 255, 127);
    byte[] itself =
        Pickles.of(Pickles.global("torch._tensor", "_rebuild_from_type_v2"), 'q', 1, ']', 'q', 2);
    return List.of(
        List.of("it names posix.system", pickle(system, command, 'R')),
        List.of("it names os.system", pickle(Pickles.global("os", "system"), command, 'R')),
        List.of("it names nt.system", pickle(Pickles.global("nt", "system"), command, 0x81)),
        List.of(
            "it names builtins.eval",
            pickle(Pickles.global("builtins", "eval"), command, '}', 0x92)),
        List.of(
            "it names __builtin__.getattr",
            pickle('X', "__builtin__", 'X', "getattr", 0x93, command, 'R')),
        List.of("it names torch.load", pickle(Pickles.global("torch", "load"), command, 'R')),
        List.of(
            "it names torch.hub.load", pickle(Pickles.global("torch.hub", "load"), command, 'R')),
        List.of(
            "it names collections.OrderedDict.clear",
            pickle(Pickles.global("collections", "OrderedDict.clear"), command, 'R')),
        List.of("no name", pickle('K', 1, 'X', "eval", 0x93)),
        List.of("opcode 0x69", Pickles.of('(', "ios\nsystem\n".getBytes(UTF_8), '.')),
        List.of("opcode 0x6f", Pickles.of('(', 'o', '.')),
        List.of("opcode 0x50", Pickles.of("P1\n".getBytes(UTF_8), '.')),
        List.of("opcode 0x82", Pickles.of(0x82, 1, '.')),
        List.of("protocol 0", Pickles.of(0x80, 0, '.')),
        List.of("it calls what is no name", pickle('X', "os.system", command, 'R')),
        List.of("it gives state to", pickle('K', 1, '}', 'b')),
        List.of("a persistent id is of an unknown form", pickle('X', "storage", 'Q')),
        List.of("a persistent id is of an unknown form", pickle('X', "module", 0x85, 'Q')),
        List.of("the pickle ends too early", pickle(longs)),
        List.of("the pickle ends too early", pickle('B', 255, 255, 255, 127)),
        List.of("the pickle ends too early", pickle('T', 255, 255, 255, 255)),
        List.of("a number has 2147483647 bytes", pickle(0x8b, 255, 255, 255, 127)),
        List.of("its stack is empty", pickle('R')),
        List.of("a mark is missing", pickle('t')),
        List.of("it recalls what it did not keep", pickle('h', 3)),
        List.of("a key has no value", pickle('}', '(', 'K', 1, 'u')),
        List.of("calls itself", pickle(itself, '(', 'h', 1, 'N', 'h', 2, 'e', 'R')),
        List.of("there is no storage 7", tensor(persistentId("7", 4), 0, 4, 1)),
        List.of("there is no storage ../0", tensor(persistentId("../0", 4), 0, 4, 1)),
        List.of("but only 4 are there", tensor(persistentId("0", 5), 0, 4, 1)),
        List.of("ends at element 4 of a storage of 4", tensor(persistentId("0", 4), 1, 4, 1)),
        List.of("a negative side or stride", tensor(persistentId("0", 4), 3, 2, -1)),
        List.of("is no view", tensor(persistentId("0", 4), -1, 2, 1)),
        List.of("too often", tensor(persistentId("0", 4), 0, 1 << 30, 0)),
        List.of("storage 0 has -1 elements", tensor(persistentId("0", -1), 0, 0, 1)));
  }

  @ParameterizedTest
  @MethodSource("hostilePickles")
  void aHostilePickleRunsNothingAndIsOneLine(List<Object> reasonAndPickle) throws IOException {
    Path path = directory.resolve("x.pt");
    Pickles.zip(path, (byte[]) reasonAndPickle.get(1));
    assertRefused(path, (String) reasonAndPickle.get(0));
    assertThat(Path.of("hostile-was-here")).doesNotExist();
  }

  @Test
  void aDictionaryThatHoldsItselfIsNoTrap() throws IOException {
    Path path = directory.resolve("x.pt");
    Pickles.zip(path, pickle('}', 'q', 1, 'X', "model", 'h', 1, 's', 'h', 1, 'h', 1, 's'));
    assertRefused(path, "holds no dictionary of tensors");
  }

  @Test
  void manyStepsAreRefusedBeforeTheyFillTheMemory() throws IOException {
    byte[] lists = new byte[5 << 20];
    Arrays.fill(lists, (byte) ']');
    Path path = directory.resolve("x.pt");
    Pickles.zip(path, lists);
    assertRefused(path, "it has more than 2097152 steps");
  }

  @Test
  void aZipFileThatIsCompressedOrLeadsElsewhereIsRefused() throws IOException {
    Path path = directory.resolve("x.pt");
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      zip.write(new byte[50 << 20]);
    }
    assertThat(Files.size(path)).isLessThan(100_000);
    assertRefused(path, "holds a/data.pkl compressed or encrypted");

    for (String name : List.of("../data.pkl", "a/../../data.pkl", "/data.pkl", "C:/data.pkl")) {
      Pickles.zip(path, new TreeMap<>(Map.of(name, pickle('}'))));
      assertRefused(path, "holds a part of the odd name " + name);
    }
    Pickles.zip(path, new TreeMap<>(Map.of("a/other", pickle('}'))));
    assertRefused(path, "has 0 FOLDER/data.pkl, not one");
    Pickles.zip(path, new TreeMap<>(Map.of("a/data.pkl", pickle('}'), "b/data.pkl", pickle('}'))));
    assertRefused(path, "has 2 FOLDER/data.pkl, not one");
  }

  @Test
  void everyCutOfAFileIsRefusedOrLacksNothing() throws IOException {
    for (String name : List.of("zip.ckpt", "legacy.pt")) {
      byte[] sound = resource(name);
      Path path = directory.resolve(name);
      try (Rewritten file = Rewritten.at(path)) {
        for (int length = 0; length < sound.length; length += 7) {
          file.write(Arrays.copyOf(sound, length));
          assertRefused(path, "");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip.ckpt", "protocol-4.pth", "legacy.pt", "expected.safetensors"})
  void noMutationGivesAnythingButAResultOrTheExceptionInBoundedMemory(String name)
      throws IOException {
    byte[] sound = resource(name);
    Path path = directory.resolve(name);
    RandomStream random = RandomStream.of(20231205, "mutations of " + name);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int read = 0;
    try (Rewritten mutated = Rewritten.at(path)) {
      for (int round = 0; round < MUTATIONS; round++) {
        byte[] bytes = mutate(sound, random);
        mutated.write(bytes);
        long before = threads.getCurrentThreadAllocatedBytes();
        read += readsAll(path) ? 1 : 0;
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(taken).isLessThan(FREE_BYTES + BYTES_PER_BYTE * bytes.length);
      }
    }
    assertThat(read).as("mutations that leave the file sound").isBetween(1, MUTATIONS - 100);
  }

  private static boolean readsAll(Path path) {
    try (TensorSource file = TensorSources.open(path)) {
      for (String tensor : file.names()) {
        ByteBuffer elements = file.bytes(tensor);
        assertThat((long) elements.remaining()).isEqualTo(file.info(tensor).byteSize());
      }
      return true;
    } catch (TensorFileException e) {
      assertThat(e.getMessage()).startsWith(path + ": ").doesNotContain("\n");
      return false;
    }
  }

  private static byte[] mutate(byte[] sound, RandomStream random) {
    byte[] bytes = sound.clone();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      // The structure of a zip file is at its end, that of the others at their start.
      int range = random.nextBoolean(0.5) ? bytes.length : Math.min(600, bytes.length);
      int place = random.nextInt(range);
      int at = random.nextBoolean(0.5) ? place : bytes.length - 1 - place;
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 ->
            bytes[at] =
                (byte) "(.RbQ}]tuseqhXcNJK\u0080\u008a\u0093\u0094".charAt(random.nextInt(22));
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(20), bytes.length - Math.max(from, at));
          System.arraycopy(sound, from, bytes, at, length);
        }
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 9)) : bytes;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HostileCheckpointsTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static void assertRefused(Path path, String reason) {
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> TensorSources.open(path).close())
        .withMessageStartingWith(path + ": ")
        .withMessageContaining(reason)
        .withMessageNotContaining("\n");
  }
}
