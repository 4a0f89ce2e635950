package org.amalgam.artifacts;

import java.util.Map;

/**
 * How an artifact came to be; kept beside the key index, outside every digest, since it holds
 * times.
 *
 * @param stage the point's name, {@code merged[alpha=0.75]}
 * @param uses the stage type
 * @param recipe the recipe's name
 * @param recipeDigest the digest of the resolved recipe
 * @param settings the settings as given to the stage
 * @param inputs port name to artifact digest (hex); a list port has {@code name[0]}, {@code
 *     name[1]}
 * @param code the fingerprint of the computing code (hex)
 * @param engine engine name and native version, or "none"
 * @param java vendor and version of the Java runtime
 * @param host the host's class: operating system, architecture, processor model, cores
 * @param started ISO-8601 instant
 * @param seconds wall seconds
 * @param cpuSeconds CPU seconds of the stage's own thread, or -1 where unknown
 */
public record Provenance(
    String stage,
    String uses,
    String recipe,
    String recipeDigest,
    Map<String, Object> settings,
    Map<String, String> inputs,
    long seed,
    String code,
    String engine,
    String java,
    String host,
    String started,
    double seconds,
    double cpuSeconds) {}
