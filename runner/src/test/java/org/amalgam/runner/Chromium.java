package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/** A headless browser from the path; where there is none, tests are skipped, but not in CI. */
final class Chromium {
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars",
          "--enable-logging=stderr",
          "--virtual-time-budget=5000",
          "--host-resolver-rules=MAP * ~NOTFOUND");

  private final Path program;
  private final Path scratch;

  private Chromium(Path program, Path scratch) {
    this.program = program;
    this.scratch = scratch;
  }

  static Chromium found(Path scratch) {
    List<Path> found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "chromium"))
            .filter(Files::isExecutable)
            .toList();
    boolean isRequired = "true".equals(System.getenv("CI"));
    assertThat(found.isEmpty() && isRequired).as("CI needs chromium on the path").isFalse();
    assumeTrue(!found.isEmpty(), "there is no chromium on the path: the page is not looked at");
    return new Chromium(found.get(0), scratch);
  }

  /** What it printed. */
  record Printed(String out, String err) {}

  Printed open(Path page, String... more) throws IOException, InterruptedException {
    Path out = Files.createTempFile(scratch, "chromium", ".out");
    Path err = Files.createTempFile(scratch, "chromium", ".err");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(FLAGS);
    command.add("--user-data-dir=" + Files.createTempDirectory(scratch, "profile"));
    command.addAll(Arrays.asList(more));
    command.add(page.toUri().toString());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    String errors = Files.readString(err, StandardCharsets.UTF_8);
    assertThat(ended).as(errors).isTrue();
    return new Printed(Files.readString(out, StandardCharsets.UTF_8), errors);
  }

  BufferedImage screenshot(Path page, int width, int height, String... more)
      throws IOException, InterruptedException {
    Path image = Files.createTempFile(scratch, "screen", ".png");
    List<String> flags = new ArrayList<>(Arrays.asList(more));
    flags.add("--screenshot=" + image);
    flags.add("--window-size=" + width + "," + height);
    open(page, flags.toArray(String[]::new));
    return ImageIO.read(image.toFile());
  }
}
