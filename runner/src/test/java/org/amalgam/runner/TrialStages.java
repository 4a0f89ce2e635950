package org.amalgam.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/** Real stage types that are small enough to see through. */
final class TrialStages {
  static final StageCatalog CATALOG =
      new StageCatalog(
          List.of(
              new Add(),
              new Noisy(),
              new Parity(),
              new Fail(),
              new Read(),
              new Empty(),
              new Mishap(),
              new Witness()));

  private TrialStages() {}

  /** What all of them share: a kind of artifact, and independence of engine and seed. */
  abstract static class Numbers<S extends Record> implements StageType<S> {
    @Override
    public String produces() {
      return "number";
    }

    @Override
    public boolean usesEngine() {
      return false;
    }

    @Override
    public boolean usesSeed() {
      return false;
    }

    static double sum(@Nullable List<Input> inputs) throws IOException {
      double sum = 0;
      for (Input input : inputs == null ? List.<Input>of() : inputs) {
        sum += Double.parseDouble(Files.readString(input.directory().resolve("number")));
      }
      return sum;
    }

    static void write(StageContext context, double number) throws IOException {
      Files.writeString(context.output().resolve("number"), Double.toString(number));
      Files.writeString(
          context.output().resolve("metrics.json"),
          "{\"number\": %s, \"prior\": 37.1, \"by-type\": {\"what\": %s, \"how-many\": 2}}"
              .formatted(number, number / 2));
    }
  }

  /** Adds a value to its inputs, in steps, and traces that it ran. */
  static class Add extends Numbers<Add.Settings> {
    record Settings(
        @Doc("the number to add, in apples") @Default("0") @Range(min = -1000, max = 1000)
            double value,
        @Doc("what to add it to") @Port("number") @Nullable List<Input> to,
        @Doc("one more to add it to") @Port("number") @Nullable Input one,
        @Doc("steps to take") @Incidental @Default("1") int steps,
        @Doc("milliseconds of a step") @Incidental @Default("0") int pause,
        @Doc("a file that gets a line a run") @Incidental @Default("''") String trace) {}

    @Override
    public String name() {
      return "add";
    }

    @Override
    public String summary() {
      return "adds numbers";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public void run(Settings settings, StageContext context) throws Exception {
      context.log("adding " + settings.value());
      if (!settings.trace().isEmpty()) {
        Files.writeString(
            Path.of(settings.trace()),
            settings.value() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
      StringBuilder curve = new StringBuilder("step,rate,loss\n");
      for (int step = 1; step <= settings.steps(); step++) {
        context.progress().at(step, settings.steps(), "step", Map.of("loss", 1.0 / step));
        curve.append("%d,0.1,%s%n".formatted(step, 1.0 / step));
        Thread.sleep(settings.pause());
      }
      Input one = settings.one();
      double more = one == null ? 0 : sum(List.of(one));
      write(context, settings.value() + sum(settings.to()) + more);
      if (settings.steps() > 2) {
        Files.writeString(context.output().resolve("curve.csv"), curve);
      }
    }
  }

  /** A value with a little noise that depends on its seed. */
  static final class Noisy extends Numbers<Noisy.Settings> {
    record Settings(@Doc("the number") double value) {}

    @Override
    public String name() {
      return "noisy";
    }

    @Override
    public String summary() {
      return "a number with noise from -1 to 1";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public boolean usesSeed() {
      return true;
    }

    @Override
    public void run(Settings settings, StageContext context) throws Exception {
      SplittableRandom random =
          new SplittableRandom(context.seed() * 31 + Double.hashCode(settings.value()));
      write(context, settings.value() + random.nextDouble(-1, 1));
    }
  }

  /** Whether a sum is odd: different inputs, equal bytes. */
  static final class Parity extends Numbers<Parity.Settings> {
    record Settings(@Doc("the numbers") @Port("number") List<Input> of) {}

    @Override
    public String name() {
      return "parity";
    }

    @Override
    public String summary() {
      return "tells odd from even";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public void run(Settings settings, StageContext context) throws Exception {
      write(context, Math.floorMod((long) sum(settings.of()), 2L));
    }
  }

  /** Fails, as a user's mistake or as a bug. */
  static final class Fail extends Numbers<Fail.Settings> {
    record Settings(
        @Doc("whether it is a bug") @Default("false") boolean bug,
        @Doc("what it reads") @Port("number") @Nullable List<Input> of) {}

    @Override
    public String name() {
      return "fail";
    }

    @Override
    public String summary() {
      return "fails";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public void run(Settings settings, StageContext context) throws Exception {
      Files.writeString(context.output().resolve("half"), "done");
      if (settings.bug()) {
        throw new IllegalStateException("index 7 of 3");
      }
      throw new StageFailure("the number is too large: 7; make it smaller");
    }
  }

  /** Reads a file outside the store. */
  static final class Read extends Numbers<Read.Settings> {
    record Settings(
        @Doc("a file with a number") String file,
        @Doc("a file that is made after reading; the stage goes on when it is gone")
            @Incidental
            @Default("''")
            String mark) {}

    @Override
    public String name() {
      return "read";
    }

    @Override
    public String summary() {
      return "reads a number";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public List<Path> externals(Settings settings) {
      return List.of(Path.of(settings.file()));
    }

    @Override
    public void run(Settings settings, StageContext context) throws Exception {
      write(context, Double.parseDouble(Files.readString(Path.of(settings.file())).strip()));
      if (!settings.mark().isEmpty()) {
        Path made = Files.createFile(Path.of(settings.mark()));
        while (Files.exists(made)) {
          Thread.sleep(5);
        }
      }
    }
  }

  /** Breaks the contract that an artifact has files. */
  static final class Empty extends Numbers<Empty.Settings> {
    record Settings() {}

    @Override
    public String name() {
      return "empty";
    }

    @Override
    public String summary() {
      return "writes nothing";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public void run(Settings settings, StageContext context) {}
  }
}
