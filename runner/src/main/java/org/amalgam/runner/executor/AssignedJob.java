package org.amalgam.runner.executor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCatalog;

/**
 * A job that a process computes for a runner that it has no pipe to, as under a batch system. It
 * writes the result to the exit file and, meanwhile, how far it is to the progress file, whose
 * renewal is the sign that it lives.
 */
public final class AssignedJob {
  private static final long HEARTBEAT_SECONDS = 5;

  private AssignedJob() {}

  /**
   * Computes the job of a file.
   *
   * @throws IllegalArgumentException if it holds no job of this program
   * @throws IOException if it cannot be read, or the exit file not be written
   */
  public static JobResult run(StageCatalog catalog, Path jobFile, Cancellation stop)
      throws IOException {
    Job job = JobFolder.read(jobFile);
    JobFolder folder = JobFolder.ofJobFile(jobFile);
    AtomicReference<Messages.At> last = new AtomicReference<>(new Messages.At(0, 0, "", Map.of()));
    ScheduledExecutorService heartbeat =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "heartbeat");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> beats =
        heartbeat.scheduleAtFixedRate(
            () -> beat(folder, job, Objects.requireNonNull(last.get())),
            0,
            HEARTBEAT_SECONDS,
            TimeUnit.SECONDS);
    try {
      Progress progress =
          (done, total, unit, shown) -> last.set(new Messages.At(done, total, unit, shown));
      EngineThreads.configure(job.environment().threads());
      ArtifactStore store = ArtifactStore.open(job.store());
      JobResult result = new Computation(catalog, store).run(job, progress, stop);
      folder.write(result, job);
      return result;
    } finally {
      beats.cancel(false);
      heartbeat.shutdown();
    }
  }

  private static void beat(JobFolder folder, Job job, Messages.At at) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("attempt", job.attempt());
    json.put("pid", ProcessHandle.current().pid());
    json.put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    json.put("progress", Messages.progress(at));
    try {
      folder.put(folder.progressFile(), CanonicalJson.writePretty(json));
    } catch (IOException e) {
      // the next beat may succeed; the job itself will say so if the disk is gone
      return;
    }
  }
}
