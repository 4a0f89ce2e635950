package org.amalgam.runner.executor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The files through which a job passes to whoever computes it, and its result back.
 *
 * @param path a directory; {@code job.json} goes in, {@code exit.json} comes out, whole or not at
 *     all, and is the truth about how it ended; {@code progress.json} is renewed meanwhile by a
 *     worker that has no pipe to its runner
 */
record JobFolder(Path path) {
  static JobFolder ofJobFile(Path job) {
    return new JobFolder(job.toAbsolutePath().normalize().resolveSibling(".").normalize());
  }

  Path jobFile() {
    return path.resolve("job.json");
  }

  Path exitFile() {
    return path.resolve("exit.json");
  }

  Path progressFile() {
    return path.resolve("progress.json");
  }

  void write(Job job) throws IOException {
    Files.createDirectories(path);
    put(jobFile(), job.text());
  }

  /**
   * @throws IllegalArgumentException if the file holds no job
   */
  static Job read(Path jobFile) throws IOException {
    return Job.parse(Files.readString(jobFile));
  }

  void write(JobResult result, Job job) throws IOException {
    put(exitFile(), result.text(job));
  }

  /** The result, if whoever computed came so far. */
  Optional<JobResult> result(Job job) throws IOException {
    if (!Files.exists(exitFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(JobResult.parse(Files.readString(exitFile()), job));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Puts a text at a place durably and at once. */
  void put(Path target, String text) throws IOException {
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
