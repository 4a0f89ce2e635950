package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.Stages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who builds with another JDK has the same keys, and finds what others made. */
@Timeout(300)
class OtherCompilersTest {
  private static final List<String> MODULES = List.of("artifacts", "pipelines", "stages");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void everyStageTypeHasTheSameFingerprintWhicheverJdkCompilesIt() throws Exception {
    List<Path> compilers = otherCompilers();
    assumeTrue(!compilers.isEmpty(), "only one JDK is installed: nothing to compare");
    for (Path javac : compilers) {
      Path classes = compiled(javac);
      for (Map.Entry<String, Set<String>> type : roots().entrySet()) {
        SortedMap<String, Digest> here =
            closure(type.getValue(), name -> NormalForm.read(getClass().getClassLoader(), name));
        SortedMap<String, Digest> there =
            closure(type.getValue(), name -> bytes(classes.resolve(name + ".class")));

        assertThat(there).as(type.getKey() + " by " + javac).isEqualTo(here);
        assertThat(there.keySet()).containsAll(type.getValue());
      }
    }
  }

  private static SortedMap<String, Digest> closure(
      Set<String> roots, Function<String, byte[]> classFiles) {
    return CodeFingerprint.closure(roots, name -> NormalForm.of(name, classFiles));
  }

  /** What the fingerprints start from: the types, and every record that a recipe may choose. */
  private static Map<String, Set<String>> roots() {
    StageCatalog catalog = Stages.catalog();
    Map<String, Set<String>> roots = new java.util.TreeMap<>();
    for (String name : catalog.names()) {
      StageType<?> type = catalog.find(name).orElseThrow();
      Set<String> own = new TreeSet<>();
      type.code().forEach(one -> own.add(one.getName().replace('.', '/')));
      type.choices()
          .values()
          .forEach(
              choices -> choices.values().forEach(one -> own.add(one.getName().replace('.', '/'))));
      roots.put(name, own);
    }
    return roots;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> otherCompilers() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    Path homes = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(homes)) {
      return List.of();
    }
    Set<Path> others = new TreeSet<>();
    try (Stream<Path> found = Files.list(homes)) {
      for (Path home : (Iterable<Path>) found::iterator) {
        if (Files.isExecutable(home.resolve("bin/javac")) && !home.toRealPath().equals(own)) {
          others.add(home.toRealPath().resolve("bin/javac"));
        }
      }
    }
    return List.copyOf(others);
  }

  private Path compiled(Path javac) throws Exception {
    Path classes = Files.createTempDirectory(directory, "classes");
    List<String> command = new ArrayList<>(List.of(javac.toString(), "--release", "17"));
    command.addAll(
        List.of("-proc:none", "-nowarn", "-encoding", "UTF-8", "-d", classes.toString()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    for (String module : MODULES) {
      try (Stream<Path> sources = Files.walk(Path.of("..", module, "src/main/java"))) {
        sources.map(Path::toString).filter(one -> one.endsWith(".java")).forEach(command::add);
      }
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return classes;
  }
}
