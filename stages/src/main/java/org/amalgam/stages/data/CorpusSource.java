package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;

/** Where a corpus comes from: the settings of one kind of data. */
public interface CorpusSource {
  /**
   * Gathers all texts and tells how to make the images.
   *
   * @param imageSize side of the images in pixels
   */
  CorpusDraft draft(int imageSize) throws IOException, StageFailure;

  /** The files and directories that it reads. */
  default List<Path> externals() {
    return List.of();
  }
}
