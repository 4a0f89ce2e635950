package org.amalgam.pipelines.plan;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.Registry;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/** Real stage types that compute next to nothing: they write their settings. */
public final class SmallStages {
  private SmallStages() {}

  public static StageCatalog catalog() {
    return new StageCatalog(
        List.of(
            new Corpus(),
            new Init(),
            new Pretrain(),
            new Merge(),
            new FineTune(),
            new Evaluate(),
            new Correlate()),
        "small-engine 1.0",
        () -> "cuda:3");
  }

  enum Source {
    SPRITE_WORLD,
    FILES
  }

  enum Architecture {
    MODALITY_AGNOSTIC,
    MODALITY_SPECIFIC
  }

  /** Writes what it was given, so that equal settings give equal bytes. */
  abstract static class Writing<S extends Record> implements StageType<S> {
    @Override
    public String summary() {
      return "Writes its settings.";
    }

    @Override
    public void run(S settings, StageContext context) throws Exception {
      Map<String, Object> text = new TreeMap<>(Binder.plain(settings, true));
      text.put("seed", context.seed());
      Files.writeString(context.output().resolve("settings.json"), CanonicalJson.write(text));
    }
  }

  record CorpusSettings(
      @Doc("where scenes come from") @Default("sprite-world") Source source,
      @Doc("how many nouns scenes are about") @Range(min = 1, max = 200) int nouns,
      @Doc("number of scenes") @Range(min = 1) int scenes,
      @Doc("side of an image in pixels") @Default("24") @Range(min = 8) int imageSize,
      @Doc("share of each split") @Default("{train: 0.9, test: 0.1}") @Range(min = 0, max = 1)
          Map<String, Double> splits,
      @Doc("a directory of own images") @Nullable String files,
      @Doc("threads that draw") @Default("1") @Incidental int workers) {
    CorpusSettings {
      if (source == Source.FILES && files == null) {
        throw new IllegalArgumentException("files must be given where source is files");
      }
    }
  }

  static final class Corpus extends Writing<CorpusSettings> {
    @Override
    public String name() {
      return "corpus";
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
    public boolean usesSeed() {
      return false;
    }

    @Override
    public boolean usesEngine() {
      return false;
    }

    @Override
    public List<Path> externals(CorpusSettings settings) {
      return settings.files() == null ? List.of() : List.of(Path.of(settings.files()));
    }
  }

  record InitSettings(@Port("corpus") Input corpus, @Default("32") @Range(min = 1) int width) {}

  static final class Init extends Writing<InitSettings> {
    @Override
    public String name() {
      return "init";
    }

    @Override
    public Class<InitSettings> settings() {
      return InitSettings.class;
    }

    @Override
    public String produces() {
      return "weights";
    }
  }

  record Schedule(@Default("100") int warmup, @Default("[0.9, 0.999]") List<Double> betas) {}

  record PretrainSettings(
      @Port("weights") Input model,
      @Port("corpus") Input corpus,
      Architecture architecture,
      @Doc("K of the paper") @Range(min = 1) long steps,
      @Default("2e-3") @Range(min = 0, max = 1) double rate,
      @Default("{}") Schedule schedule,
      @Default("false") boolean frozen) {}

  static final class Pretrain extends Writing<PretrainSettings> {
    @Override
    public String name() {
      return "pretrain";
    }

    @Override
    public Class<PretrainSettings> settings() {
      return PretrainSettings.class;
    }

    @Override
    public String produces() {
      return "weights";
    }
  }

  /** A way to merge. */
  interface Method {
    double share();
  }

  record Interpolation(
      @Doc("share of the vision weights") @Default("0.5") @Range(min = 0, max = 1) double alpha)
      implements Method {
    @Override
    public double share() {
      return alpha;
    }
  }

  record Arithmetic(@Doc("length of the task vector") @Range(min = 0) double lambda)
      implements Method {
    @Override
    public double share() {
      return 2 * lambda;
    }
  }

  /** The list of methods. */
  @Registry
  static final class Methods {
    private Methods() {}

    static Map<String, Class<? extends Record>> all() {
      Map<String, Class<? extends Record>> methods = new TreeMap<>();
      methods.put("interpolation", Interpolation.class);
      methods.put("arithmetic", Arithmetic.class);
      return methods;
    }
  }

  record MergeSettings(
      @Port("weights") Input model,
      @Port("weights") @Nullable Input origin,
      @Doc("how to merge") String method,
      @ChosenBy("method") Method by) {}

  static final class Merge extends Writing<MergeSettings> {
    @Override
    public String name() {
      return "merge";
    }

    @Override
    public Class<MergeSettings> settings() {
      return MergeSettings.class;
    }

    @Override
    public String produces() {
      return "weights";
    }

    @Override
    public boolean usesSeed() {
      return false;
    }

    @Override
    public Map<String, Map<String, Class<? extends Record>>> choices() {
      return Map.of("by", Methods.all());
    }
  }

  record FineTuneSettings(
      @Port("weights") Input model,
      @Port("corpus") Input corpus,
      String task,
      @Default("300") @Range(min = 1) int steps) {}

  static final class FineTune extends Writing<FineTuneSettings> {
    @Override
    public String name() {
      return "fine-tune";
    }

    @Override
    public Class<FineTuneSettings> settings() {
      return FineTuneSettings.class;
    }

    @Override
    public String produces() {
      return "weights";
    }
  }

  record EvaluateSettings(
      @Port("weights") Input model, @Port("corpus") Input corpus, String task) {}

  static final class Evaluate extends Writing<EvaluateSettings> {
    @Override
    public String name() {
      return "evaluate";
    }

    @Override
    public Class<EvaluateSettings> settings() {
      return EvaluateSettings.class;
    }

    @Override
    public String produces() {
      return "metrics";
    }

    @Override
    public boolean usesSeed() {
      return false;
    }
  }

  record CorrelateSettings(@Port("metrics") List<Input> metrics, @Default("pearson") String kind) {}

  static final class Correlate extends Writing<CorrelateSettings> {
    @Override
    public String name() {
      return "correlate";
    }

    @Override
    public Class<CorrelateSettings> settings() {
      return CorrelateSettings.class;
    }

    @Override
    public String produces() {
      return "metrics";
    }

    @Override
    public boolean usesSeed() {
      return false;
    }
  }
}
