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
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.amalgam.artifacts.Digest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code compiled on the spot, by this JDK and by others that are installed. */
class CodeFingerprintTest {
  private static final String SOURCE =
      """
      package org.amalgam.sample;
      import java.util.*;
      import java.util.function.*;
      public class Sample {
        enum Colour { RED, GREEN }
        record Pair(int left, String right) {}
        sealed interface Shape permits Circle, Square {}
        record Circle(double r) implements Shape {}
        record Square(double a) implements Shape {}
        class Inner { int both() { return count + 1; } }
        private int count;
        static int paint(Colour colour) {
          switch (colour) { case GREEN: return 1; default: return 2; }
        }
        static String words(Object o, String s) {
          if (o instanceof Pair p && p.left() > 1) { return "pair " + p.right() + p; }
          return switch (s) { case "a" -> "A" + s; case "b" -> "B"; default -> o.toString(); };
        }
        Supplier<Integer> later(int n) throws Exception {
          Function<Integer, Integer> twice = x -> x * 2 + n;
          try (AutoCloseable c = () -> count++) { return () -> twice.apply(count); }
        }
        List<String> sorted(Collection<? extends Pair> pairs) {
          List<String> all = new ArrayList<>();
          for (Pair pair : pairs) { synchronized (this) { all.add(pair.right()); } }
          all.sort(Comparator.comparing(String::length).reversed());
          Runnable anonymous = new Runnable() { public void run() { all.clear(); } };
          assert !all.isEmpty();
          return all;
        }
        int unit(java.util.concurrent.TimeUnit u) { return switch (u) { case DAYS -> 1; default -> 2; }; }
        Predicate<String> first() { return s -> s.isEmpty(); }
        Predicate<String> second() { return s -> !s.isEmpty(); }
        Object kind(Shape shape) { return shape.getClass().getName() + shape + shape.hashCode(); }
        class Unread { int three() { return 3; } }
        int listed() { new Unread(); new Inner();  return Listing.SIZE.length + Other.value(); }
      }
      @org.amalgam.pipelines.stage.Registry
      class Listing { static final int[] SIZE = {Method.value()}; }
      class Method { static int value() { return 1; } }
      class Other { static int value() { return 7; } }
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private SortedMap<String, Digest> compiled(
      String name, @Nullable Path javac, String source, String... more) throws Exception {
    Path classes = Files.createDirectories(directory.resolve(name));
    Path file = Files.writeString(directory.resolve("Sample.java"), source);
    List<String> options = new ArrayList<>(List.of("--release", "17", "-proc:none"));
    options.addAll(List.of(more));
    options.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    options.addAll(List.of("-d", classes.toString(), file.toString()));
    compile(javac, options);
    return CodeFingerprint.closure(
        Set.of("org/amalgam/sample/Sample"),
        reached -> NormalForm.of(reached, one -> classFile(classes, one)));
  }

  private static byte[] classFile(Path classes, String name) {
    try {
      Path own = classes.resolve(name + ".class");
      return Files.exists(own)
          ? Files.readAllBytes(own)
          : NormalForm.read(CodeFingerprintTest.class.getClassLoader(), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compile(@Nullable Path javac, List<String> options) throws Exception {
    if (javac == null) {
      int failed =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, options.toArray(String[]::new));
      assertThat(failed).isZero();
      return;
    }
    List<String> command = new ArrayList<>(List.of(javac.toString()));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void commentsLinesAndDebugInformationDoNotMatter() throws Exception {
    String commented = SOURCE.replace("static int paint", "\n// a comment\n\n  static int paint");

    assertThat(compiled("b", null, commented, "-g", "-parameters"))
        .isEqualTo(compiled("a", null, SOURCE, "-g:none"));
  }

  @Test
  void aChangedConstantChangesItsClassOnly() throws Exception {
    SortedMap<String, Digest> before = compiled("a", null, SOURCE);
    SortedMap<String, Digest> after = compiled("b", null, SOURCE.replace("return 7", "return 8"));

    assertThat(CodeFingerprint.digest(after)).isNotEqualTo(CodeFingerprint.digest(before));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.entrySet().stream().filter(e -> !e.getValue().equals(before.get(e.getKey()))))
        .extracting(e -> e.getKey())
        .containsExactly("org/amalgam/sample/Other");
  }

  @Test
  void whatARegistryListsIsNotFollowed() throws Exception {
    assertThat(compiled("a", null, SOURCE).keySet())
        .contains("org/amalgam/sample/Other", "org/amalgam/sample/Sample$Pair")
        .doesNotContain("org/amalgam/sample/Listing", "org/amalgam/sample/Method")
        .contains("org/amalgam/sample/Sample$Shape")
        .doesNotContain("org/amalgam/sample/Sample$Circle");
  }

  @Test
  void anotherJdkGivesTheSameFingerprint() throws Exception {
    List<Path> others = new ArrayList<>();
    for (Path home : List.of(Path.of("/usr/lib/jvm"))) {
      if (Files.isDirectory(home)) {
        try (Stream<Path> jdks = Files.list(home)) {
          jdks.map(jdk -> jdk.resolve("bin/javac"))
              .filter(Files::isExecutable)
              .filter(path -> !path.toString().contains("java-1."))
              .sorted()
              .forEach(others::add);
        }
      }
    }
    assumeTrue(others.size() > 1, "only one JDK is installed: nothing to compare");
    SortedMap<String, Digest> here = compiled("here", null, SOURCE);
    for (int i = 0; i < others.size(); i++) {
      assertThat(compiled("other" + i, others.get(i), SOURCE))
          .as(others.get(i).toString())
          .isEqualTo(here);
    }
  }

  @Test
  void theFingerprintOfAClassIsThatOfItsClosure() {
    Digest merge = CodeFingerprint.of(List.of(SmallStages.Merge.class));

    assertThat(CodeFingerprint.of(List.of(SmallStages.Merge.class))).isEqualTo(merge);
    assertThat(
            CodeFingerprint.of(List.of(SmallStages.Merge.class, SmallStages.Interpolation.class)))
        .isNotEqualTo(merge);
  }
}
