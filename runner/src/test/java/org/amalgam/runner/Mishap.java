package org.amalgam.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;

/** Does to its process what stages should not, in its first attempts. */
final class Mishap extends TrialStages.Numbers<Mishap.Settings> {
  enum Kind {
    NONE,
    /** Kills its process as the system does for want of memory. */
    KILL,
    /** Wants more heap than there is. */
    EXHAUST,
    /** Takes 120 MB outside of the heap. */
    FILL,
    /** The file system fails. */
    BROKEN_DISK,
    /** The disk is full. */
    FULL_DISK,
    /** What a user can mend. */
    FAIL,
    /** Starts a process that nobody's descendant is, and dies. */
    ORPHAN,
    /** Writes down the GPUs that it sees. */
    DEVICES,
    /** Never looks whether it should stop. */
    DEAF
  }

  record Settings(
      @Doc("what happens") @Default("none") Kind kind,
      @Doc("tells one from the other") @Default("0") int number,
      @Doc("attempts in which it happens") @Incidental @Default("1000") int times,
      @Doc("a file that gets a line an attempt") @Incidental String trace) {}

  @Override
  public String name() {
    return "mishap";
  }

  @Override
  public String summary() {
    return "has bad luck";
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void run(Settings settings, StageContext context) throws Exception {
    Path trace = Path.of(settings.trace());
    Files.writeString(
        trace,
        ProcessHandle.current().pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    context.progress().at(0, 1, "try", Map.of());
    if (Files.readAllLines(trace).size() <= settings.times()) {
      happen(settings.kind(), trace);
    }
    write(context, 7);
  }

  private static void happen(Kind kind, Path trace) throws Exception {
    switch (kind) {
      case NONE -> {}
      case KILL -> kill();
      case EXHAUST -> exhaust();
      case FILL -> fill();
      case BROKEN_DISK -> throw new IOException("shard-7: Input/output error");
      case FULL_DISK -> throw new IOException("model: No space left on device");
      case FAIL -> throw new StageFailure("no such luck; try another number");
      case ORPHAN -> {
        // The shell between ends at once, so that the sleeper has no parent to be found by.
        new ProcessBuilder("sh", "-c", "sleep 1000 & echo $! > " + trace + ".orphan")
            .start()
            .waitFor();
        kill();
      }
      case DEVICES ->
          Files.writeString(
              Path.of(trace + ".gpus"),
              System.getenv("CUDA_VISIBLE_DEVICES") + "\n",
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      case DEAF -> Thread.sleep(1_000_000);
    }
  }

  private static void kill() throws Exception {
    new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start();
    Thread.sleep(1_000_000);
  }

  private static void exhaust() {
    List<byte[]> held = new ArrayList<>();
    while (held.size() < Integer.MAX_VALUE) {
      held.add(new byte[1 << 20]);
    }
  }

  private static void fill() throws InterruptedException {
    ByteBuffer held = ByteBuffer.allocateDirect(120 << 20);
    while (held.hasRemaining()) {
      held.put((byte) 1);
    }
    // Long enough for whoever watches how much it is.
    Thread.sleep(1500);
    held.clear();
  }
}
