package org.amalgam.runner.executor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCatalog;
import org.jspecify.annotations.Nullable;

/**
 * The worker's side of {@link Worker}: jobs come on standard input, one at a time, and what is to
 * be told goes to standard output. The end of the input ends the process at once: whoever wanted
 * the results is no more, and nobody else may publish them.
 */
public final class ServedJobs {
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What a process exits with that nobody waits for. */
  private static final int ABANDONED = 1;

  private final StageCatalog catalog;
  private final PrintStream out;
  private final Map<Path, ArtifactStore> stores = new ConcurrentHashMap<>();
  private Cancellation stop = new Cancellation();
  private volatile boolean busy;

  public ServedJobs(StageCatalog catalog, PrintStream out) {
    this.catalog = catalog;
    this.out = out;
  }

  /** Serves until the input ends; should a job run at that time, the process ends with it. */
  public void serve(InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Optional<String> jobFile = Messages.jobFile(line);
      if (jobFile.isPresent()) {
        start(Path.of(jobFile.get()));
      } else if (line.equals(Messages.CANCEL)) {
        stop.request();
      }
    }
    if (busy) {
      ProcessTree.endDescendants(ProcessHandle.current());
      ProcessTree.endMarked(System.getenv().getOrDefault(ProcessTree.MARK, "none"));
      Runtime.getRuntime().halt(ABANDONED);
    }
  }

  private void start(Path jobFile) throws IOException {
    Job job = JobFolder.read(jobFile);
    Cancellation cancellation = new Cancellation();
    stop = cancellation;
    Thread thread = new Thread(() -> compute(job, jobFile, cancellation), "stage " + job.point());
    thread.setDaemon(true);
    busy = true;
    thread.start();
  }

  private void compute(Job job, Path jobFile, Cancellation cancellation) {
    Throttled progress = new Throttled();
    try {
      ArtifactStore store = stores.computeIfAbsent(job.store(), ArtifactStore::open);
      EngineThreads.configure(job.environment().threads());
      JobResult result = new Computation(catalog, store).run(job, progress, cancellation);
      progress.flush();
      JobFolder.ofJobFile(jobFile).write(result, job);
      busy = false;
      say(Messages.ENDED);
    } catch (IOException | StoreException e) {
      // Without an exit file there is no result; the death of this process says so.
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private void say(String line) {
    synchronized (out) {
      out.print(line + "\n");
      out.flush();
    }
  }

  /** Passes on what comes some time after what was passed on before, and the last in the end. */
  private final class Throttled implements Progress {
    private long passed = System.nanoTime() - QUIET_NANOS;
    private Messages.@Nullable At held;

    @Override
    public synchronized void at(long done, long total, String unit, Map<String, Double> shown) {
      held = new Messages.At(done, total, unit, shown);
      if (System.nanoTime() - passed >= QUIET_NANOS) {
        flush();
      }
    }

    synchronized void flush() {
      if (held != null) {
        say(Messages.progress(held));
        held = null;
        passed = System.nanoTime();
      }
    }
  }
}
