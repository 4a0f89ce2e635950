package org.amalgam.stages.noop;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;

/**
 * The stage {@code noop}: writes {@code note.txt} with its text and, below it, a line with the
 * digest of each input.
 */
public final class NoopStage implements StageType<NoopSettings> {
  @Override
  public String name() {
    return "noop";
  }

  @Override
  public String summary() {
    return "Computes nothing: writes its text and what it read to one small file, for tests and"
        + " benches.";
  }

  @Override
  public Class<NoopSettings> settings() {
    return NoopSettings.class;
  }

  @Override
  public String produces() {
    return "note";
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(NoopSettings settings, StageContext context) throws IOException {
    StringBuilder note = new StringBuilder(settings.text()).append('\n');
    List<Input> inputs = settings.inputs();
    if (inputs != null) {
      inputs.forEach(input -> note.append(input.digest().hex()).append('\n'));
    }
    Files.writeString(context.output().resolve("note.txt"), note);
  }
}
