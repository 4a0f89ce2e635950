package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.Map;

/**
 * How a table is drawn: a panel a column, a line or a group of dots for each set of rows.
 *
 * @param x the dimension whose labels are along the axis; rows without it, and without a place in
 *     {@code at}, are level lines
 * @param label of the axis
 * @param lines name to the labels of its rows, as the table writes them, braces and all
 * @param columns labels of the columns that are drawn
 * @param at where a row stands that does not have the dimension: row label to place
 */
public record Plot(
    String x,
    String label,
    Map<String, List<String>> lines,
    List<String> columns,
    Map<String, String> at) {}
