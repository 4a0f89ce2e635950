package org.amalgam.runner.executor;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A child process that computes one job after the other. It lives by its standard input: when that
 * ends, because the runner closed it or died, the worker ends itself.
 */
final class Worker {
  /**
   * What a worker is started with and cannot change later.
   *
   * @param threads of one operation of the engine
   */
  record Shape(long heapBytes, List<String> gpus, int threads) {
    static Shape of(Job job, Share share) {
      return new Shape(share.heapBytes(), share.gpus(), job.environment().threads());
    }
  }

  /** A line that the worker cannot have written: it was asked for by this process. */
  static final String WAKE = "";

  /** Stands for the end of the worker's output. */
  static final String GONE = "gone";

  private static final long FAREWELL_SECONDS = 5;
  private static final int LAST_LINES = 40;

  private final Shape shape;
  private final String mark = UUID.randomUUID().toString();
  private final Path folder;
  private final Path errors;
  private final Process process;
  private final Writer input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /**
   * Starts the process.
   *
   * @param main the class with the program's entry
   * @param folder an empty directory for what it writes to standard error
   */
  Worker(String main, Shape shape, Path folder) throws IOException {
    this.shape = shape;
    this.folder = folder;
    this.errors = folder.resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(WorkerProgram.command(main, shape.heapBytes()));
    Map<String, String> environment = builder.environment();
    environment.put(ProcessTree.MARK, mark);
    if (!shape.gpus().isEmpty()) {
      environment.put("CUDA_VISIBLE_DEVICES", String.join(",", shape.gpus()));
    }
    process = builder.redirectError(errors.toFile()).start();
    input =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    Thread reader = new Thread(this::read, "worker " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // the pipe broke: the worker is gone
    }
    lines.add(GONE);
  }

  Shape shape() {
    return shape;
  }

  /** What it was given to write to; of no use once it is gone. */
  Path folder() {
    return folder;
  }

  /** As users write it: {@code worker 4711}. */
  String name() {
    return "worker " + process.pid();
  }

  /** Sends a line; a worker that is gone shows in {@link #next}. */
  void send(String line) {
    try {
      input.write(line);
      input.write('\n');
      input.flush();
    } catch (IOException e) {
      lines.add(GONE);
    }
  }

  /** Makes {@link #next} return soon. */
  void wake() {
    lines.add(WAKE);
  }

  /** The next line, {@link #WAKE} after some time without one, or {@link #GONE}. */
  String next(long millis) throws InterruptedException {
    @Nullable String line = lines.poll(millis, TimeUnit.MILLISECONDS);
    return line == null ? WAKE : line;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Resident memory, or 0 where the platform does not tell. */
  long residentBytes() {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return status
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  /** Kills it and all that it started, and waits until it is dead; the exit code. */
  int end() throws InterruptedException {
    ProcessTree.endDescendants(process.toHandle());
    process.destroyForcibly();
    int code = process.waitFor();
    ProcessTree.endMarked(mark);
    return code;
  }

  /** Lets an idle worker go. */
  void dismiss() throws InterruptedException {
    try {
      input.close();
    } catch (IOException e) {
      // it is gone already
    }
    if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
      end();
    }
  }

  /** The last lines that it wrote to standard error. */
  List<String> lastWords() {
    try {
      // Native code may write what is no UTF-8.
      List<String> all = Files.readAllLines(errors, StandardCharsets.ISO_8859_1);
      return all.subList(Math.max(0, all.size() - LAST_LINES), all.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}
