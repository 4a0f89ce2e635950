package org.amalgam.runner.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Pin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code amalgam unpin}. */
@Command(
    name = "unpin",
    description = "Takes a pin away; amalgam gc may then delete what it held.",
    footerHeading = "%nExamples:%n",
    footer = "  amalgam unpin paper")
final class UnpinCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(paramLabel = "PIN", description = "its name, as amalgam pin lists it")
  private String name = "";

  UnpinCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ArtifactStore store = storeOptions.open(surroundings);
    List<Pin> pins = store.pins().all();
    for (Pin pin : pins) {
      if (pin.name().equals(name) && store.pins().remove(pin)) {
        surroundings.out().println("unpinned " + name);
        return ExitCode.OK.code();
      }
    }
    throw storeOptions.misuse(
        "there is no pin "
            + name
            + (pins.isEmpty()
                ? ", and no other"
                : "; there are " + String.join(", ", pins.stream().map(Pin::name).toList())));
  }
}
