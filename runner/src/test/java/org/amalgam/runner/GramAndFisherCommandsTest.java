package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.runner.Trial.Result;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GramAndFisherCommandsTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  private record Making(Path output) implements StageContext {
    @Override
    public Path scratch() {
      return output;
    }

    @Override
    public long seed() {
      return 1;
    }

    @Override
    public Environment environment() {
      return Environment.DEFAULT;
    }

    @Override
    public Progress progress() {
      return Progress.SILENT;
    }

    @Override
    public void log(String line) {}
  }

  @BeforeEach
  void modelAndCorpus() throws Exception {
    trial = new Trial(directory);
    SpriteWorld world =
        new SpriteWorld(
            1, 12, 12, 2, 4, 2, 4, 4, 8, 4, 8, 8, 8, 24, 24, List.of(Questions.Type.FITS));
    Path corpus = Files.createDirectory(directory.resolve("corpus"));
    new CorpusStage()
        .run(new CorpusSettings("sprite-world", world, 16, "corpus"), new Making(corpus));
    int pieces;
    try (Corpus opened = Corpus.open(corpus)) {
      pieces = opened.tokenizer().size();
    }
    ModelConfig config =
        new ModelConfig(
            Architecture.MODALITY_SPECIFIC,
            8,
            3,
            1,
            2,
            8,
            16,
            16,
            pieces,
            0,
            Initialization.FAN_IN,
            Set.of(Head.ITC, Head.ITM, Head.MLM));
    Checkpoint.fresh(config, 1).write(directory.resolve("specific"));
  }

  private Result execute(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    return trial.execute(words.toArray(String[]::new));
  }

  @Test
  void whatTheyWriteIsWhatMergeReads() throws Exception {
    Result gram = execute("gram specific -o g.safetensors --corpus corpus --output json");
    assertThat(gram.code()).as(gram.err()).isZero();
    Map<?, ?> json = (Map<?, ?>) CanonicalJson.parse(gram.out());
    assertThat(json.get("matrices")).isEqualTo(28L);
    Result regmean =
        execute(
            "merge specific -o r.safetensors --method regmean --gamma 0.5 --grams g.safetensors");
    assertThat(regmean.code()).as(regmean.err()).isZero();

    Result vqa =
        execute("gram specific/model.safetensors -o q.safetensors --corpus corpus --task vqa");
    assertThat(vqa.out()).contains("q.safetensors: 20 Gram matrices over 8 pairs, read 1 time, in");
    Result released =
        execute(
            "merge specific -o q2.safetensors --method regmean --gamma 0.5 --grams q.safetensors"
                + " --variant as-released --task vqa");
    assertThat(released.code()).as(released.err()).isZero();

    Result fisher = execute("fisher specific -o f.safetensors --corpus corpus --batches 2");
    assertThat(fisher.out()).contains("squared gradients of 91 tensors, mean of 2 batches of 4");
    Result merged =
        execute("merge specific -o m.safetensors --method fisher --fisher f.safetensors");
    assertThat(merged.code()).as(merged.err()).isZero();
    Result raw =
        execute(
            "merge specific -o n.safetensors --method fisher --fisher f.safetensors"
                + " --no-normalise --no-parents");
    assertThat(raw.code()).as(raw.err()).isZero();
    execute("merge specific -o p.safetensors --method fisher --fisher f.safetensors --no-parents");
    assertThat(directory.resolve("n.safetensors"))
        .as("F as it is weighs otherwise")
        .satisfies(
            raws ->
                assertThat(Files.mismatch(raws, directory.resolve("p.safetensors")))
                    .isNotEqualTo(-1));
    assertThat(directory.resolve("g.safetensors.part")).doesNotExist();
  }

  @Test
  void whatIsWrongIsToldBeforeAnythingIsComputed() throws Exception {
    assertThat(execute("gram specific -o g.safetensors").err())
        .contains("name the data by one of --corpus DIR, --sprite-world and --coco DIR");
    assertThat(execute("gram specific -o g.safetensors --corpus corpus --task foo").code())
        .isEqualTo(2);
    assertThat(execute("fisher specific -o f.safetensors --corpus corpus --batch 1").err())
        .contains("batch at least 2");
    Files.writeString(directory.resolve("old.safetensors"), "kept");
    assertThat(execute("gram specific -o old.safetensors --corpus corpus").err())
        .contains("old.safetensors exists; name another place or add --force");
    Result pytorch = execute("fisher specific -o f.ckpt --corpus corpus");
    assertThat(pytorch.err()).contains("fisher writes safetensors");
    assertThat(execute("gram specific -o g.pt --corpus corpus").code()).isEqualTo(2);
    assertThat(directory.resolve("g.pt")).doesNotExist();
    Files.delete(directory.resolve("specific/config.json"));
    Result lacking = execute("gram specific -o g.safetensors --corpus corpus");
    assertThat(lacking.err()).contains("config.json does not exist, which tells the sizes");
    assertThat(lacking.code()).isEqualTo(4);
  }

  /** What lies beside a checkpoint may be another program's, or was edited by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"model_type": "bert", "hidden_size": 8}   | has no "objectives", so it is not the config
          {"width": 8,                               | is not JSON
          []                                         | has no "objectives"
                                                     | has no "objectives"
          s/"width" : 8/"width" : "8"/               | "width" must be a whole number of at least 1, is "8"
          s/"heads" : 2/"heads" : 0/                 | "heads" must be a whole number of at least 1, is 0
          s/"heads" : 2/"heads" : 3/                 | width must be a multiple of heads, is 8 with 3
          s/"layers" : 3/"layer" : 3/                | has no "layers"
          s/"itc"/"itself"/                          | objectives "itself" is not known
          s/"modality-specific"/"resnet"/            | architecture "resnet" is not known
          """)
  void aForeignOrBrokenConfigIsToldInOneLine(@Nullable String config, String message)
      throws IOException {
    Path file = directory.resolve("specific/config.json");
    String text = config == null ? "" : config;
    if (text.startsWith("s/")) {
      String[] parts = text.split("/", -1);
      String before = Files.readString(file);
      text = before.replace(parts[1], parts[2]);
      assertThat(text).isNotEqualTo(before);
    }
    Files.writeString(file, text);
    for (String command : List.of("gram", "fisher")) {
      Result result = execute(command + " specific -o g.safetensors --corpus corpus");
      assertThat(result.err()).contains("specific/config.json: ", message);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.code()).isEqualTo(4);
    }
  }
}
