package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Defect;
import org.amalgam.artifacts.Repair;
import org.amalgam.runner.progress.ByteProgress;
import org.amalgam.runner.progress.Terminal;
import org.amalgam.runner.report.RunJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam verify}. */
@Command(
    name = "verify",
    description = {
      "Hashes every artifact of the store again and names what is damaged. Damaged artifacts are"
          + " mended from the shared store where one is set and has them; the others are moved to"
          + " quarantine/, and the next run of their recipe computes them again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam verify",
      "  amalgam verify --dry-run                   only look",
      "  AMALGAM_SHARED_STORE=/lab/store amalgam verify"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "files that are hashed side by side; one a core")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--dry-run", description = "change nothing")
  private boolean dryRun;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  VerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (threads < 1) {
      throw storeOptions.misuse("--threads must be at least 1, is " + threads);
    }
    ArtifactStore store = storeOptions.open(surroundings);
    List<Defect> defects;
    try (ByteProgress progress =
        new ByteProgress(
            "hashed", surroundings.err(), Terminal.of(surroundings.environment()).present())) {
      defects = store.verify(threads, progress::at);
    }
    boolean mends = !dryRun && store.obstacle().isEmpty();
    List<Repair> repairs = new ArrayList<>();
    for (Defect defect : defects) {
      repairs.add(mends ? store.repair(defect) : new Repair(defect, false, "left as it is"));
    }
    long unmended = repairs.stream().filter(repair -> !repair.mended()).count();
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(store, repairs)));
    } else {
      print(store, repairs, unmended);
    }
    return (unmended == 0 ? ExitCode.OK : ExitCode.STORE).code();
  }

  private void print(ArtifactStore store, List<Repair> repairs, long unmended) {
    for (Repair repair : repairs) {
      surroundings.err().println(repair.defect().message());
      surroundings.err().println("  " + repair.told());
    }
    String entries = store.entries().size() + " entries";
    if (repairs.isEmpty()) {
      surroundings.out().println(entries + ", all sound");
    } else {
      surroundings
          .err()
          .println(
              (repairs.size() == 1 ? "1 defect" : repairs.size() + " defects")
                  + ", "
                  + (repairs.size() - unmended)
                  + " mended"
                  + (unmended == 0 ? "" : "; running the recipes again computes what is missing"));
    }
  }

  private static Map<String, Object> json(ArtifactStore store, List<Repair> repairs) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("store", store.root().toString());
    json.put("entries", store.entries().size());
    List<Map<String, Object>> defects = new ArrayList<>();
    for (Repair repair : repairs) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("kind", repair.defect().kind().name().toLowerCase(Locale.ROOT));
      one.put("message", repair.defect().message());
      one.put("mended", repair.mended());
      one.put("told", repair.told());
      defects.add(one);
    }
    json.put("defects", defects);
    return json;
  }
}
