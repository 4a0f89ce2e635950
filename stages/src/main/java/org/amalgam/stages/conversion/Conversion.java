package org.amalgam.stages.conversion;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/**
 * Another program's checkpoint as one of a model here: a source of tensors that are made from those
 * of a file when they are read. What was left over on either side is told.
 */
public final class Conversion implements TensorSource {
  private final TensorSource file;
  private final SortedMap<String, MadeTensor> made;
  private final ConversionReport report;

  Conversion(TensorSource file, SortedMap<String, MadeTensor> made, ConversionReport report) {
    this.file = file;
    this.made = Collections.unmodifiableSortedMap(made);
    this.report = report;
  }

  /**
   * Plans a conversion from headers alone. A tensor that the model has once for each modality
   * becomes a copy for each, unless the rules name one of them.
   *
   * @param file closed with this
   * @throws StageFailure if two tensors become one, or one does not fit the model's sizes
   */
  public static Conversion of(TensorSource file, Rules rules, ModelConfig config)
      throws TensorFileException, StageFailure {
    return new ConversionPlan(file, rules, config).conversion();
  }

  /** What becomes of each tensor, and what of the model is made of nothing. */
  public ConversionReport report() {
    return report;
  }

  /** Whether any tensor of the file is taken. */
  public boolean takesAny() {
    return made.values().stream().anyMatch(tensor -> !tensor.sources().isEmpty());
  }

  /** The tensors of the file that one of the result is made of; none for a constant. */
  public List<String> sources(String name) throws TensorFileException {
    return madeTensor(name).sources();
  }

  /** How a tensor of the result is made, in a word: copied, joined, filled, positions, resized. */
  public String how(String name) throws TensorFileException {
    MadeTensor tensor = madeTensor(name);
    if (tensor instanceof MadeTensor.Copied) {
      return "copied";
    }
    if (tensor instanceof MadeTensor.Joined) {
      return "joined";
    }
    if (tensor instanceof MadeTensor.Filled) {
      return "filled";
    }
    return tensor instanceof MadeTensor.Positions ? "positions" : "resized";
  }

  /** Like {@link #how}, with the rows before and after where it is resized. */
  public String details(String name) throws TensorFileException {
    return madeTensor(name) instanceof MadeTensor.Refitted refitted
        ? "resized from %d rows to %d"
            .formatted(refitted.from().info().shape()[0], refitted.info().shape()[0])
        : how(name);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(made.keySet()));
  }

  @Override
  public boolean contains(String name) {
    return made.containsKey(name);
  }

  @Override
  public SortedMap<String, String> metadata() {
    return new TreeMap<>(Map.copyOf(file.metadata()));
  }

  @Override
  public List<String> skipped() {
    return file.skipped();
  }

  @Override
  public TensorInfo info(String name) throws TensorFileException {
    return madeTensor(name).info();
  }

  @Override
  public ByteBuffer bytes(String name, long offset, long length) throws TensorFileException {
    MadeTensor tensor = madeTensor(name);
    long size = tensor.info().byteSize();
    TensorSource.checkPiece(path(), name, size, offset, length);
    return tensor.bytes(file, offset, length);
  }

  private MadeTensor madeTensor(String name) throws TensorFileException {
    MadeTensor tensor = made.get(name);
    if (tensor == null) {
      throw new TensorFileException(path(), "nothing in it becomes tensor " + name);
    }
    return tensor;
  }

  @Override
  public void close() throws TensorFileException {
    file.close();
  }
}
