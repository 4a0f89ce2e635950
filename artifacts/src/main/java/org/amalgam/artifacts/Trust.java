package org.amalgam.artifacts;

/**
 * What a store's user believes.
 *
 * @param foreign whether results are believed that were not computed into this store, but came from
 *     a shared store or a bundle; where they are not, looking for their keys finds nothing, and
 *     they are computed here
 * @param unchanged whether an artifact whose files have not been touched since they were last
 *     hashed (sizes, times of change, inodes) is taken for sound; where it is not, every process
 *     hashes what it reads
 */
public record Trust(boolean foreign, boolean unchanged) {
  /** Everything that is in the store. */
  public static final Trust ALL = new Trust(true, true);
}
