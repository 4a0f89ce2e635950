package org.amalgam.stages.tensor.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.stages.tensor.FilePiece;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;
import org.amalgam.stages.tensor.pytorch.Pickled.Tensor;
import org.amalgam.stages.tensor.pytorch.StoredZip.Extent;

/**
 * A checkpoint that {@code torch.save} wrote, in its zip format or in the one before, open for
 * reading. Its tensors are mapped where their elements lie one after the other, and gathered piece
 * by piece where they do not. Tensors that share a storage are read as if each had its own.
 *
 * <p>What else the file holds is passed over and told by {@link #skipped()}. Nothing in it is run.
 */
public final class PyTorchCheckpoint implements TensorSource {
  private final Path path;
  private final FileChannel channel;
  private final StateDict dictionary;
  private final SortedMap<String, Extent> storages;
  private final boolean bigEndian;

  private PyTorchCheckpoint(
      Path path, FileChannel channel, StateDict dictionary, StorageMap storages) {
    this.path = path;
    this.channel = channel;
    this.dictionary = dictionary;
    this.storages = storages.extents();
    this.bigEndian = storages.bigEndian();
  }

  /**
   * Where storages lie, and what was saved.
   *
   * @param saved the object
   * @param extents of the storages, by key
   * @param bigEndian the order of the bytes of their elements
   */
  record StorageMap(Object saved, SortedMap<String, Extent> extents, boolean bigEndian) {}

  /**
   * Opens a file and reads all of it but the tensors' elements.
   *
   * @throws TensorFileException if it is missing, no such file, unsound, or names what no
   *     checkpoint needs
   */
  public static PyTorchCheckpoint open(Path path) throws TensorFileException {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      boolean opened = false;
      try {
        StorageMap map = isZip(channel) ? zip(path, channel) : LegacyFile.read(path, channel);
        StateDict dictionary = StateDict.in(map.saved(), path);
        PyTorchCheckpoint file = new PyTorchCheckpoint(path, channel, dictionary, map);
        for (Map.Entry<String, Tensor> entry : dictionary.tensors().entrySet()) {
          file.check(entry.getKey(), entry.getValue());
        }
        opened = true;
        return file;
      } finally {
        if (!opened) {
          channel.close();
        }
      }
    } catch (TensorFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new TensorFileException(path, "there is no such file", e);
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isZip(FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(2);
    return channel.read(start, 0) == 2 && start.get(0) == 'P' && start.get(1) == 'K';
  }

  private static StorageMap zip(Path path, FileChannel channel) throws IOException {
    SortedMap<String, Extent> entries = StoredZip.read(path, channel).entries();
    List<String> pickles =
        entries.keySet().stream().filter(name -> name.matches("[^/]+/data\\.pkl")).toList();
    if (pickles.size() != 1) {
      throw new TensorFileException(
          path, "the zip file has " + pickles.size() + " FOLDER/data.pkl, not one");
    }
    String folder = pickles.get(0).substring(0, pickles.get(0).indexOf('/') + 1);
    if (entries.containsKey(folder + "constants.pkl")) {
      throw new TensorFileException(
          path, "holds a TorchScript program; save its weights: torch.save(m.state_dict(), FILE)");
    }
    Extent pickle = extent(path, entries, pickles.get(0));
    Object saved = new Unpickler(path, LegacyFile.map(channel, pickle)).load();
    SortedMap<String, Extent> storages = new TreeMap<>();
    String data = folder + "data/";
    entries.forEach(
        (name, extent) -> {
          if (name.startsWith(data)) {
            storages.put(name.substring(data.length()), extent);
          }
        });
    Extent order = entries.get(folder + "byteorder");
    boolean big =
        order != null
            && order.length() == 3
            && StandardCharsets.US_ASCII
                .decode(LegacyFile.map(channel, order))
                .toString()
                .equals("big");
    return new StorageMap(saved, storages, big);
  }

  private static Extent extent(Path path, SortedMap<String, Extent> parts, String key)
      throws TensorFileException {
    Extent extent = parts.get(key);
    if (extent == null) {
      throw new TensorFileException(path, "there is no storage " + key);
    }
    return extent;
  }

  /** Whether the view's storage is there in the size that was told. */
  private void check(String name, Tensor tensor) throws TensorFileException {
    String key = tensor.storage().key();
    Extent extent = extent(path, storages, key);
    long available = extent.length() / tensor.storage().dtype().bytes();
    if (tensor.storage().start() > available
        || tensor.storage().elements() > available - tensor.storage().start()) {
      throw new TensorFileException(
          path,
          "tensor %s: storage %s has %d elements, but only %d are there; is the file truncated?"
              .formatted(name, key, tensor.storage().elements(), available));
    }
    try {
      info(name);
    } catch (IllegalArgumentException e) {
      throw new TensorFileException(path, "tensor " + name + ": " + e.getMessage(), e);
    }
  }

  /** Such as {@code optimizer (a dictionary of 2)}. */
  @Override
  public List<String> skipped() {
    return Collections.unmodifiableList(dictionary.skipped());
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(dictionary.tensors().keySet()));
  }

  @Override
  public boolean contains(String name) {
    return dictionary.tensors().containsKey(name);
  }

  @Override
  public SortedMap<String, String> metadata() {
    return new TreeMap<>();
  }

  @Override
  public TensorInfo info(String name) throws TensorFileException {
    Tensor tensor = tensorOf(name);
    return new TensorInfo(tensor.storage().dtype(), tensor.view().shape());
  }

  /**
   * {@inheritDoc} Gathering takes heap of the piece's length; the elements of a view must lie
   * within 2 GiB of each other then.
   */
  @Override
  public ByteBuffer bytes(String name, long offset, long length) throws TensorFileException {
    Tensor tensor = tensorOf(name);
    long size = info(name).byteSize();
    TensorSource.checkPiece(path, name, size, offset, length);
    if (length == 0) {
      return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    int width = tensor.storage().dtype().bytes();
    StridedView view = tensor.view();
    boolean reversed = bigEndian && width > 1;
    long start =
        extent(path, storages, tensor.storage().key()).begin()
            + (tensor.storage().start() + view.offset()) * width;
    try {
      if (view.isContiguous() && !reversed) {
        return FilePiece.of(channel, start + offset, length);
      }
      long spanned = (view.last() - view.offset() + 1) * width;
      TensorSource.checkAtOnce(path, name, spanned);
      ByteBuffer storage = FilePiece.of(channel, start, spanned);
      ByteBuffer gathered = ByteBuffer.allocate((int) length);
      view.gather(storage, width, reversed, offset / width, gathered);
      return gathered.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new TensorFileException(
          path, "tensor " + name + " cannot be mapped: " + e.getMessage(), e);
    }
  }

  private Tensor tensorOf(String name) throws TensorFileException {
    Tensor tensor = dictionary.tensors().get(name);
    if (tensor == null) {
      throw new TensorFileException(path, "has no tensor " + name);
    }
    return tensor;
  }

  @Override
  public void close() throws TensorFileException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be closed: " + e.getMessage(), e);
    }
  }
}
