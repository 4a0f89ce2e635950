package org.amalgam.stages.training;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rate and the losses of every step, as {@code curve.csv}. */
final class Curve implements AutoCloseable {
  private final Path file;
  private final OutputStream out;
  private final StringBuilder pending = new StringBuilder();

  private Curve(Path file, OutputStream out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Begins a curve, or goes on with one.
   *
   * @param before the bytes of the curve so far, null at the first step
   */
  static Curve open(Path file, byte @Nullable [] before) throws IOException {
    Files.write(file, before == null ? new byte[0] : before);
    return new Curve(file, Files.newOutputStream(file, StandardOpenOption.APPEND));
  }

  /**
   * Adds a line.
   *
   * @param step from 0
   */
  void add(int step, double rate, Map<String, Double> shown) throws IOException {
    if (step == 0) {
      pending.append("step,rate,").append(String.join(",", shown.keySet())).append('\n');
    }
    pending.append(step + 1).append(String.format(Locale.ROOT, ",%.4e", rate));
    shown.values().forEach(v -> pending.append(String.format(Locale.ROOT, ",%.5f", v)));
    pending.append('\n');
    if (pending.length() > 1 << 13) {
      flush();
    }
  }

  /** The curve so far. */
  byte[] bytes() throws IOException {
    flush();
    return Files.readAllBytes(file);
  }

  private void flush() throws IOException {
    out.write(pending.toString().getBytes(StandardCharsets.US_ASCII));
    pending.setLength(0);
  }

  @Override
  public void close() throws IOException {
    flush();
    out.close();
  }
}
