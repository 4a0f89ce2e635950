package org.amalgam.artifacts;

/**
 * What became of a defect.
 *
 * @param mended whether the store is now as if there had been none
 * @param told one line: what was done, and what comes next
 */
public record Repair(Defect defect, boolean mended, String told) {}
