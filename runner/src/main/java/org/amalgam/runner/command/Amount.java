package org.amalgam.runner.command;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and times as users write them: {@code 20G}, {@code 30d}. */
final class Amount {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})([A-Za-z]*)");
  private static final Map<String, Long> SIZES =
      Map.of("", 1L, "k", 1_000L, "M", 1_000_000L, "G", 1_000_000_000L, "T", 1_000_000_000_000L);
  private static final Map<String, Long> SECONDS =
      Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L, "w", 604_800L);

  private Amount() {}

  /** Bytes, with a decimal unit. */
  static final class Size implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return read(text, SIZES, "a size such as 500M, 20G or 1T");
    }
  }

  /** A time with a unit; 0 needs none. */
  static final class Age implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return text.equals("0")
          ? Duration.ZERO
          : Duration.ofSeconds(read(text, SECONDS, "an age such as 12h, 30d or 0"));
    }
  }

  private static long read(String text, Map<String, Long> units, String expected) {
    Matcher matcher = WRITTEN.matcher(text);
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new TypeConversionException("is " + text + ", must be " + expected);
    }
    return Long.parseLong(matcher.group(1)) * unit;
  }
}
