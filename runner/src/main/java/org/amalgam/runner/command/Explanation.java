package org.amalgam.runner.command;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.schedule.KeyDifference.Past;

/** Where an artifact comes from, for people. */
final class Explanation {
  private final PrintStream out;
  private final Map<Digest, Past> byArtifact;

  Explanation(PrintStream out, Map<Digest, Past> byArtifact) {
    this.out = out;
    this.byArtifact = byArtifact;
  }

  void print(Past past, List<Past> ofSameStage) {
    Provenance made = past.provenance();
    out.println(made.stage() + " (" + made.uses() + ")");
    line("artifact", past.entry().artifact().hex());
    line("key", past.entry().key().hex());
    line("made", made.started() + " in " + Elapsed.text(made.seconds()));
    line("by recipe", made.recipe() + " (digest " + made.recipeDigest().substring(0, 12) + ")");
    line("on", made.host());
    line("with", "Java " + made.java() + ", engine " + made.engine());
    out.println("  key parts");
    past.entry().parts().forEach(this::part);
    Optional<KeyDifference> difference =
        KeyDifference.nearest(past.entry().key(), past.entry().parts(), made.stage(), ofSameStage);
    difference.ifPresent(
        d -> {
          out.println("  first difference to the nearest other artifact of this stage");
          out.println("    " + d);
          out.println("    that one has key " + d.earlier().key().abbreviated());
        });
    if (!made.inputs().isEmpty()) {
      out.println("  made from");
      inputs(made, "    ", new HashSet<>());
    }
    out.println();
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

  private static String json(Object value) {
    return value instanceof String text ? text : CanonicalJson.write(value);
  }

  /** Each artifact is followed once, so that a shared ancestor does not repeat its tree. */
  private void inputs(Provenance of, String indent, Set<String> shown) {
    of.inputs()
        .forEach(
            (port, hex) -> {
              Past from = Digest.isHex(hex) ? byArtifact.get(new Digest(hex)) : null;
              String name = from == null ? "not in this store" : from.provenance().stage();
              String again = shown.add(hex) ? "" : " (see above)";
              String digest = Digest.isHex(hex) ? new Digest(hex).abbreviated() : hex;
              out.println(indent + port + ": " + name + " " + digest + again);
              if (from != null && again.isEmpty()) {
                inputs(from.provenance(), indent + "  ", shown);
              }
            });
  }
}
