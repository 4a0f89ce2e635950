/**
 * A run with all that it needs, in one file that is checked to the last byte when it is read.
 *
 * <p>A bundle is a tar file compressed by Zstandard. Its first entry, {@code MANIFEST}, is the text
 * of a {@link org.amalgam.artifacts.Manifest} of all others; these follow in its order, and are
 * plain files with nothing else:
 *
 * <pre>
 * artifacts/&lt;digest&gt;/manifest   as in a store
 * artifacts/&lt;digest&gt;/files/...
 * keys/&lt;key&gt;.json             the index entry
 * logs/&lt;key&gt;.log
 * provenance/&lt;key&gt;.json
 * runs/&lt;run&gt;/...              the run's folder with its report and its recipe
 * </pre>
 */
@NullMarked
package org.amalgam.runner.bundle;

import org.jspecify.annotations.NullMarked;
