package org.amalgam.stages.gram;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.Torch;

/**
 * The Gram matrices {@code X^T X} of what goes into each linear layer of each modality's expert,
 * summed in f64 over all tokens of all pairs, as RegMean reads them (facts of the released code,
 * section 3.4).
 *
 * <p>Matrices that do not fit into memory together are collected group after group, from the lowest
 * layers to the top, reading the data again for each; every sum has the same bits whatever the
 * bound.
 */
public final class GramCollection {
  private final Checkpoint checkpoint;
  private final Corpus corpus;
  private final GramData data;
  private final List<LinearLayer> layers;
  private final List<GramData.Pair> pairs;

  /**
   * Looks at what is to be done.
   *
   * @param checkpoint the model with experts; its relative positions are resized to the corpus's
   *     images
   * @param seed of the choice of pairs, where not all are read
   * @throws StageFailure if the model has no experts, or does not fit the corpus
   */
  public GramCollection(Checkpoint checkpoint, Corpus corpus, GramData data, long seed)
      throws IOException, StageFailure {
    ModelConfig config = checkpoint.config();
    this.layers = LinearLayer.of(checkpoint, data.task());
    corpus.checkVocabulary(config.vocabulary());
    this.checkpoint = checkpoint.as(config.withImageSize(corpus.imageSize()), seed);
    this.corpus = corpus;
    this.data = data;
    this.pairs = data.pairs(corpus, seed);
  }

  /** How many matrices there are: 0 where the experts are norms alone. */
  public int matrices() {
    return layers.size();
  }

  /** How many pairs of a text and an image are read. */
  public int pairs() {
    return pairs.size();
  }

  /** How often the data are read within so much memory, in bytes. */
  public int passes(long memory) throws StageFailure {
    return LinearLayer.groups(layers, memory).size();
  }

  /**
   * Collects and writes them: F64 (width, width) as {@code transformer.blocks.0.mlp.v.fc1}, and
   * beside each {@code transformer.blocks.0.mlp.v.fc1.rows}, the number of rows of X, I64.
   *
   * @param file created or replaced; deleted again if anything fails
   * @param memory for the matrices that are summed at once, in bytes; model and batch come on top
   */
  public void write(Path file, Environment environment, long memory, Progress progress)
      throws IOException, StageFailure {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    for (LinearLayer layer : layers) {
      infos.put(layer.name().gram(), TensorInfo.of(DType.F64, layer.width(), layer.width()));
      infos.put(layer.name().gramRows(), TensorInfo.of(DType.I64));
    }
    SortedMap<String, String> about = new TreeMap<>();
    about.put("pairs", Integer.toString(pairs.size()));
    about.put("padding", Boolean.toString(data.padding()));
    about.put("split", data.split().label());
    about.put("task", data.task().name().toLowerCase(Locale.ROOT));
    List<List<LinearLayer>> groups = LinearLayer.groups(layers, memory);
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, infos, about)) {
      if (!groups.isEmpty()) {
        write(output, groups, environment, progress);
      }
      output.complete();
    }
  }

  private void write(
      LaidOutSafetensors output,
      List<List<LinearLayer>> groups,
      Environment environment,
      Progress progress)
      throws IOException, StageFailure {
    try (NDManager manager = Torch.manager(environment);
        FlatParameters parameters =
            new FlatParameters(
                manager, checkpoint.weights(), name -> new FlatParameters.Group(false, 1));
        Transformer transformer =
            new Transformer(checkpoint.config(), environment.precision(), manager)) {
      // A thread that has not trained yet may record.
      Torch.recordGradients(false);
      int batches = (pairs.size() + data.batch() - 1) / data.batch();
      for (int i = 0; i < groups.size(); i++) {
        List<LinearLayer> group = groups.get(i);
        int needed = group.get(group.size() - 1).name().layer() + 1;
        try (GramSums sums = new GramSums(manager, group)) {
          for (int b = 0; b < batches; b++) {
            int from = b * data.batch();
            add(from, needed, sums, manager, parameters, transformer);
            progress.at((long) i * batches + b + 1, (long) groups.size() * batches, "batch");
          }
          for (LinearLayer layer : group) {
            if (sums.rows(layer) == 0) {
              throw new IllegalStateException("no token went through " + layer.name());
            }
            output.write(layer.name().gram(), 0, sums.sum(layer));
            ByteBuffer rows =
                ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(sums.rows(layer));
            output.write(layer.name().gramRows(), 0, rows.flip());
          }
        }
      }
    }
  }

  private void add(
      int from,
      int layersNeeded,
      GramSums sums,
      NDManager manager,
      FlatParameters parameters,
      Transformer transformer) {
    List<GramData.Pair> some = pairs.subList(from, Math.min(pairs.size(), from + data.batch()));
    GramBatch batch = GramBatch.of(checkpoint.config(), data, corpus.tokenizer(), some);
    try (NDManager scope = manager.newSubManager()) {
      try {
        Transformer.Pass pass = transformer.pass(parameters.attach(scope), sums);
        batch.run(pass, scope, layersNeeded, sums);
      } finally {
        parameters.detach();
      }
    }
  }
}
