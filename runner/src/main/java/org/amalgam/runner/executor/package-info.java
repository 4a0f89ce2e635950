/**
 * Where stages compute: in this process or in child processes, from the same self-contained job.
 *
 * <p>Start at {@link org.amalgam.runner.executor.Executor}. An executor never publishes: it fills a
 * workspace, and whoever holds the key's lease publishes it.
 */
@NullMarked
package org.amalgam.runner.executor;

import org.jspecify.annotations.NullMarked;
