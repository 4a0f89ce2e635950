package org.amalgam.runner.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeepClass;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/** A finished run, and where to find what it made. */
public final class RunResults {
  private final RunInvocation invocation;
  private final Plan plan;
  private final StageCatalog catalog;
  private final ArtifactStore store;
  private final List<Outcome> outcomes;
  private final Map<Point, Outcome> byPoint = new LinkedHashMap<>();
  private final Set<Point> awaited = new HashSet<>();
  private final Map<Digest, Optional<Metrics>> metrics = new LinkedHashMap<>();
  private final Map<Digest, Optional<Provenance>> provenances = new LinkedHashMap<>();

  private final double seconds;
  private final int exit;

  /**
   * @param seconds wall seconds of the whole run
   * @param exit what its process exits with
   */
  public RunResults(
      RunInvocation invocation,
      Plan plan,
      StageCatalog catalog,
      ArtifactStore store,
      List<Outcome> outcomes,
      double seconds,
      int exit) {
    this.invocation = invocation;
    this.catalog = catalog;
    this.seconds = seconds;
    this.exit = exit;
    this.plan = plan;
    this.store = store;
    this.outcomes = List.copyOf(outcomes);
    for (Outcome outcome : outcomes) {
      byPoint.put(outcome.point(), outcome);
      if (outcome.artifact() == null) {
        outcome.point().inputs().values().forEach(awaited::addAll);
      }
    }
  }

  RunInvocation invocation() {
    return invocation;
  }

  double seconds() {
    return seconds;
  }

  int exit() {
    return exit;
  }

  Plan plan() {
    return plan;
  }

  /** The stage types that the plan was made with. */
  StageCatalog catalog() {
    return catalog;
  }

  ArtifactStore store() {
    return store;
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  /** The outcomes that have one of these verdicts. */
  public List<Outcome> outcomesOf(Verdict... verdicts) {
    List<Verdict> wanted = List.of(verdicts);
    return outcomes.stream().filter(outcome -> wanted.contains(outcome.verdict())).toList();
  }

  /** The directory of a point's artifact, if it has one. */
  Optional<Path> directory(Point point) {
    return Optional.ofNullable(byPoint.get(point))
        .flatMap(outcome -> Optional.ofNullable(outcome.artifact()))
        .map(store::directory);
  }

  /** How the artifact of a cached point came to be, as far as the store knows. */
  Optional<Provenance> made(Outcome outcome) {
    StageKey key = outcome.key();
    return outcome.verdict() == Verdict.CACHED && key != null
        ? provenance(key.digest())
        : Optional.empty();
  }

  /** How the artifact of a key came to be, as far as the store knows; read once. */
  Optional<Provenance> provenance(Digest key) {
    return provenances.computeIfAbsent(key, store::provenance);
  }

  /**
   * What a point's artifact is worth: as the recipe says, but nothing is scratch while a point that
   * reads it has no artifact.
   */
  KeepClass keep(Point point) {
    KeepClass asked = KeepClass.of(point.keep().name().toLowerCase(Locale.ROOT));
    return asked == KeepClass.SCRATCH && awaited.contains(point) ? KeepClass.INTERMEDIATE : asked;
  }

  /** Whether there is a file of metrics, unchecked: checking hashes the whole artifact. */
  boolean hasMetrics(Point point) {
    return directory(point).filter(d -> Files.isRegularFile(d.resolve(Metrics.FILE))).isPresent();
  }

  Optional<Metrics> metrics(Point point) {
    return Optional.ofNullable(byPoint.get(point))
        .flatMap(outcome -> Optional.ofNullable(outcome.artifact()))
        .flatMap(artifact -> metrics.computeIfAbsent(artifact, a -> Metrics.of(store.verified(a))));
  }

  String whyMissing(Point point) {
    Outcome outcome = byPoint.get(point);
    if (outcome == null) {
      return point.name() + " was not asked for";
    }
    return outcome.verdict().hasArtifact()
        ? point.name() + " wrote no " + Metrics.FILE
        : point.name() + " " + outcome.verdict();
  }

  /** The recipe's claims, judged by the numbers of these tables. */
  public List<JudgedClaim> claims(List<FilledTable> tables) {
    ClaimJudge judge = new ClaimJudge(tables);
    return plan.claims().stream().map(judge::judge).toList();
  }

  /** The tables of the recipe that this run fills. */
  public List<FilledTable> tables() {
    return plan.tables().stream().map(table -> FilledTable.of(table, this)).toList();
  }
}
