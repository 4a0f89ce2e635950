package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.conversion.Conversion;
import org.amalgam.stages.conversion.ConversionReport;
import org.amalgam.stages.tensor.TensorInfo;

/** What {@code amalgam convert} prints. */
record ConversionText(PrintStream out, OutputFormat format) {
  /** What each tensor would be made of, and what is left over. */
  void plan(Conversion conversion) throws IOException {
    if (format == OutputFormat.json) {
      List<Object> rows = new ArrayList<>();
      for (String name : conversion.names()) {
        TensorInfo info = conversion.info(name);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("dtype", info.dtype().name());
        row.put("shape", Arrays.stream(info.shape()).boxed().toList());
        row.put("action", conversion.how(name));
        row.put("from", conversion.sources(name));
        rows.add(row);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("tensors", rows);
      json.putAll(leftOver(conversion));
      out.print(RunJson.text(json));
      return;
    }
    int width = conversion.names().stream().mapToInt(String::length).max().orElse(0);
    for (String name : conversion.names()) {
      List<String> sources = conversion.sources(name);
      out.printf(
          "%-" + width + "s  %-9s  %s%s%n",
          name,
          conversion.how(name),
          conversion.info(name),
          sources.isEmpty()
              ? ""
              : " from "
                  + sources.get(0)
                  + (sources.size() > 1 ? " and " + (sources.size() - 1) + " more" : ""));
    }
    leftOverLines(conversion);
  }

  /** What was done. */
  void done(Conversion conversion, Path file) throws IOException {
    if (format == OutputFormat.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("output", file.toString());
      json.put("tensors", conversion.names().size());
      json.putAll(leftOver(conversion));
      out.print(RunJson.text(json));
      return;
    }
    leftOverLines(conversion);
    out.println(file + " is written");
  }

  private static Map<String, Object> leftOver(Conversion conversion) {
    ConversionReport report = conversion.report();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dropped", report.dropped());
    json.put("unmatched", report.unmatched());
    json.put("unplaced", report.unplaced());
    json.put("unfilled", report.unfilled());
    json.put("passed_over", conversion.skipped());
    return json;
  }

  private void leftOverLines(Conversion conversion) {
    ConversionReport report = conversion.report();
    List<String> lines = new ArrayList<>();
    report
        .dropped()
        .forEach((name, why) -> lines.add("dropped: " + name + (why.isEmpty() ? "" : ", " + why)));
    report.unmatched().forEach(name -> lines.add("no rule takes: " + name));
    report.unplaced().forEach((name, to) -> lines.add("not in this model: " + to + ", of " + name));
    report.unfilled().forEach(name -> lines.add("not in the file, left to be drawn: " + name));
    SortedMap<String, Integer> folded = new TreeMap<>();
    lines.forEach(line -> folded.merge(line.replaceAll("\\.\\d+\\.", ".{i}."), 1, Integer::sum));
    folded.forEach((line, count) -> out.println(line + (count > 1 ? " (" + count + ")" : "")));
    out.printf(
        "%d tensors made; of the file %d dropped, %d without a rule, %d not in this model;"
            + " of the model %d left to be drawn%n",
        conversion.names().size(),
        report.dropped().size(),
        report.unmatched().size(),
        report.unplaced().size(),
        report.unfilled().size());
  }
}
