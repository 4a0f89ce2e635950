/**
 * The sprite world: real icon artwork (Noto Emoji) composed into scenes by a seeded generator, with
 * captions and questions whose truth is known exactly.
 *
 * <p>{@link World} holds the artwork and its nouns; {@link SceneSampler} draws {@link Composition}s
 * (what is there and where it was taken) and lays them out as {@link Scene}s; {@link ScenePainter}
 * makes pixels of them, in integers only, so that every machine gives the same; {@link Captions}
 * and {@link Questions} say in words what is in them.
 */
@NullMarked
package org.amalgam.stages.data.world;

import org.jspecify.annotations.NullMarked;
