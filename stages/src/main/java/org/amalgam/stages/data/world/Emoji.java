package org.amalgam.stages.data.world;

import java.util.List;

/**
 * A picture and what people wrote about it.
 *
 * @param cell its place in the artwork
 * @param name the short name of Unicode CLDR
 * @param keywords the keywords of Unicode CLDR
 */
public record Emoji(int cell, String name, List<String> keywords) {}
