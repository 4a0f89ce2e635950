package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.Map;

/**
 * A table with the places that its own mistakes are reported at.
 *
 * @param place of its name
 * @param rows one for each row of the table
 * @param columns one for each column, where its stage is named
 * @param printed row label to where its printed values begin
 * @param problems mistakes in the entry: they matter only if the table is needed
 */
public record TableEntry(
    Table table,
    Place place,
    List<Place> rows,
    List<Place> columns,
    Map<String, Place> printed,
    List<Problem> problems) {}
