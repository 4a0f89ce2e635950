package org.amalgam.artifacts;

import java.util.Map;

/**
 * A line of the stage-key index: what was computed under a key, and from which parts the key is.
 *
 * @param key the stage key
 * @param artifact the artifact that the stage made
 * @param parts the named parts of the key, canonical JSON values
 */
public record KeyEntry(Digest key, Digest artifact, Map<String, Object> parts) {}
