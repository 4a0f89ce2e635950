package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Claims as text, Markdown, CSV and JSON. */
public final class ClaimsText {
  private ClaimsText() {}

  /** One line a claim with its verdict, the numbers below it; a line of counts at the end. */
  public static String plain(List<JudgedClaim> claims) {
    StringBuilder text = new StringBuilder("Claims (95 % intervals over paired replicates)\n");
    for (JudgedClaim judged : claims) {
      text.append("  %-13s  %s%n".formatted(judged.verdict(), title(judged)));
      for (JudgedClaim.Comparison comparison : judged.comparisons()) {
        text.append("                 ").append(comparison.statement()).append(": ");
        text.append(comparison.evidence()).append('\n');
      }
    }
    return text.append("  ").append(summary(claims)).append('\n').toString();
  }

  /** {@code 13 claims: 9 hold, 1 does not hold, 3 undecided}. */
  public static String summary(List<JudgedClaim> claims) {
    Map<ClaimVerdict, Long> counts =
        claims.stream()
            .collect(
                Collectors.groupingBy(
                    JudgedClaim::verdict,
                    () -> new java.util.EnumMap<>(ClaimVerdict.class),
                    Collectors.counting()));
    List<String> parts = new ArrayList<>();
    counts.forEach((verdict, count) -> parts.add(count + " " + verdict));
    return claims.size()
        + (claims.size() == 1 ? " claim: " : " claims: ")
        + String.join(", ", parts);
  }

  static String title(JudgedClaim judged) {
    String section = judged.claim().section();
    return judged.claim().says() + (section.isEmpty() ? "" : " (" + section + ")");
  }

  /** What the paper's own digits say of it. */
  static String inPrint(@Nullable Boolean holds) {
    return holds == null ? "" : holds ? "holds" : "does not hold";
  }

  static String markdown(List<JudgedClaim> claims) {
    if (claims.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("## Claims\n\n");
    text.append(summary(claims)).append(". Differences are means over paired replicates with ");
    text.append("95 % intervals by Student's t; the paper's are in its own unit and scale.\n\n");
    text.append("| claim | verdict | in print | numbers |\n|:--|:--|:--|:--|\n");
    for (JudgedClaim judged : claims) {
      String evidence =
          judged.comparisons().stream()
              .map(c -> c.statement() + ": " + c.evidence())
              .collect(Collectors.joining("<br>"));
      text.append("| ").append(escaped(title(judged)));
      text.append(" | ").append(judged.verdict());
      text.append(" | ").append(inPrint(judged.holdsInPrint()));
      text.append(" | ").append(escaped(evidence)).append(" |\n");
    }
    return text.append('\n').toString();
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  static String csv(List<JudgedClaim> claims) {
    StringBuilder text =
        new StringBuilder(
            "claim,verdict,first,relation,second,margin,replicates,mean,low,high,"
                + "comparison verdict,printed difference,holds in print\r\n");
    for (JudgedClaim judged : claims) {
      for (JudgedClaim.Comparison one : judged.comparisons()) {
        Interval interval = one.interval();
        text.append(
            TablesCsv.line(
                List.of(
                    judged.claim().name(),
                    judged.verdict().toString(),
                    one.first(),
                    one.isAbove() ? "above" : "level with",
                    one.second(),
                    Double.toString(one.margin()),
                    Integer.toString(one.differences().size()),
                    TablesCsv.number(interval == null ? null : interval.mean()),
                    TablesCsv.number(Interval.low(interval)),
                    TablesCsv.number(Interval.high(interval)),
                    one.verdict().toString(),
                    TablesCsv.number(one.printed()),
                    inPrint(one.holdsInPrint()))));
      }
    }
    return text.toString();
  }

  static Map<String, @Nullable Object> json(JudgedClaim judged) {
    Map<String, @Nullable Object> claim = new LinkedHashMap<>();
    claim.put("name", judged.claim().name());
    claim.put("says", judged.claim().says());
    claim.put("section", judged.claim().section());
    claim.put("verdict", judged.verdict().toString());
    claim.put("holdsInPrint", judged.holdsInPrint());
    List<Object> comparisons = new ArrayList<>();
    for (JudgedClaim.Comparison one : judged.comparisons()) {
      Map<String, @Nullable Object> comparison = new LinkedHashMap<>();
      Interval interval = one.interval();
      comparison.put("first", one.first());
      comparison.put("relation", one.isAbove() ? "above" : "level with");
      comparison.put("second", one.second());
      comparison.put("margin", one.margin());
      comparison.put("differences", one.differences());
      comparison.put("mean", interval == null ? null : interval.mean());
      comparison.put("low", Interval.low(interval));
      comparison.put("high", Interval.high(interval));
      comparison.put("verdict", one.verdict().toString());
      comparison.put("printedDifference", one.printed());
      comparison.put("missing", one.missing());
      comparisons.add(comparison);
    }
    claim.put("comparisons", comparisons);
    return claim;
  }
}
