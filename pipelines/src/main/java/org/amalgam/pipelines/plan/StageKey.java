package org.amalgam.pipelines.plan;

import java.util.Map;
import org.amalgam.artifacts.Digest;

/**
 * The cache key of a point.
 *
 * @param digest of the canonical JSON of the parts
 * @param parts by name: uses, settings, inputs, externals, seed, environment, code
 */
public record StageKey(Digest digest, Map<String, Object> parts) {}
