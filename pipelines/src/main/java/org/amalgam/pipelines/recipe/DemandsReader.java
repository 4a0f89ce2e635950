package org.amalgam.pipelines.recipe;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Keep;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code resources}, {@code retries}, {@code timeout} and {@code keep} of a stage's entry.
 */
public final class DemandsReader {
  /** The keys of {@code resources}. */
  static final List<String> RESOURCES = List.of("gpus", "memory", "threads");

  /** The names of {@code keep}. */
  public static final List<String> KEEP =
      Stream.of(Keep.values()).map(keep -> keep.name().toLowerCase(Locale.ROOT)).toList();

  /** A regular expression for JSON Schema: {@code 4 GiB}, {@code 500MB}. */
  public static final String MEMORY = "^[0-9]+(\\.[0-9]+)? *([KMGT]i?)?B$";

  /** A regular expression for JSON Schema: {@code 90m}, {@code 1h 30m}. */
  public static final String DURATION = "^([0-9]+(\\.[0-9]+)? *[dhms] *)+$";

  public static final int MOST_GPUS = 1024;
  public static final int MOST_THREADS = 4096;
  public static final int MOST_RETRIES = 100;

  private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) *(?:([KMGT])(i?))?B");
  private static final Pattern TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?) *([dhms]) *");
  private static final Map<String, Duration> UNITS = units();
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final BigDecimal MOST_MEMORY = BigDecimal.valueOf(1L << 50);

  private final Expected expected;
  private final List<Problem> problems;

  DemandsReader(List<Problem> problems) {
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  private static Map<String, Duration> units() {
    Map<String, Duration> units = new LinkedHashMap<>();
    units.put("d", Duration.ofDays(1));
    units.put("h", Duration.ofHours(1));
    units.put("m", Duration.ofMinutes(1));
    units.put("s", Duration.ofSeconds(1));
    return units;
  }

  /**
   * @param settings all entries of a stage, with variables replaced
   */
  Demands read(Map<String, Value.Entry> settings) {
    Value.Entries resources = null;
    Value given = value(settings, "resources");
    if (given != null) {
      resources = expected.mapping("resources", given);
    }
    if (resources != null) {
      expected.keys("resources", resources, RESOURCES);
    }
    Map<String, Value.Entry> asked = resources == null ? Map.of() : resources.entries();
    Integer gpus = whole(asked, "gpus", 0, MOST_GPUS);
    Long memory = memory(value(asked, "memory"));
    Integer threads = whole(asked, "threads", 1, MOST_THREADS);
    Integer retries = whole(settings, "retries", 0, MOST_RETRIES);
    Duration timeout = timeout(value(settings, "timeout"));
    Value written = value(settings, "keep");
    String keep = written == null ? null : expected.word("keep", written, KEEP);
    return new Demands(
        gpus,
        memory,
        threads,
        retries,
        timeout,
        keep == null || !KEEP.contains(keep) ? null : Keep.valueOf(keep.toUpperCase(Locale.ROOT)));
  }

  private static @Nullable Value value(Map<String, Value.Entry> entries, String key) {
    Value.Entry entry = entries.get(key);
    if (entry == null || (entry.value() instanceof Value.Scalar scalar && scalar.value() == null)) {
      return null;
    }
    return entry.value();
  }

  private @Nullable Integer whole(
      Map<String, Value.Entry> entries, String key, int least, int most) {
    Value value = value(entries, key);
    Long number = value == null ? null : expected.whole(key, value, least, most);
    return number == null ? null : number.intValue();
  }

  private @Nullable Long memory(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    Matcher size = SIZE.matcher(text(value));
    BigDecimal bytes = BigDecimal.ZERO;
    if (size.matches()) {
      bytes = new BigDecimal(size.group(1));
      String unit = size.group(2) == null ? "" : size.group(2);
      long step = "i".equals(size.group(3)) ? 1024 : 1000;
      for (int i = 0; i <= "KMGT".indexOf(unit) && !unit.isEmpty(); i++) {
        bytes = bytes.multiply(BigDecimal.valueOf(step));
      }
    }
    if (bytes.compareTo(BigDecimal.ONE) >= 0 && bytes.compareTo(MOST_MEMORY) <= 0) {
      return bytes.longValue();
    }
    wrong("memory", "a size of at most 1024 TiB", value, "write a number and a unit, as in 4GiB");
    return null;
  }

  private @Nullable Duration timeout(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    String text = text(value);
    Matcher part = TIME.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length() && part.find(end) && part.start() == end) {
      Duration unit = UNITS.getOrDefault(part.group(2), Duration.ZERO);
      BigDecimal seconds =
          new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit.toSeconds()));
      sum = sum.plusMillis(seconds.movePointRight(3).longValue());
      end = part.end();
    }
    boolean sound = end > 0 && end == text.length();
    if (sound && sum.compareTo(LONGEST) <= 0 && sum.compareTo(Duration.ofSeconds(1)) >= 0) {
      return sum;
    }
    wrong(
        "timeout",
        "a time from 1s to 366d",
        value,
        "write numbers with d, h, m or s, as in 90m or 1h 30m");
    return null;
  }

  private static String text(Value value) {
    return value instanceof Value.Scalar scalar && scalar.value() instanceof String text
        ? text.strip()
        : "";
  }

  private void wrong(String what, String wanted, Value value, String fix) {
    if (!(value instanceof Value.Unknown)) {
      problems.add(
          value
              .place()
              .problem(what + ": expected " + wanted + ", found " + value.described(), fix));
    }
  }
}
