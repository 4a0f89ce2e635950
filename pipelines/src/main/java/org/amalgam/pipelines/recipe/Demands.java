package org.amalgam.pipelines.recipe;

import java.time.Duration;
import org.amalgam.pipelines.stage.Keep;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's entry asks of the runner; null where it does not say. None of it is in a key.
 *
 * @param gpus whole devices, at least 0
 * @param memoryBytes of the host, at least 1
 * @param threads at least 1
 * @param retries attempts after the first, at least 0
 * @param timeout of one attempt, at least a second
 */
public record Demands(
    @Nullable Integer gpus,
    @Nullable Long memoryBytes,
    @Nullable Integer threads,
    @Nullable Integer retries,
    @Nullable Duration timeout,
    @Nullable Keep keep) {
  public static final Demands NONE = new Demands(null, null, null, null, null, null);
}
