package org.amalgam.stages.alignment;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;

/** What a recipe says about alignment. */
public record AlignSettings(
    @Doc("The modality-specific model.") @Port("weights") Input model,
    @Doc("The expert that stays as it is.") @Default("v") Reference reference,
    @Doc("Whether heads are aligned too, below the cross-modal layers; or hidden units only.")
        @Default("true")
        boolean heads) {
  /** The experts that every layer has. */
  public enum Reference {
    V,
    L;

    /** The expert's part of a tensor name. */
    public String expert() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
