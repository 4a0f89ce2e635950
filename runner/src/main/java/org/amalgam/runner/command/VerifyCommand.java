package org.amalgam.runner.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.StoreException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code amalgam verify}. */
@Command(
    name = "verify",
    description = "Hashes every artifact of the store again and names what is damaged.",
    footerHeading = "%nExamples:%n",
    footer = "  amalgam verify --store .amalgam/store")
final class VerifyCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  VerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ArtifactStore store = storeOptions.open(surroundings);
    List<String> defects = store.verify();
    if (defects.isEmpty()) {
      surroundings.out().println(store.entries().size() + " entries, all sound");
      return ExitCode.OK.code();
    }
    defects.forEach(surroundings.err()::println);
    for (Digest artifact : store.artifacts()) {
      quarantine(store, artifact);
    }
    surroundings
        .err()
        .println(
            (defects.size() == 1 ? "1 defect" : defects.size() + " defects")
                + "; corrupt artifacts are moved aside, running a recipe again mends them");
    return ExitCode.STORE.code();
  }

  /** Reading a corrupt artifact moves it out of the way. */
  private static void quarantine(ArtifactStore store, Digest artifact) {
    try {
      store.verified(artifact);
    } catch (StoreException e) {
      // Already told as a defect.
    }
  }
}
