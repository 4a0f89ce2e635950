package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.HiddenWords;
import org.amalgam.stages.data.PaddedTexts;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * Writes the weights with which pre-training starts and the batches that its steps read, so that a
 * peer can do the very same work. It stands in this package because batches are its own affair.
 */
public final class StepInputs {
  private StepInputs() {}

  /**
   * Writes {@code start.safetensors} and {@code batches.safetensors}.
   *
   * @param settings of the pre-training; wrong partners must be drawn at random
   * @param seed of the stage
   */
  public static void write(PretrainSettings settings, long seed, Path directory, NDManager manager)
      throws IOException, StageFailure {
    Checkpoint start = Checkpoint.read(settings.model().directory());
    try (Corpus corpus = Corpus.open(settings.corpus().directory())) {
      ModelConfig config = PretrainStage.config(start, settings, corpus);
      SafetensorsWriter.write(
          directory.resolve("start.safetensors"), start.as(config, seed).weights(), Map.of());
      Pairs pairs =
          new Pairs(
              PretrainStage.captions(corpus, settings.sources()),
              corpus.tokenizer(),
              config.textLength());
      SortedMap<String, HostTensor> batches = new TreeMap<>();
      try (PretrainingObjective objective =
          new PretrainingObjective(config, pairs, corpus.tokenizer(), settings, seed, manager)) {
        for (int step = 0; step < settings.steps(); step++) {
          add(batches, objective, step);
        }
      }
      SafetensorsWriter.write(directory.resolve("batches.safetensors"), batches, Map.of());
    }
  }

  private static void add(
      SortedMap<String, HostTensor> batches, PretrainingObjective objective, int step) {
    PretrainingObjective.Prepared read = objective.prepare(step, 0);
    int n = read.texts().count();
    PretrainingObjective.Candidates candidates = objective.candidates(read.batch(), step);
    PaddedTexts texts = read.texts();
    PixelBatch pixels = read.pixels();
    String prefix = step + ".";
    batches.put(
        prefix + "pixels",
        new HostTensor(
            new TensorInfo(DType.U8, new long[] {n, 3, pixels.side(), pixels.side()}),
            pixels.bytes().duplicate().rewind()));
    batches.put(prefix + "ids", longs(texts.ids(), n, texts.length()));
    batches.put(prefix + "masked", longs(read.maskedTexts().ids(), n, texts.length()));
    batches.put(prefix + "mask", HostTensor.ofFloats(texts.mask(), n, 1, 1, texts.length()));
    batches.put(prefix + "itm_texts", longs(wide(candidates.textRows()), 3L * n));
    batches.put(prefix + "itm_images", longs(wide(candidates.imageRows()), 3L * n));
    batches.put(prefix + "itm_labels", longs(wide(candidates.labels()), 3L * n));
    HiddenWords hidden = read.hidden();
    long[] flat = new long[hidden.rows().length];
    for (int i = 0; i < flat.length; i++) {
      int row = hidden.rows()[i];
      flat[i] = (long) row / hidden.most() * texts.length() + hidden.at()[row];
    }
    batches.put(prefix + "mlm_at", longs(flat, flat.length));
    batches.put(prefix + "mlm_words", longs(wide(hidden.targets()), flat.length));
  }

  private static long[] wide(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  private static HostTensor longs(long[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    LongBuffer view = bytes.asLongBuffer();
    view.put(values);
    return new HostTensor(new TensorInfo(DType.I64, shape), bytes);
  }
}
