package org.amalgam.stages.merging.mergekit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.Slerp;
import org.amalgam.stages.merging.mergekit.MergekitConfig.Model;
import org.amalgam.stages.merging.streaming.BitCopy;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.DotProducts;
import org.amalgam.stages.merging.streaming.Kernel;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.OutputTensor;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.Sparsity;
import org.amalgam.stages.merging.streaming.TaskVectorSum;
import org.amalgam.stages.merging.streaming.WeightedSum;
import org.amalgam.stages.tensor.MagnitudeRank;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * The merge that a mergekit YAML describes, over all tensors of the base model, or of the first
 * where there is none. TIES trims each tensor by itself and takes plus where signs cancel, as
 * mergekit does. Sums in f32.
 */
public final class MergekitMerge implements AutoCloseable {
  private final MergekitConfig config;
  private final long seed;
  private final SortedMap<String, ModelFolder> folders = new TreeMap<>();
  private final List<Model> others = new ArrayList<>();
  private final Model first;

  private MergekitMerge(MergekitConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    Model base = config.base();
    this.first = base == null ? config.models().get(0) : base;
    for (Model model : config.models()) {
      if (!model.folder().equals(first.folder()) || base == null) {
        others.add(model);
      }
    }
  }

  /**
   * Opens all models.
   *
   * @param resolve a model's folder from what was written
   * @param seed of what DARE drops
   * @throws RecipeException if a folder is not there
   */
  public static MergekitMerge open(MergekitConfig config, UnaryOperator<Path> resolve, long seed)
      throws IOException, StageFailure, RecipeException {
    MergekitMerge merge = new MergekitMerge(config, seed);
    boolean opened = false;
    try {
      List<Model> all = new ArrayList<>(merge.others);
      all.add(merge.first);
      for (Model model : all) {
        Path folder = resolve.apply(Path.of(model.folder()));
        if (!Files.isDirectory(folder)) {
          throw new RecipeException(
              List.of(
                  model
                      .place()
                      .problem(
                          "there is no folder " + folder,
                          "models are local folders; nothing is fetched")));
        }
        if (!merge.folders.containsKey(model.folder())) {
          merge.folders.put(model.folder(), ModelFolder.open(folder));
        }
      }
      opened = true;
      return merge;
    } finally {
      if (!opened) {
        merge.close();
      }
    }
  }

  /**
   * The configuration and the tokenizer in the folder of the base model, or of the first; they
   * belong to the result too.
   */
  public List<Path> otherFiles() throws IOException {
    try (Stream<Path> files = Files.list(firstFolder())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().matches(".*\\.(json|txt|jinja|model)"))
          .filter(file -> !file.getFileName().toString().endsWith(".index.json"))
          .sorted()
          .toList();
    }
  }

  private Path firstFolder() {
    return folder(first).folder();
  }

  private ModelFolder folder(Model model) {
    ModelFolder folder = folders.get(model.folder());
    if (folder == null) {
      throw new IllegalStateException(model.folder() + " was not opened");
    }
    return folder;
  }

  /**
   * How each tensor is made, from headers alone.
   *
   * @throws StageFailure if a model lacks a tensor or has it in another shape
   */
  public List<OutputTensor> tensors() throws IOException, StageFailure {
    List<OutputTensor> tensors = new ArrayList<>();
    for (String name : folder(first).names()) {
      Operand base = folder(first).tensor(name);
      if (!base.info().dtype().isFloating()) {
        tensors.add(new OutputTensor(name, base.info(), new BitCopy(base)));
        continue;
      }
      List<Operand> operands = new ArrayList<>();
      if (config.method().usesBase()) {
        operands.add(base);
      }
      for (Model model : others) {
        Operand operand = folder(model).tensor(name);
        if (!Arrays.equals(operand.info().shape(), base.info().shape())) {
          throw new StageFailure(
              "%s: %s is %s, but %s in %s; models must be of one size"
                  .formatted(
                      folder(model).folder(), name, operand.info(), base.info(), firstFolder()));
        }
        operands.add(operand);
      }
      TensorInfo info =
          config.dtype() == null
              ? base.info()
              : new TensorInfo(config.dtype(), base.info().shape());
      tensors.add(
          new OutputTensor(name, info, new Combination(operands, () -> kernel(name, operands))));
    }
    return tensors;
  }

  private Kernel kernel(String name, List<Operand> operands) throws IOException, StageFailure {
    double[] weights =
        others.stream().mapToDouble(m -> config.value(m, "weight", name, 1)).toArray();
    double lambda = config.value(null, "lambda", name, 1);
    return switch (config.method()) {
      case LINEAR -> linear(weights, config.value(null, "normalize", name, 1) != 0);
      case SLERP -> {
        double[][] dots = DotProducts.of(operands);
        double t = config.value(null, "t", name, 0);
        yield new WeightedSum(Slerp.arc(dots[0][0], dots[0][1], dots[1][1], t));
      }
      case TASK_ARITHMETIC ->
          TaskVectorSum.all(
              sparsities(name, operands),
              weights,
              lambda,
              config.value(null, "normalize", name, 0) != 0);
      case TIES ->
          TaskVectorSum.elected(
              sparsities(name, operands),
              weights,
              lambda,
              config.value(null, "normalize", name, 1) != 0,
              1);
      case DARE_TIES ->
          TaskVectorSum.elected(
              sparsities(name, operands),
              weights,
              lambda,
              config.value(null, "normalize", name, 0) != 0,
              1);
    };
  }

  private static Kernel linear(double[] weights, boolean normalize) throws StageFailure {
    double sum = normalize ? Arrays.stream(weights).sum() : 1;
    if (sum == 0) {
      throw new StageFailure("the weights of linear add up to 0; set normalize: false");
    }
    return new WeightedSum(Arrays.stream(weights).map(weight -> weight / sum).toArray());
  }

  private List<Sparsity> sparsities(String name, List<Operand> operands)
      throws IOException, StageFailure {
    List<Sparsity> sparsities = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      Model model = others.get(i);
      double density = config.value(model, "density", name, 1);
      if (density == 1 || config.method() == MergekitMethod.TASK_ARITHMETIC) {
        sparsities.add(Sparsity.NONE);
      } else if (config.method() == MergekitMethod.TIES) {
        sparsities.add(trim(operands.get(0), operands.get(i + 1), density));
      } else {
        RandomStream random = RandomStream.of(seed, "dare " + name, i);
        boolean rescale = config.value(null, "rescale", name, 1) != 0;
        sparsities.add(Sparsity.drop(1 - density, rescale, random));
      }
    }
    return sparsities;
  }

  /** Leaves the largest of one tensor's own elements; equal ones at the threshold all stay. */
  private static Sparsity trim(Operand base, Operand model, double density)
      throws IOException, StageFailure {
    long kept = (long) (density * base.info().elements());
    if (kept == 0) {
      return Sparsity.trim(Integer.MAX_VALUE);
    }
    MagnitudeRank rank = new MagnitudeRank();
    count(base, model, rank);
    rank.narrow(kept);
    count(base, model, rank);
    return Sparsity.trim(rank.threshold());
  }

  private static void count(Operand base, Operand model, MagnitudeRank rank)
      throws IOException, StageFailure {
    Pieces.forEach(
        List.of(base, model),
        (pieces, count) -> {
          for (int i = 0; i < count; i++) {
            pieces[1][i] -= pieces[0][i];
          }
          rank.count(pieces[1], count);
        });
  }

  @Override
  public void close() throws IOException {
    for (ModelFolder folder : folders.values()) {
      folder.close();
    }
  }
}
