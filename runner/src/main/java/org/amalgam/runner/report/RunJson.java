package org.amalgam.runner.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.Adoption;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.amalgam.runner.schedule.Outcome;
import org.jspecify.annotations.Nullable;

/** A run for programs. */
public final class RunJson {
  /** The file's name in a run's folder. */
  public static final String FILE = "run.json";

  /** Without data binding, which takes longer to load than a whole page to write. */
  private static final JsonFactory JSON = new JsonFactory();

  private RunJson() {}

  /** The whole run as JSON text. */
  public static String of(RunResults results, List<FilledTable> tables) {
    Map<String, @Nullable Object> run = new LinkedHashMap<>();
    run.putAll(results.invocation().json(results.plan().recipe()));
    run.put("seconds", results.seconds());
    run.put("exit", results.exit());
    run.put("chance", ChanceLevels.of(results));
    run.put("cost", Costs.facts(results));
    run.put("stages", results.outcomes().stream().map(one -> stage(one, results)).toList());
    run.put("tables", tables.stream().map(RunJson::table).toList());
    run.put("claims", results.claims(tables).stream().map(ClaimsText::json).toList());
    return text(run);
  }

  /** Any maps, lists, texts and numbers as indented JSON. */
  public static String text(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      write(value, json);
    } catch (IOException e) {
      throw new UncheckedIOException("maps and lists can always be written", e);
    }
    return text + "\n";
  }

  private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        write(entry.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        write(item, json);
      }
      json.writeEndArray();
    } else {
      json.writeObject(value);
    }
  }

  private static Map<String, @Nullable Object> stage(Outcome outcome, RunResults results) {
    Map<String, @Nullable Object> stage = new LinkedHashMap<>();
    Point point = outcome.point();
    stage.put("point", point.name());
    stage.put("stage", point.stage());
    stage.put("dimensions", point.dimensions());
    stage.put("uses", point.type().name());
    stage.put("verdict", outcome.verdict().toString());
    stage.put("key", outcome.key() == null ? null : outcome.key().digest().hex());
    Digest artifact = outcome.artifact();
    stage.put("artifact", artifact == null ? null : artifact.hex());
    stage.put("keep", results.keep(point).toString());
    if (artifact == null && outcome.key() != null) {
      // The store's index tells the others.
      stage.put("keyParts", outcome.key().parts());
    }
    Adoption adoption = results.made(outcome).map(Provenance::adoption).orElse(null);
    stage.put("adopted", adoption == null ? null : adoption.toString());
    stage.put("seconds", outcome.seconds());
    stage.put("attempts", outcome.attempts());
    stage.put("message", outcome.message());
    stage.put("log", outcome.log() == null ? null : outcome.log().toString());
    return stage;
  }

  private static Map<String, @Nullable Object> table(FilledTable filled) {
    Map<String, @Nullable Object> table = new LinkedHashMap<>();
    table.put("name", filled.table().name());
    table.put("title", filled.table().title());
    List<Object> cells = new ArrayList<>();
    table.put("printedScale", filled.scale());
    for (int r = 0; r < filled.rows().size(); r++) {
      FilledTable.FilledRow row = filled.rows().get(r);
      for (int c = 0; c < row.cells().size(); c++) {
        FilledCell cell = row.cells().get(c);
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("row", row.label());
        one.put("column", filled.table().columns().get(c).label());
        one.put("metric", filled.table().columns().get(c).metric());
        one.put("values", cell.values());
        one.put("mean", cell.values().isEmpty() ? null : cell.mean());
        one.put("spread", cell.values().size() < 2 ? null : cell.spread());
        Interval interval = cell.values().size() < 2 ? null : Interval.of(cell.values());
        one.put("low", interval == null ? null : interval.low());
        one.put("high", interval == null ? null : interval.high());
        one.put("replicates", cell.replicates());
        one.put("priors", cell.priors());
        one.put("printedInThePaper", cell.printed());
        ColumnOrder order = filled.order(c);
        one.put("rank", order.rank(r) == 0 ? null : (Integer) order.rank(r));
        one.put("printedRank", order.printedRank(r) == 0 ? null : (Integer) order.printedRank(r));
        one.put("order", order.agreement(r).toString());
        one.put("points", cell.points().stream().map(Point::name).toList());
        one.put("missing", cell.missing());
        cells.add(one);
      }
    }
    table.put("cells", cells);
    return table;
  }
}
