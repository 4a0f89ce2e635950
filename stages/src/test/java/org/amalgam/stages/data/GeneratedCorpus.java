package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.world.Questions;

/** Runs the stage as the runner would. */
final class GeneratedCorpus {
  /** Small, but with every source, split and type of question. */
  static final SpriteWorld SMALL =
      new SpriteWorld(
          1,
          24,
          300,
          5,
          100,
          4,
          100,
          400,
          40,
          80,
          900,
          300,
          300,
          96,
          48,
          List.of(Questions.Type.values()));

  /** The defaults of the settings. */
  static final SpriteWorld DEFAULT =
      new SpriteWorld(
          1,
          24,
          4000,
          5,
          2000,
          4,
          3000,
          942,
          200,
          400,
          9000,
          600,
          1200,
          4000,
          480,
          List.of(Questions.Type.values()));

  /** What stands where a draft will be. */
  static final CorpusDraft EMPTY =
      new CorpusDraft(
          new TreeMap<>(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  /** What stands where images are missing. */
  static final CorpusDraft.Images NO_IMAGES =
      new CorpusDraft.Images() {
        @Override
        public int count() {
          return 0;
        }

        @Override
        public void paint(int index, byte[] into) {
          throw new IndexOutOfBoundsException(index);
        }
      };

  private GeneratedCorpus() {}

  static List<String> write(CorpusSource source, int imageSize, String vocabulary, Path output)
      throws IOException, StageFailure {
    List<String> log = new ArrayList<>();
    CorpusSettings settings = new CorpusSettings("any", source, imageSize, vocabulary);
    Progress progress = (done, total, unit, shown) -> log.add(done + " of " + total + " " + unit);
    new CorpusStage().run(settings, new TrialContext(output, 1, progress, log::add));
    return log;
  }
}
