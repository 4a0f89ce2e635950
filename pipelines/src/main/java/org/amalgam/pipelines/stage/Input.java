package org.amalgam.pipelines.stage;

import java.nio.file.Path;
import org.amalgam.artifacts.Digest;

/**
 * An input artifact, verified.
 *
 * @param kind what it is, as {@link StageType#produces()}
 * @param directory where its files are; read only
 */
public record Input(String kind, Digest digest, Path directory) {}
