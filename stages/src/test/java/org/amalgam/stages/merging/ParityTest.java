package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Merges against what the code released with the paper computes. The folder {@code merge} of {@code
 * -Dparity.dir} holds the cases; a file's name says what it is: {@code interpolation-0.25}, {@code
 * interpolation-0.75-used-experts-vqa}, {@code arithmetic-as-released-0.5}, {@code
 * regmean-as-released-retrieval-0.9}.
 */
class ParityTest {
  private static final List<String> INPUTS = List.of("modality-specific", "origin", "grams");

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  @TestFactory
  Stream<DynamicTest> everyCaseOfTheKitIsReproduced() throws IOException {
    Path kit = Path.of(System.getProperty("parity.dir", "src/test/resources/parity"), "merge");
    List<String> cases;
    try (Stream<Path> files = Files.list(kit)) {
      cases =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".safetensors"))
              .map(name -> name.replace(".safetensors", ""))
              .filter(name -> !INPUTS.contains(name))
              .sorted()
              .collect(Collectors.toList());
    }
    assertThat(cases).isNotEmpty();
    return cases.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> assertReproduced(kit, name)));
  }

  private void assertReproduced(Path kit, String name) throws Exception {
    MergeMethod method = method(name);
    Path merged = directory.resolve(name);
    try (MergeInputs inputs =
        MergeInputs.open(
            kit.resolve("modality-specific.safetensors"),
            method.usesOrigin() ? kit.resolve("origin.safetensors") : null,
            method.usesGrams() ? kit.resolve("grams.safetensors") : null,
            null)) {
      new Merge(method, inputs)
          .write(merged, Workers.of(2, Workers.DEFAULT_MEMORY), Progress.SILENT);
    }
    try (SafetensorsFile actual = SafetensorsFile.open(merged);
        SafetensorsFile expected = SafetensorsFile.open(kit.resolve(name + ".safetensors"))) {
      assertThat(expected.names()).isNotEmpty();
      assertThat(actual.names()).containsAll(expected.names());
      for (String tensor : expected.names()) {
        assertThat(actual.info(tensor)).as(tensor).isEqualTo(expected.info(tensor));
        assertClose(tensor, actual.floats(tensor), expected.floats(tensor));
      }
    }
  }

  /** 1e-6 of the element, or where terms cancel an f32 rounding of the tensor's largest element. */
  private static void assertClose(String tensor, float[] actual, float[] expected) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      double allowed = Math.max(1e-6 * Math.abs(expected[i]), 1.2e-7 * largest);
      assertThat(Math.abs((double) actual[i] - expected[i]))
          .as("%s[%d]: %s, not %s", tensor, i, actual[i], expected[i])
          .isLessThanOrEqualTo(allowed);
    }
  }

  private static MergeMethod method(String name) {
    MergeTask task =
        Stream.of(MergeTask.values())
            .filter(some -> name.contains("-" + some.name().toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElse(MergeTask.ANY);
    Variant variant = name.contains("-as-released") ? Variant.AS_RELEASED : Variant.PAPER;
    boolean usedExperts = name.contains("-used-experts");
    double number =
        Stream.of(name.split("-"))
            .filter(part -> part.matches("\\d+(\\.\\d+)?"))
            .mapToDouble(Double::parseDouble)
            .findFirst()
            .orElseThrow(() -> new AssertionError("no number in " + name));
    if (name.startsWith("interpolation-")) {
      return new Interpolation(number, usedExperts, task);
    } else if (name.startsWith("arithmetic-")) {
      return new ModalityArithmetic(number, variant, usedExperts, task);
    } else if (name.startsWith("regmean-")) {
      return new RegMean(number, variant, task, 0, false);
    }
    throw new AssertionError("no merge method is known for the case " + name);
  }
}
