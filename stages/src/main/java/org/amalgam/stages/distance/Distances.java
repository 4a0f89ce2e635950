package org.amalgam.stages.distance;

/**
 * The four distances of paper section 6.3 between weight vectors x and y, sums in f64.
 *
 * @param elements length L of each vector
 * @param l2 Euclidean distance, at least 0
 * @param cosine 1 - cos(x, y), from 0 to 2; 0 if both are zero, 1 if only one is
 * @param ssd soft sign dissimilarity {@code 1 - mean |x + y| / (|x| + |y|)}, from 0 to 1. Positions
 *     where both are zero have no sign and are left out
 * @param tssd the same after the elements of smallest magnitude were zeroed in each vector
 * @param kept positions that count in {@code tssd}
 */
public record Distances(
    long elements, double l2, double cosine, double ssd, double tssd, long kept) {}
