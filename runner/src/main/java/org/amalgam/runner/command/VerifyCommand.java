package org.amalgam.runner.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
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
    surroundings.err().println(defects.size() + " defects; running a recipe again mends them");
    return ExitCode.STORE.code();
  }
}
