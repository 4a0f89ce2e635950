package org.amalgam.stages.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.world.Background;
import org.amalgam.stages.data.world.Composition;
import org.amalgam.stages.data.world.Noun;
import org.amalgam.stages.data.world.Scene;
import org.amalgam.stages.data.world.ScenePainter;
import org.amalgam.stages.data.world.SceneSampler;
import org.amalgam.stages.data.world.ShiftedCaptions;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.data.world.World;
import org.amalgam.stages.tensor.RandomStream;

/** Draws what further tasks need: statements about pairs, shifted scenes, masks. */
final class SpriteTasksDraft {
  private static final String STATEMENTS = "statements";
  private static final String SHIFTED = "shifted";

  private final SpriteWorld settings;
  private final int imageSize;
  private final World world;
  private final SceneSampler sampler;
  private final SpriteWorldDraft draft;
  private final List<CorpusDraft.Statement> statements = new ArrayList<>();
  private final SortedMap<String, CorpusDraft.Images> masks = new TreeMap<>();

  SpriteTasksDraft(SpriteWorld settings, int imageSize, World world, SpriteWorldDraft draft) {
    this.settings = settings;
    this.imageSize = imageSize;
    this.world = world;
    this.sampler = new SceneSampler(world, imageSize);
    this.draft = draft;
  }

  CorpusDraft.Tasks draft() throws IOException, StageFailure {
    boolean anyShifted = settings.shifted() + settings.heldOutShifted() > 0;
    World shifted = anyShifted ? World.loadByAnotherArtist(settings.nouns()) : world;
    for (Split split : Split.values()) {
      boolean train = split == Split.TRAIN;
      statements(split, train ? settings.statements() : settings.heldOutStatements());
      shifted(split, train ? settings.shifted() : settings.heldOutShifted(), shifted);
      segments(split, train ? settings.segments() : settings.heldOutSegments());
    }
    List<String> classes = new ArrayList<>();
    if (!masks.isEmpty()) {
      for (Background each : Background.values()) {
        classes.add(each.word());
      }
      world.nouns().stream().map(Noun::singular).forEach(classes::add);
    }
    List<String> apart = anyShifted ? List.of(SHIFTED) : List.of();
    return new CorpusDraft.Tasks(statements, masks, classes, apart);
  }

  private void statements(Split split, int count) {
    Statements author = new Statements(world, sampler, settings.statementTypes());
    List<Statements.Statement> made = new ArrayList<>();
    for (int i = 0; made.size() + 2 <= count; i++) {
      made.addAll(author.group(i, draft.stream(STATEMENTS, split, i)));
    }
    int[] order = draft.stream("statement order", split, 0).permutation(made.size());
    List<Scene> scenes = new ArrayList<>();
    String name = STATEMENTS + "." + split.label();
    for (int each : order) {
      Statements.Statement statement = made.get(each);
      int first = scenes.size();
      scenes.add(statement.left());
      scenes.add(statement.right());
      statements.add(
          new CorpusDraft.Statement(
              split,
              name,
              first,
              first + 1,
              statement.template().name().toLowerCase(Locale.ROOT),
              statement.text(),
              statement.truth()));
    }
    draft.add(STATEMENTS, split, scenes, world);
  }

  private void shifted(Split split, int count, World shifted) throws StageFailure {
    SceneSampler artist = new SceneSampler(shifted, imageSize);
    ShiftedCaptions author = new ShiftedCaptions(shifted);
    Set<String> seen = new TreeSet<>();
    List<Scene> scenes = new ArrayList<>();
    String name = SHIFTED + "." + split.label();
    for (int attempt = 0; scenes.size() < count; attempt++) {
      RandomStream random = draft.stream(SHIFTED, split, attempt);
      Composition composition = artist.composition(random);
      while (draft.splitOf(composition) != split) {
        composition = artist.composition(random);
      }
      // Held-out captions must have one right image each.
      if (split == Split.TRAIN || seen.add(composition.signature())) {
        Scene scene = artist.layOut(composition, random);
        caption(author, split, name, scenes.size(), scene);
        scenes.add(scene);
      }
      if (attempt > 20 * count + 10_000) {
        throw new StageFailure(
            "corpus: only "
                + scenes.size()
                + " different shifted scenes of "
                + count
                + " could be drawn for "
                + split.label()
                + "; raise nouns or ask for fewer");
      }
    }
    draft.add(SHIFTED, split, scenes, shifted);
  }

  private void caption(ShiftedCaptions author, Split split, String name, int image, Scene scene) {
    int signature = draft.signature("shifted " + scene.composition().signature());
    RandomStream random = draft.stream("shifted captions", split, image);
    for (String text : author.whole(scene, settings.captionsPerScene(), random)) {
      draft.add(new CorpusDraft.Caption(SHIFTED, split, name, image, text, signature));
    }
  }

  private void segments(Split split, int count) {
    List<Scene> scenes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RandomStream random = draft.stream(Corpus.SEGMENTS, split, i);
      scenes.add(sampler.layOut(sampler.composition(random), random));
    }
    String name = draft.add(Corpus.SEGMENTS, split, scenes, world);
    if (count > 0) {
      ScenePainter painter = new ScenePainter(world, imageSize);
      masks.put(
          name,
          new CorpusDraft.Images() {
            @Override
            public int count() {
              return scenes.size();
            }

            @Override
            public void paint(int index, byte[] into) {
              painter.mask(scenes.get(index), into);
            }
          });
    }
  }
}
