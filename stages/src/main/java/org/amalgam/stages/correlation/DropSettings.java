package org.amalgam.stages.correlation;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.jspecify.annotations.Nullable;

/** What falls, and what is told beside it. */
public record DropSettings(
    @Doc("The metrics before merging.") @Port("metrics") Input before,
    @Doc("The metrics after merging.") @Port("metrics") Input after,
    @Doc("Other metrics of the same point, taken over as they are.") @Port("metrics")
        @Nullable Input beside,
    @Doc("Dotted path of the metric that falls.") @Default("mean") String metric) {}
