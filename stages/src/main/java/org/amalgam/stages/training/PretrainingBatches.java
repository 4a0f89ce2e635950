package org.amalgam.stages.training;

import org.amalgam.stages.data.image.Augmentation;

/**
 * What the pre-training losses are computed on, and how they are weighed.
 *
 * @param batch pairs of a step
 * @param parts into how many equal parts a step's pairs are cut
 * @param masking how words are chosen to be hidden
 * @param maskShare share of a text's pieces that masked language modelling hides
 * @param mlmWeight weight of masked language modelling in the sum
 * @param negatives how image-text matching finds wrong partners
 * @param pass which order of the data
 * @param augmentation how images are changed at random
 */
record PretrainingBatches(
    int batch,
    int parts,
    MaskedWords masking,
    double maskShare,
    double mlmWeight,
    Negatives negatives,
    int pass,
    Augmentation augmentation) {}
