package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.coco.VqaFiles;

/**
 * Data of the user's: captioned photos with Karpathy's split, and VQAv2.
 *
 * <p>Every {@code karpathy/*.json} below a root is a source of captions named by its {@code
 * dataset}; its images are packed as {@code coco.train}, {@code coco.val} and {@code coco.test}.
 * Karpathy's restval joins train. Questions follow the split of their images.
 */
public record CocoFiles(
    @Doc(
            "Directories with karpathy/dataset_*.json beside the directories of images: COCO,"
                + " Flickr30k, or any other corpus (Visual Genome, SBU, Conceptual Captions)"
                + " written in Karpathy's format.")
        List<String> roots,
    @Doc("Directory with the four JSON files of VQAv2; empty for no questions.") @Default("")
        String vqaRoot,
    @Doc("How often an answer must have been chosen in training to be in the answer vocabulary.")
        @Default("9")
        @Range(min = 1)
        int minAnswerCount)
    implements CorpusSource {
  static final List<String> VQA_PARTS = List.of("train2014", "val2014");

  public CocoFiles {
    roots = List.copyOf(roots);
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("roots is empty; name at least one directory");
    }
  }

  @Override
  public List<Path> externals() {
    List<Path> paths = new ArrayList<>();
    roots.forEach(root -> paths.add(Path.of(root)));
    if (!vqaRoot.isEmpty()) {
      VQA_PARTS.forEach(part -> paths.addAll(VqaFiles.paths(Path.of(vqaRoot), part)));
    }
    return paths;
  }

  @Override
  public CorpusDraft draft(int imageSize) throws IOException, StageFailure {
    return new CocoDraft(this, imageSize).draft();
  }
}
