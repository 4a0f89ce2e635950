package org.amalgam.stages.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.conversion.Rules;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;

/**
 * Settings of the vision-only initial weights: the model's sizes, and where its weights are from.
 */
public record InitSettings(
    @Doc("Gives the vocabulary, the image size and labelled images.") @Port("corpus") Input corpus,
    @Doc("Hidden size; a multiple of heads.") @Range(min = 8) @Default("768") int width,
    @Doc("Layers in all.") @Range(min = 1) @Default("12") int layers,
    @Doc("How many of the top layers are cross-modal.") @Range(min = 1) @Default("2")
        int crossLayers,
    @Doc("Attention heads.") @Range(min = 1) @Default("12") int heads,
    @Doc("Side of a patch, in pixels; divides the image size.") @Range(min = 1) @Default("16")
        int patch,
    @Doc("Most tokens of a text.") @Range(min = 4, max = 196) @Default("40") int textLength,
    @Doc("How new tensors are drawn.") @Default("paper") Initialization initialization,
    @Doc("Which draw of random weights; give weights that are to begin elsewhere another one.")
        @Range(min = 0)
        @Default("0")
        int draw,
    @Doc("Where the weights come from.") String from,
    @ChosenBy("from") Source source) {

  /** Where initial weights come from. */
  public sealed interface Source {}

  /** Drawn at random. */
  public record Random() implements Source {}

  /** Trained to name the one sprite and the background of labelled images. */
  public record Supervised(
      @Doc("Updates in all.") @Range(min = 1) int steps,
      @Doc("Images of one update.") @Range(min = 1) @Default("64") int batch,
      @Doc("Peak learning rate.") @Range(min = 0) @Default("1.0e-3") double rate,
      @Doc("Share of the steps in which the rate rises from 0.")
          @Range(min = 0, max = 1)
          @Default("0.1")
          double warmup,
      @Doc("Decoupled weight decay of matrices.") @Range(min = 0) @Default("0.01")
          double weightDecay,
      @Doc("Longest gradient by Euclidean norm; 0 does not clip.") @Range(min = 0) @Default("1")
          double clip,
      @Doc("When to save the state of the training: auto (1 % of the time), never, or 200 steps.")
          @Incidental
          @Default("auto")
          String checkpointEvery)
      implements Source {
    public Supervised {
      CheckpointMoments.check(checkpointEvery);
    }

    Optimization optimization() {
      return new Optimization(
          steps,
          rate,
          warmup,
          RateDecay.LINEAR,
          weightDecay,
          Optimization.EPSILON,
          DecayGroups.PAPER,
          clip,
          1,
          1,
          1,
          0,
          0,
          checkpointEvery);
    }
  }

  /** Read from a checkpoint by rules; what it lacks is drawn. */
  public record Imported(
      @Doc("A safetensors file, a PyTorch checkpoint, or a folder with either.") String file,
      @Doc("beit, timm-vit, vlmo, vl-merging (the released code's names) or a file of rules.")
          @Default("vl-merging")
          String rules)
      implements Source {
    /** The files that it reads. */
    List<Path> externals() {
      return Rules.BUILT_IN.contains(rules)
          ? List.of(Path.of(file))
          : List.of(Path.of(file), Path.of(rules));
    }

    /** The rules, of the program or of the user. */
    Rules readRules() throws IOException, RecipeException {
      return Rules.BUILT_IN.contains(rules)
          ? Rules.builtIn(rules)
          : Rules.read(rules, Files.readString(Path.of(rules)));
    }
  }

  ModelConfig config(int imageSize, int vocabulary) {
    return new ModelConfig(
        Architecture.MODALITY_AGNOSTIC,
        width,
        layers,
        crossLayers,
        heads,
        patch,
        imageSize,
        textLength,
        vocabulary,
        0,
        initialization,
        java.util.Set.of());
  }
}
