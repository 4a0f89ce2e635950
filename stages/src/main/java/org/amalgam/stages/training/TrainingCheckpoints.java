package org.amalgam.stages.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Disk;
import org.amalgam.stages.tensor.AdamW;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * The last saved states of one training, in a folder that outlives attempts at it.
 *
 * <p>A state is one safetensors file: the weights and both moments of AdamW as vectors, the curve
 * so far, and a checksum of all. What a step draws is keyed by its number, so the number of steps
 * done is the position in the data and in every random stream. A file appears by renaming, after
 * its bytes are on the disk; the last two are kept.
 */
final class TrainingCheckpoints {
  private static final int KEPT = 2;
  private static final String PREFIX = "step-";
  private static final String SUFFIX = ".safetensors";
  private static final String PART = ".part";
  private static final String OWNER = "owner";
  private static final String STEP = "step";
  private static final String CURVE = "curve";

  /** Its name sorts last, so that it is written when all else is. */
  private static final String CHECKSUM = "~checksum";

  /** Entries that are in host memory at once. */
  private static final int PIECE = 1 << 20;

  /** A sound file that is not what is looked for. */
  private static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(SafetensorsFile state, String why) {
      super(state.path() + ": " + why);
    }
  }

  private final Path folder;
  private final Digest owner;
  private final Consumer<String> log;
  private int lastWritten = -1;

  /**
   * The saved states of a training.
   *
   * @param owner of which training, see {@link TrainingIdentity}; states of others are dropped
   * @param log takes a line for each state that is dropped, and for each that cannot be written
   */
  TrainingCheckpoints(Path folder, Digest owner, Consumer<String> log) {
    this.folder = folder;
    this.owner = owner;
    this.log = log;
  }

  /**
   * What was restored beside the optimizer.
   *
   * @param step how many steps are done
   * @param curve the bytes of the curve so far
   */
  @SuppressWarnings("ArrayRecordComponent") // written to a file; not compared
  record Restored(int step, byte[] curve) {}

  /**
   * Puts the optimizer where the newest sound state has it. Unsound states, those of other
   * trainings and what an interrupted attempt left half written are deleted.
   */
  Optional<Restored> restore(AdamW optimizer) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    for (Path half : files(PART)) {
      Files.delete(half);
    }
    List<Path> newestFirst = files(SUFFIX);
    for (Path file : newestFirst) {
      try (SafetensorsFile state = SafetensorsFile.open(file)) {
        Restored restored = read(state, optimizer);
        lastWritten = restored.step;
        return Optional.of(restored);
      } catch (TensorFileException | Unusable e) {
        log.accept("dropped a checkpoint: " + e.getMessage());
      }
      Files.delete(file);
    }
    return Optional.empty();
  }

  private Restored read(SafetensorsFile state, AdamW optimizer) throws IOException {
    String step = state.metadata().getOrDefault(STEP, "");
    if (!owner.hex().equals(state.metadata().get(OWNER))) {
      throw new Unusable(state, "is of another training");
    }
    for (AdamW.State vector : AdamW.State.values()) {
      long[] shape = state.info(name(vector)).shape();
      if (shape.length != 1 || shape[0] != optimizer.size()) {
        throw new Unusable(state, "has " + name(vector) + " of another length");
      }
    }
    byte[] curve = new byte[state.bytes(CURVE).remaining()];
    state.bytes(CURVE).get(curve);
    CRC32C checksum = new CRC32C();
    checksum.update(curve);
    inPieces(optimizer.size(), (v, from, n) -> checksum.update(piece(state, v, from, n)));
    if (state.bytes(CHECKSUM).getLong() != checksum.getValue() || !step.matches("[0-9]{1,9}")) {
      throw new Unusable(state, "does not hold the bytes that were written");
    }
    inPieces(optimizer.size(), (v, from, n) -> optimizer.write(v, from, piece(state, v, from, n)));
    optimizer.goOnAfter(Integer.parseInt(step));
    return new Restored(Integer.parseInt(step), curve);
  }

  /**
   * Saves where the optimizer is; a training does not end because that fails.
   *
   * @param curve the bytes of the curve so far
   */
  void write(AdamW optimizer, byte[] curve) {
    int step = Math.toIntExact(optimizer.updates());
    if (step == lastWritten) {
      return;
    }
    String name = PREFIX + String.format(Locale.ROOT, "%09d", step);
    Path part = folder.resolve(name + PART);
    try {
      Files.createDirectories(folder);
      write(part, step, optimizer, curve);
      Disk.sync(part);
      Files.move(part, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
      Disk.sync(folder);
      lastWritten = step;
      List<Path> newestFirst = files(SUFFIX);
      for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
        Files.delete(old);
      }
    } catch (IOException e) {
      log.accept("no checkpoint at step " + step + ", going on without: " + e.getMessage());
    }
  }

  private void write(Path part, int step, AdamW optimizer, byte[] curve) throws IOException {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    infos.put(CURVE, new TensorInfo(DType.U8, new long[] {curve.length}));
    for (AdamW.State vector : AdamW.State.values()) {
      infos.put(name(vector), new TensorInfo(DType.F32, new long[] {optimizer.size()}));
    }
    infos.put(CHECKSUM, new TensorInfo(DType.I64, new long[] {1}));
    Map<String, String> metadata = Map.of(OWNER, owner.hex(), STEP, Integer.toString(step));
    CRC32C checksum = new CRC32C();
    try (SafetensorsWriter writer = SafetensorsWriter.create(part, infos, metadata)) {
      writer.write(CURVE, ByteBuffer.wrap(curve));
      checksum.update(curve);
      inPieces(
          optimizer.size(),
          (vector, from, length) -> {
            ByteBuffer piece = optimizer.read(vector, from, length);
            checksum.update(piece.duplicate());
            writer.write(name(vector), piece);
          });
      ByteBuffer sum = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writer.write(CHECKSUM, sum.putLong(0, checksum.getValue()));
    }
  }

  private interface Piecewise {
    void at(AdamW.State vector, long from, int length) throws IOException;
  }

  private static void inPieces(long size, Piecewise work) throws IOException {
    for (AdamW.State vector : AdamW.State.values()) {
      for (long from = 0; from < size; from += PIECE) {
        work.at(vector, from, (int) Math.min(PIECE, size - from));
      }
    }
  }

  private static ByteBuffer piece(SafetensorsFile state, AdamW.State vector, long from, int length)
      throws TensorFileException {
    return state.bytes(name(vector), from * Float.BYTES, (long) length * Float.BYTES);
  }

  /** The constants are declared in the order of these names, in which a file is written. */
  private static String name(AdamW.State vector) {
    return vector.name().toLowerCase(Locale.ROOT);
  }

  /** The files of the folder with this ending, the last step first. */
  private List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().startsWith(PREFIX))
          .filter(file -> file.getFileName().toString().endsWith(ending))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
