package org.amalgam.runner.schedule;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.stage.Resources;
import org.amalgam.runner.executor.Cancellation;
import org.amalgam.runner.executor.Executor;
import org.amalgam.runner.executor.JobResult.Ending;
import org.amalgam.runner.schedule.Outcome.Cause;

/**
 * Runs a plan on a number of slots.
 *
 * <p>A point's key is known once the artifacts of its inputs are. A key that the store has is done;
 * points with equal keys are one execution; of what is ready and finds room, the head of the
 * longest remaining path goes first. One point that fails blocks what depends on it and nothing
 * else; where the machine failed it, it is tried again. All state is the calling thread's; attempts
 * run in threads of their own and report back through a queue.
 */
public final class Scheduler {
  /**
   * A point that waits for its place.
   *
   * @param path seconds of the longest path that begins with it
   * @param attempt the number of the next attempt at it, from 1
   * @param spent seconds of the attempts before
   */
  private record Ready(
      Point point,
      StageKey key,
      double path,
      int order,
      int attempt,
      Resources resources,
      double spent) {
    Ready again(Resources asked, double total) {
      return new Ready(point, key, path, order, attempt + 1, asked, total);
    }
  }

  private static final Comparator<Ready> LONGEST_PATH_FIRST =
      Comparator.comparingDouble(Ready::path).reversed().thenComparingInt(Ready::order);

  private final ArtifactStore store;
  private final Plan plan;
  private final RunOptions options;
  private final Executor executor;
  private final RunListener listener;
  private final Allocation allocation;
  private final Retries retries;
  private final Cancellation stop = new Cancellation();
  private final ScheduledExecutorService clock;

  private final Map<Point, Outcome> outcomes = new LinkedHashMap<>();
  private final Map<Point, Digest> artifacts = new LinkedHashMap<>();
  private final Map<Point, Integer> unmet = new LinkedHashMap<>();
  private final Map<Point, List<Point>> dependents = new LinkedHashMap<>();
  private final Deque<Point> reachable = new ArrayDeque<>();
  private final Map<Digest, List<Point>> sharing = new LinkedHashMap<>();
  private final Map<Resources, PriorityQueue<Ready>> ready = new LinkedHashMap<>();
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final LongestPaths paths;
  private int running;
  private int delayed;
  private int failures;
  private int reached;

  /**
   * A run of a plan.
   *
   * @param capacity nothing of the plan asks for more, see {@link Capacity#refusals}
   * @param cancellation stops the run: running stages end at their next step, nothing new starts
   */
  public Scheduler(
      ArtifactStore store,
      Plan plan,
      RunOptions options,
      Capacity capacity,
      Executor executor,
      RunListener listener,
      Cancellation cancellation) {
    this.store = store;
    this.plan = plan;
    this.options = options;
    this.executor = executor;
    this.listener = listener;
    this.allocation = new Allocation(capacity, options.slots());
    this.retries = new Retries(capacity, executor.separatesJobs(), options.backoff());
    this.paths = new LongestPaths(plan.points(), dependents, store);
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "clock of the run");
              thread.setDaemon(true);
              return thread;
            });
    cancellation.onRequest(stop::request);
    stop.onRequest(() -> events.add(() -> {}));
  }

  /**
   * Runs everything that can be run.
   *
   * @return the outcome of every point, in the plan's order
   */
  public List<Outcome> run() throws InterruptedException {
    listener.began(plan.points());
    for (Point point : plan.points()) {
      int inputs = 0;
      for (Point input : distinctInputs(point)) {
        dependents.computeIfAbsent(input, p -> new ArrayList<>()).add(point);
        inputs++;
      }
      unmet.put(point, inputs);
      if (inputs == 0) {
        reachable.add(point);
      }
    }
    try {
      while (advance()) {
        events.take().run();
      }
    } finally {
      clock.shutdownNow();
    }
    for (Point point : plan.points()) {
      if (!outcomes.containsKey(point)) {
        settle(Outcome.cancelled(point, null, 0, 0, null));
      }
    }
    return plan.points().stream().map(this::outcome).toList();
  }

  private Outcome outcome(Point point) {
    Outcome outcome = outcomes.get(point);
    if (outcome == null) {
      throw new IllegalStateException("no outcome of " + point.name());
    }
    return outcome;
  }

  private static List<Point> distinctInputs(Point point) {
    return point.inputs().values().stream().flatMap(List::stream).distinct().toList();
  }

  /** Starts what can be started; whether there is anything to wait for. */
  private boolean advance() {
    while (!reachable.isEmpty() && !stop.requested()) {
      reach(reachable.remove());
    }
    while (allocation.hasSlot() && !stop.requested()) {
      Optional<Ready> next = next();
      if (next.isEmpty()) {
        break;
      }
      start(next.get());
    }
    listener.queued(ready.values().stream().mapToInt(PriorityQueue::size).sum(), running);
    return running > 0 || (delayed > 0 && !stop.requested());
  }

  /** Of the points for which there is room, the head of the longest path. */
  private Optional<Ready> next() {
    Optional<PriorityQueue<Ready>> best =
        ready.entrySet().stream()
            .filter(alike -> allocation.fits(alike.getKey()))
            .map(Map.Entry::getValue)
            .filter(alike -> !alike.isEmpty())
            .min(Comparator.comparing(PriorityQueue::element, LONGEST_PATH_FIRST));
    return best.map(PriorityQueue::remove);
  }

  private void await(Ready point) {
    ready
        .computeIfAbsent(point.resources(), r -> new PriorityQueue<>(LONGEST_PATH_FIRST))
        .add(point);
  }

  private void start(Ready next) {
    listener.started(next.point(), next.key());
    running++;
    Allocation.Grant grant = allocation.take(next.resources());
    Execution.InRun run = new Execution.InRun(store, plan, executor, listener, stop, clock);
    new Execution(run, next.point(), next.key(), next.attempt(), grant.share(), artifacts)
        .start(attempted -> events.add(() -> ended(next, grant, attempted)));
  }

  private void ended(Ready tried, Allocation.Grant grant, Execution.Attempted attempted) {
    running--;
    allocation.free(grant);
    Outcome outcome = attempted.outcome().after(tried.spent());
    int allowed = tried.point().retries().orElse(Retries.STANDARD);
    Optional<Retries.Next> next =
        stop.requested()
            ? Optional.empty()
            : retries.after(
                attempted.ending(), tried.attempt(), allowed, tried.resources(), grant.share());
    if (next.isPresent()) {
      delay(tried.again(next.get().resources(), outcome.seconds()), next.get(), outcome);
      return;
    }
    if (attempted.ending() == Ending.RESOURCE) {
      outcome = outcome.with(retries.advice(grant.share()));
    }
    if (outcome.verdict() == Verdict.FAILED && tried.attempt() > 1) {
      outcome = outcome.with("tried " + tried.attempt() + " times");
    }
    settleShared(outcome);
  }

  private void delay(Ready again, Retries.Next next, Outcome outcome) {
    delayed++;
    String difference = next.difference().isEmpty() ? "" : " " + next.difference();
    String text = outcome.message() + "; attempt " + again.attempt() + " follows" + difference;
    listener.retrying(again.point(), text);
    // Nobody waits for it: it adds an event, or the run is over.
    ScheduledFuture<?> unused =
        clock.schedule(
            () ->
                events.add(
                    () -> {
                      delayed--;
                      await(again);
                    }),
            next.pause().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void reach(Point point) {
    List<Path> missing = point.missingExternals();
    if (!missing.isEmpty()) {
      settle(Outcome.blocked(point, Cause.DATA, missingMessage(missing)));
      return;
    }
    try {
      StageKey key = point.key(artifacts);
      Optional<KeyEntry> entry = store.find(key.digest());
      if (entry.isPresent()) {
        settle(Outcome.cached(point, key, entry.get().artifact()));
        return;
      }
      List<Point> sharers = sharing.computeIfAbsent(key.digest(), k -> new ArrayList<>());
      sharers.add(point);
      if (sharers.size() == 1) {
        await(new Ready(point, key, paths.from(point), reached++, 1, point.resources(), 0));
      }
    } catch (StoreException | IOException e) {
      Cause cause = e instanceof StoreException ? Cause.STORE : Cause.DATA;
      String message = String.valueOf(e.getMessage());
      settle(new Outcome(point, Verdict.FAILED, null, null, 0, 0, cause, message, null));
    }
  }

  static String missingMessage(List<Path> missing) {
    return "missing " + String.join(", ", missing.stream().map(Path::toString).toList());
  }

  private void settleShared(Outcome outcome) {
    StageKey key = outcome.key();
    List<Point> sharers = key == null ? null : sharing.remove(key.digest());
    settle(outcome);
    if (outcome.verdict() == Verdict.FAILED && ++failures >= options.maxFailures()) {
      stop.request();
    }
    if (sharers != null) {
      sharers.stream().skip(1).forEach(other -> settle(outcome.sharedWith(other)));
    }
  }

  /** Records a verdict and what follows from it for the points that read from this one. */
  private void settle(Outcome first) {
    Deque<Outcome> pending = new ArrayDeque<>(List.of(first));
    while (!pending.isEmpty()) {
      Outcome outcome = pending.remove();
      if (outcomes.putIfAbsent(outcome.point(), outcome) != null) {
        continue;
      }
      listener.ended(outcome);
      Digest artifact = outcome.artifact();
      if (artifact != null) {
        artifacts.put(outcome.point(), artifact);
      }
      for (Point dependent : dependents.getOrDefault(outcome.point(), List.of())) {
        if (artifact == null) {
          pending.add(following(dependent, outcome));
        } else if (unmet.merge(dependent, -1, Integer::sum) == 0) {
          reachable.add(dependent);
        }
      }
    }
  }

  private static Outcome following(Point dependent, Outcome outcome) {
    if (outcome.verdict() == Verdict.CANCELLED) {
      return Outcome.cancelled(dependent, null, 0, 0, null);
    }
    return Outcome.blocked(
        dependent, Cause.OTHER, outcome.point().name() + " " + outcome.verdict());
  }
}
