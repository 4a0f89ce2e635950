package org.amalgam.stages.gram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.QuestionSet;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.data.StatementSet;
import org.amalgam.stages.tensor.RandomStream;

/**
 * The data that Gram matrices are collected over.
 *
 * @param source of captions; empty for all that the task reads
 * @param split the released code takes the task's validation data
 * @param batches 0 for all of the data; else so many batches drawn from it without repetition
 * @param batch pairs of one forward pass
 * @param padding whether padded positions of texts count, as in the released code
 */
public record GramData(
    GramTask task, String source, Split split, int batches, int batch, boolean padding) {
  /**
   * A text and an image.
   *
   * @param isSecond whether it is the second image of a statement
   */
  record Pair(String text, PixelBatch.Source image, boolean isSecond) {}

  public GramData {
    if (batches < 0 || batch < 1) {
      throw new IllegalArgumentException("batches must be at least 0 and batch at least 1");
    }
    if (!source.isEmpty() && (task == GramTask.VQA || task == GramTask.NLVR2)) {
      throw new IllegalArgumentException(
          "source is of captions, which the task does not read; leave it out");
    }
  }

  /**
   * The pairs in the order in which they are read.
   *
   * @throws StageFailure if the corpus has none
   */
  List<Pair> pairs(Corpus corpus, long seed) throws IOException, StageFailure {
    List<Pair> all = new ArrayList<>();
    switch (task) {
      case VQA -> {
        QuestionSet questions = corpus.questions(split);
        for (int i = 0; i < questions.size(); i++) {
          PixelBatch.Source image =
              new PixelBatch.Source(questions.images(), questions.imageOf()[i]);
          all.add(new Pair(questions.texts().get(i), image, false));
        }
      }
      case NLVR2 -> {
        StatementSet statements = corpus.statements(split);
        for (int i = 0; i < statements.size(); i++) {
          String text = statements.texts().get(i);
          all.add(new Pair(text, image(statements, statements.first()[i]), false));
          all.add(new Pair(text, image(statements, statements.second()[i]), true));
        }
      }
      case RETRIEVAL -> add(corpus.captions(corpus.retrievalSource(source), split), all);
      case PRETRAINING -> {
        for (String each : pretrainingSources(corpus)) {
          add(corpus.captions(each, split), all);
        }
      }
    }
    long wanted = (long) batches * batch;
    if (batches == 0 || wanted >= all.size()) {
      return all;
    }
    int[] order = RandomStream.of(seed, "gram pairs").permutation(all.size());
    return Arrays.stream(order, 0, (int) wanted).sorted().mapToObj(all::get).toList();
  }

  private List<String> pretrainingSources(Corpus corpus) throws StageFailure {
    List<String> sources = source.isEmpty() ? corpus.pretrainingSources(split) : List.of(source);
    if (sources.isEmpty()) {
      throw new StageFailure(
          "the corpus has no captions to pre-train on in %s; set split to one of the others"
              .formatted(split.label()));
    }
    return sources;
  }

  private static PixelBatch.Source image(StatementSet statements, int index) {
    return new PixelBatch.Source(statements.images(), index);
  }

  private static void add(CaptionSet captions, List<Pair> all) {
    for (int i = 0; i < captions.size(); i++) {
      PixelBatch.Source image = new PixelBatch.Source(captions.images(), captions.imageOf()[i]);
      all.add(new Pair(captions.texts().get(i), image, false));
    }
  }
}
