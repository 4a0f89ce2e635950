package org.amalgam.stages.data;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.data.world.World;

/**
 * The built-in data: real icon artwork composed into scenes by a seeded generator. Its four sources
 * play the roles of COCO (scenes), Visual Genome (regions), SBU (stock) and Conceptual Captions
 * (alttext); image sets are named by source and split.
 */
public record SpriteWorld(
    @Doc("Seed of the world; another seed gives other images and texts.") @Default("1")
        long worldSeed,
    @Doc("How many nouns scenes are made of.")
        @Default("24")
        @Range(min = 12, max = World.MOST_NOUNS)
        int nouns,
    @Doc("Images of scenes to train on.") @Default("4000") @Range(min = 1, max = 1_000_000)
        int scenes,
    @Doc("Captions of each scene, all different.") @Default("5") @Range(min = 1, max = 5)
        int captionsPerScene,
    @Doc("Images of scenes whose parts are described.")
        @Default("2000")
        @Range(min = 0, max = 1_000_000)
        int regions,
    @Doc("Phrases of each image of regions at most.") @Default("4") @Range(min = 1, max = 6)
        int phrasesPerRegion,
    @Doc("Images of scenes with one noisy caption each.")
        @Default("3000")
        @Range(min = 0, max = 1_000_000)
        int stock,
    @Doc("Images of one emoji with the name or keywords that people gave it.")
        @Default("942")
        @Range(min = 0, max = 1_000_000)
        int alttext,
    @Doc("Scenes held out to choose settings by; no two have the same content.")
        @Default("200")
        @Range(min = 1, max = 10_000)
        int validationScenes,
    @Doc("Scenes held out to report; no two have the same content.")
        @Default("400")
        @Range(min = 1, max = 10_000)
        int testScenes,
    @Doc("Questions to train on, rounded down to balanced groups.")
        @Default("9000")
        @Range(min = 0, max = 1_000_000)
        int questions,
    @Doc("Questions held out to choose settings by, rounded down to balanced groups.")
        @Default("600")
        @Range(min = 0, max = 100_000)
        int validationQuestions,
    @Doc("Questions held out to report, rounded down to balanced groups.")
        @Default("1200")
        @Range(min = 0, max = 100_000)
        int testQuestions,
    @Doc("Images of single nouns with labels, for supervised training of the image encoder.")
        @Default("4000")
        @Range(min = 0, max = 1_000_000)
        int sprites,
    @Doc("Images of single nouns in each held-out split.")
        @Default("480")
        @Range(min = 0, max = 100_000)
        int heldOutSprites,
    @Doc(
            "What is asked: fits, exists, count, background, place. Where a thing is (place) is not"
                + " learned within minutes, since positions are relative only.")
        @Default("[fits, exists, count, background]")
        List<Questions.Type> questionTypes,
    @Doc("Statements about two images to train on (NLVR2's role), each true and false as often.")
        @Default("0")
        @Range(min = 0, max = 1_000_000)
        int statements,
    @Doc("Statements in each held-out split.") @Default("0") @Range(min = 0, max = 100_000)
        int heldOutStatements,
    @Doc("What is stated of two images: both, only, neither, total, place, more.")
        @Default("[both, only, neither, total, place, more]")
        List<Statements.Template> statementTypes,
    @Doc(
            "Scenes by another artist, described in another grammar, to tune retrieval on"
                + " (Flickr30k's role: source shifted); pre-training does not read them.")
        @Default("0")
        @Range(min = 0, max = 1_000_000)
        int shifted,
    @Doc("Scenes by another artist in each held-out split.")
        @Default("0")
        @Range(min = 0, max = 10_000)
        int heldOutShifted,
    @Doc("Scenes of which every pixel is labelled to train on (ADE20k's role).")
        @Default("0")
        @Range(min = 0, max = 1_000_000)
        int segments,
    @Doc("Scenes with labelled pixels in each held-out split.")
        @Default("0")
        @Range(min = 0, max = 100_000)
        int heldOutSegments)
    implements CorpusSource {

  /** Without data of NLVR2's, Flickr30k's and ADE20k's roles. */
  public SpriteWorld(
      long worldSeed,
      int nouns,
      int scenes,
      int captionsPerScene,
      int regions,
      int phrasesPerRegion,
      int stock,
      int alttext,
      int validationScenes,
      int testScenes,
      int questions,
      int validationQuestions,
      int testQuestions,
      int sprites,
      int heldOutSprites,
      List<Questions.Type> questionTypes) {
    this(
        worldSeed,
        nouns,
        scenes,
        captionsPerScene,
        regions,
        phrasesPerRegion,
        stock,
        alttext,
        validationScenes,
        testScenes,
        questions,
        validationQuestions,
        testQuestions,
        sprites,
        heldOutSprites,
        questionTypes,
        0,
        0,
        List.of(Statements.Template.values()),
        0,
        0,
        0,
        0);
  }

  /** The most pieces that a text of this world has, [CLS] and [SEP] counted. */
  public static final int LONGEST_TEXT = 16;

  public SpriteWorld {
    questionTypes = List.copyOf(questionTypes);
    if (questionTypes.isEmpty() && questions + validationQuestions + testQuestions > 0) {
      throw new IllegalArgumentException(
          "question-types is empty; name at least one, or set the numbers of questions to 0");
    }
    statementTypes = List.copyOf(statementTypes);
    if (statementTypes.isEmpty() && statements + heldOutStatements > 0) {
      throw new IllegalArgumentException(
          "statement-types is empty; name at least one, or set the numbers of statements to 0");
    }
  }

  @Override
  public CorpusDraft draft(int imageSize) throws IOException, StageFailure {
    return new SpriteWorldDraft(this, imageSize).draft();
  }
}
