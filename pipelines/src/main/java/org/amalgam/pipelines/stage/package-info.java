/**
 * What a stage is: the border between the runner, which schedules, and the stages, which compute.
 *
 * <p>Start at {@link StageType}. Its settings are a record whose components are the keys of a
 * recipe's stage entry; annotations carry documentation, defaults and ranges, so that one record
 * validates, documents and generates the schema.
 */
@NullMarked
package org.amalgam.pipelines.stage;

import org.jspecify.annotations.NullMarked;
