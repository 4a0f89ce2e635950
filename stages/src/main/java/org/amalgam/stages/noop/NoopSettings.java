package org.amalgam.stages.noop;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.jspecify.annotations.Nullable;

/** The settings of {@code noop}. */
record NoopSettings(
    @Doc("What it writes.") @Default("") String text,
    @Doc("Artifacts of any kind, to wait for.") @Nullable List<Input> inputs) {}
