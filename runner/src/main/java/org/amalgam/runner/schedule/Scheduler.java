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
import java.util.concurrent.LinkedBlockingQueue;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.Outcome.Cause;

/**
 * Runs a plan on a number of slots, in this process.
 *
 * <p>A point's key is known once the artifacts of its inputs are. A key that the store has is done;
 * points with equal keys are one execution; of what is ready, the head of the longest remaining
 * path goes first. One point that fails blocks what depends on it and nothing else. All state is
 * the calling thread's; stages run in threads of their own and report back through a queue.
 */
public final class Scheduler {
  private record Ready(Point point, StageKey key, double path, int order) {}

  private final ArtifactStore store;
  private final Plan plan;
  private final RunOptions options;
  private final RunListener listener;
  private final Cancellation stop = new Cancellation();

  private final Map<Point, Outcome> outcomes = new LinkedHashMap<>();
  private final Map<Point, Digest> artifacts = new LinkedHashMap<>();
  private final Map<Point, Integer> unmet = new LinkedHashMap<>();
  private final Map<Point, List<Point>> dependents = new LinkedHashMap<>();
  private final Deque<Point> reachable = new ArrayDeque<>();
  private final Map<Digest, List<Point>> sharing = new LinkedHashMap<>();
  private final PriorityQueue<Ready> ready =
      new PriorityQueue<>(
          Comparator.comparingDouble(Ready::path).reversed().thenComparingInt(Ready::order));
  private final BlockingQueue<Outcome> ended = new LinkedBlockingQueue<>();
  private final LongestPaths paths;
  private int running;
  private int failures;
  private int reached;

  /**
   * A run of a plan.
   *
   * @param cancellation stops the run: running stages end at their next step, nothing new starts
   */
  public Scheduler(
      ArtifactStore store,
      Plan plan,
      RunOptions options,
      RunListener listener,
      Cancellation cancellation) {
    this.store = store;
    this.plan = plan;
    this.options = options;
    this.listener = listener;
    this.paths = new LongestPaths(plan.points(), dependents, store);
    cancellation.onRequest(stop::request);
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
    while (advance()) {
      Outcome outcome = ended.take();
      running--;
      settleShared(outcome);
    }
    for (Point point : plan.points()) {
      if (!outcomes.containsKey(point)) {
        settle(Outcome.cancelled(point, null, 0, null));
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

  /** Starts what can be started; whether anything is running. */
  private boolean advance() {
    while (!reachable.isEmpty() && !stop.requested()) {
      reach(reachable.remove());
    }
    while (running < options.slots() && !ready.isEmpty() && !stop.requested()) {
      Ready next = ready.remove();
      listener.started(next.point(), next.key());
      running++;
      Execution execution =
          new Execution(store, plan, next.point(), next.key(), artifacts, listener, stop);
      execution.start(ended::add);
    }
    return running > 0;
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
        ready.add(new Ready(point, key, paths.from(point), reached++));
      }
    } catch (StoreException | IOException e) {
      Cause cause = e instanceof StoreException ? Cause.STORE : Cause.DATA;
      String message = String.valueOf(e.getMessage());
      settle(new Outcome(point, Verdict.FAILED, null, null, 0, cause, message, null));
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
      return Outcome.cancelled(dependent, null, 0, null);
    }
    return Outcome.blocked(
        dependent, Cause.OTHER, outcome.point().name() + " " + outcome.verdict());
  }
}
