package org.amalgam.runner.command;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.amalgam.artifacts.Adoption;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.report.RunRecord.RunCell;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.schedule.PastRuns;
import org.amalgam.runner.schedule.PastRuns.Nearest;
import org.amalgam.runner.schedule.PastRuns.Past;

/** Where an artifact comes from, for people. */
final class Explanation {
  private final PrintStream out;
  private final PastRuns past;

  Explanation(PrintStream out, PastRuns past) {
    this.out = out;
    this.past = past;
  }

  void print(RunCell cell) {
    String number = cell.mean().isPresent() ? String.valueOf(cell.mean().getAsDouble()) : "missing";
    out.println(cell.name() + " = " + number);
    line("table", cell.table());
    line("metric", cell.metric() + (cell.points().size() > 1 ? ", mean over replicates" : ""));
    line("points", String.join(", ", cell.points()));
    out.println();
  }

  void print(RunStage stage) {
    out.println(stage.point() + " (" + stage.uses() + ") has no artifact: " + stage.verdict());
    line("because", stage.message());
    stage.key().ifPresent(key -> line("key", key.hex()));
    if (stage.key().isPresent() && !stage.keyParts().isEmpty()) {
      keyParts(stage.key().get(), stage.keyParts(), stage.point());
    }
    out.println();
  }

  void print(Past one) {
    Provenance made = one.provenance();
    out.println(made.stage() + " (" + made.uses() + ")");
    line("artifact", one.entry().artifact().hex());
    line("key", one.entry().key().hex());
    line("made", made.started() + " in " + Elapsed.text(made.seconds()));
    Adoption adoption = made.adoption();
    if (adoption != null) {
      line("adopted", adoption.toString());
    }
    line("by recipe", made.recipe() + " (digest " + made.recipeDigest().substring(0, 12) + ")");
    line("on", made.host());
    line("with", "Java " + made.java() + ", engine " + made.engine());
    keyParts(one.entry().key(), one.entry().parts(), made.stage());
    if (!made.inputs().isEmpty()) {
      out.println("  made from");
      inputs(made, "    ", new HashSet<>());
    }
    out.println();
  }

  private void keyParts(Digest key, Map<String, Object> parts, String point) {
    out.println("  key parts");
    parts.forEach(this::part);
    Optional<Nearest> nearest = past.nearest(key, parts, point);
    nearest.ifPresent(
        near -> {
          String other = near.past().provenance().stage();
          out.println("  first difference to the nearest other artifact of this stage");
          out.println("    " + near.difference());
          past.causes(near.difference())
              .forEach(
                  cause -> out.println("    since of " + cause.point() + " " + cause.difference()));
          out.println(
              "    that one is "
                  + other
                  + ", key "
                  + near.past().entry().key().abbreviated()
                  + ", made "
                  + near.past().provenance().started());
        });
  }

  private void line(String name, String value) {
    out.println("  %-10s %s".formatted(name, value));
  }

  private void part(String name, Object value) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((inner, v) -> out.println("    " + name + "." + inner + ": " + json(v)));
    } else {
      out.println("    " + name + ": " + json(value));
    }
  }

  /** Digests are abbreviated; {@code --output json} has them whole. */
  private static String json(Object value) {
    boolean digests =
        value instanceof List<?> list
            && !list.isEmpty()
            && list.stream().allMatch(one -> Digest.isHex(String.valueOf(one)));
    return value instanceof String || digests
        ? KeyDifference.shown(value)
        : CanonicalJson.write(value);
  }

  /** Each artifact is followed once, so that a shared ancestor does not repeat its tree. */
  private void inputs(Provenance of, String indent, Set<String> shown) {
    of.inputs()
        .forEach(
            (port, hex) -> {
              Past from = Digest.isHex(hex) ? past.ofArtifact(new Digest(hex)).orElse(null) : null;
              String digest = Digest.isHex(hex) ? new Digest(hex).abbreviated() : hex;
              if (from == null) {
                out.println(indent + port + ": not in this store " + digest);
              } else if (!shown.add(hex)) {
                out.println(
                    indent
                        + port
                        + ": "
                        + from.provenance().stage()
                        + " "
                        + digest
                        + " (see above)");
              } else {
                out.println(indent + port + ": " + ancestor(from, digest));
                inputs(from.provenance(), indent + "  ", shown);
              }
            });
  }

  /** {@code world 1f2e3d4c5b6a (corpus, code 0a1b2c3d4e5f, data 9f8e7d6c5b4a)}. */
  private static String ancestor(Past from, String digest) {
    Provenance made = from.provenance();
    StringBuilder text = new StringBuilder(made.stage() + " " + digest + " (" + made.uses());
    if (Digest.isHex(made.code())) {
      text.append(", code ").append(new Digest(made.code()).abbreviated());
    }
    Object data = from.entry().parts().get("externals");
    if (data instanceof List<?> files && !files.isEmpty()) {
      text.append(", data ").append(KeyDifference.shown(files));
    }
    return text.append(")").toString();
  }
}
