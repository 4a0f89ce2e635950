package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;

/** Makes a corpus: images, captions, questions and labels, ready to be read by training. */
public final class CorpusStage implements StageType<CorpusSettings> {
  private static final String ONLY_WHAT_OCCURS = "corpus";
  private static final String WHOLE_BERT = "bert";

  @Override
  public String name() {
    return "corpus";
  }

  @Override
  public String summary() {
    return "Generates images and texts, or packs those of your files, for training and evaluation.";
  }

  @Override
  public Class<CorpusSettings> settings() {
    return CorpusSettings.class;
  }

  @Override
  public String produces() {
    return "corpus";
  }

  @Override
  public Map<String, Map<String, Class<? extends Record>>> choices() {
    Map<String, Class<? extends Record>> sources = new LinkedHashMap<>();
    sources.put("sprite-world", SpriteWorld.class);
    sources.put("coco", CocoFiles.class);
    sources.put("fashion-mnist", FashionMnist.class);
    return Map.of("data", sources);
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  /** The data of replicates is the same; {@link SpriteWorld#worldSeed} makes another world. */
  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public List<Path> externals(CorpusSettings settings) {
    List<Path> paths = new ArrayList<>(settings.data().externals());
    if (!isBuiltIn(settings.vocabulary())) {
      paths.add(Path.of(settings.vocabulary()));
    }
    return paths;
  }

  private static boolean isBuiltIn(String vocabulary) {
    return vocabulary.equals(ONLY_WHAT_OCCURS) || vocabulary.equals(WHOLE_BERT);
  }

  @Override
  public void run(CorpusSettings settings, StageContext context) throws IOException, StageFailure {
    CorpusDraft draft = settings.data().draft(settings.imageSize());
    Tokenizer tokenizer = tokenizer(settings.vocabulary(), draft);
    context.log(
        draft.captions().size()
            + " captions, "
            + draft.questions().size()
            + " questions, "
            + tokenizer.size()
            + " pieces");
    new CorpusWriter(context.output(), draft, settings.imageSize(), tokenizer)
        .write(context.progress());
  }

  private static Tokenizer tokenizer(String vocabulary, CorpusDraft draft)
      throws IOException, StageFailure {
    if (!isBuiltIn(vocabulary)) {
      return Vocabulary.read(Path.of(vocabulary));
    }
    Tokenizer bert = Vocabulary.bert();
    return vocabulary.equals(WHOLE_BERT) ? bert : Vocabulary.occurring(bert, texts(draft));
  }

  private static List<String> texts(CorpusDraft draft) {
    List<String> texts = new ArrayList<>();
    draft.captions().forEach(each -> texts.add(each.text()));
    draft.questions().forEach(each -> texts.add(each.text()));
    draft.tasks().statements().forEach(each -> texts.add(each.text()));
    return texts;
  }
}
