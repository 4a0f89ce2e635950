package org.amalgam.runner.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam completion}. */
@Command(
    name = "completion",
    header = "Prints the completion script for bash or zsh.",
    description = {
      "Prints the script by which a shell completes commands and options; file names complete as"
          + " ever. Needs no store and no recipe."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(./amalgam completion bash)                            # now",
      "  ./amalgam completion bash > ~/.local/share/bash-completion/completions/amalgam",
      "  source <(./amalgam completion zsh)                             # in ~/.zshrc"
    })
final class CompletionCommand implements Callable<Integer> {
  /** The shells that picocli's script is for; it finds out by itself which of them runs it. */
  enum Shell {
    bash,
    zsh
  }

  private final Surroundings surroundings;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh")
  @SuppressWarnings("UnusedVariable") // one script is for both
  private @Nullable Shell shell;

  @Spec private @Nullable CommandSpec spec;

  CompletionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    CommandSpec own = spec;
    if (own == null) {
      throw new IllegalStateException("a command runs only after parsing");
    }
    CommandLine whole = own.root().commandLine();
    surroundings.out().print(AutoComplete.bash("amalgam", whole));
    return ExitCode.OK.code();
  }
}
