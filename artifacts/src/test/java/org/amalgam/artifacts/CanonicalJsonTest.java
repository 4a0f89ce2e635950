package org.amalgam.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
  @Test
  void aValueHasOneSpellingWhateverTheOrderOfItsMaps() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("steps", 600);
    one.put("alpha", 0.75);
    one.put("task", List.of("vqa", true));
    Map<String, Object> other = new HashMap<>();
    other.put("task", List.of("vqa", true));
    other.put("alpha", 0.75);
    other.put("steps", 600L);

    assertThat(CanonicalJson.write(one))
        .isEqualTo("{\"alpha\":0.75,\"steps\":600,\"task\":[\"vqa\",true]}")
        .isEqualTo(CanonicalJson.write(other));
  }

  @Test
  void keysAreSortedByUtf16CodeUnitAsInRfc8785() {
    // The example of RFC 8785, section 3.2.3.
    Map<String, Object> map = new HashMap<>();
    map.put("\u20ac", "Euro Sign");
    map.put("\r", "Carriage Return");
    map.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
    map.put("1", "One");
    map.put("\ud83d\ude00", "Emoji: Grinning Face");
    map.put("\u0080", "Control");
    map.put("\u00f6", "Latin Small Letter O With Diaeresis");

    assertThat(((Map<?, ?>) CanonicalJson.parse(CanonicalJson.write(map))).values().toArray())
        .containsExactly(
            "Carriage Return",
            "One",
            "Control",
            "Latin Small Letter O With Diaeresis",
            "Euro Sign",
            "Emoji: Grinning Face",
            "Hebrew Letter Dalet With Dagesh");
  }

  @Test
  void textIsEscapedOnlyWhereJsonDemandsIt() {
    assertThat(CanonicalJson.write("\u20ac$\u000f\nA'B\"\\\\\"/\u007f\u2028\ud83d\ude00"))
        .isEqualTo("\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u007f\u2028\ud83d\ude00\"");
  }

  /** Mostly RFC 8785, appendix B, with our point for whole numbers. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0.0",
    "8000000000000000, 0.0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992.0",
    "c340000000000000, -9007199254740992.0",
    "4430000000000000, 295147905179352830000.0",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000.0",
    "444b1ae4d6e2ef4f, 999999999999999900000.0",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
    "3ff0000000000000, 1.0",
    "3fe8000000000000, 0.75",
    "3f847ae147ae147b, 0.01",
    "3d30000000000000, 5.684341886080802e-14"
  })
  void aDoubleIsTheShortestDecimalThatReadsBack(String bits, String spelling) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

    assertThat(CanonicalJson.write(value)).isEqualTo(spelling);
    assertThat((Double) CanonicalJson.parse(spelling)).isEqualTo(value + 0.0);
  }

  @Test
  void noShorterDecimalThanTheOneWrittenReadsBack() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 3000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (!Double.isFinite(value)) {
        continue;
      }
      String text = CanonicalJson.write(value);
      assertThat(Double.parseDouble(text)).isEqualTo(value);
      // The naive oracle: C's %.{n}e for every n, which rounds correctly.
      int digits = text.replaceAll("e.*|[-.]", "").replaceAll("^0+|0+$", "").length();
      if (digits > 1) {
        String shorter =
            String.format(Locale.ROOT, "%." + (digits - 2) + "e", new BigDecimal(value));
        assertThat(Double.parseDouble(shorter)).as(text).isNotEqualTo(value);
      }
    }
  }

  @Test
  void aWholeDoubleIsNotTheSameValueAsTheInteger() {
    assertThat(CanonicalJson.write(List.of(1, 1L, 1.0))).isEqualTo("[1,1,1.0]");
    assertThat(CanonicalJson.parse("[1,1.0,1e0]")).isEqualTo(List.of(1L, 1.0, 1.0));
  }

  @Test
  void writingAgainWhatWasReadGivesTheSameTextInEveryLocale() {
    Locale before = Locale.getDefault();
    String text =
        "{\"I\":[9223372036854775807,-9223372036854775808,1234567.125,1e-7,null,false],"
            + "\"i\":{\"\":\"\u0131\u0130\"}}";
    try {
      for (String tag : List.of("en-US", "tr-TR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "de-DE")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertThat(CanonicalJson.write(CanonicalJson.parse(text))).as(tag).isEqualTo(text);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void thePrettyTextIsTheSameValueOnIndentedLines() {
    String text = "{\"b\":[1,{}],\"a\":\"x\",\"c\":[]}";

    assertThat(CanonicalJson.writePretty(CanonicalJson.parse(text)))
        .isEqualTo("{\n  \"a\": \"x\",\n  \"b\": [\n    1,\n    {}\n  ],\n  \"c\": []\n}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "nul",
        "{",
        "[1,]",
        "[1 2]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "1e999",
        "9223372036854775808",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u\u0661234\"",
        "\"\t\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "1 1",
        "[1] x",
        "{\"a\":1,\"a\":2}",
        "\ufeff1",
        "'a'",
        "// no\n1",
        "\u0661"
      })
  void whatIsNoJsonIsRefusedWithTheOffset(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.parse(text))
        .withMessageMatching("(?s)not JSON at offset \\d+: .+");
  }

  @Test
  void theOffsetIsThatOfTheMistake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.parse("{\"a\": [1, 2 3]}"))
        .withMessage("not JSON at offset 12: expected ',' or ']' but found '3'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.parse("{\"a\": 1, \"a\": 2}"))
        .withMessage("not JSON at offset 9: the key \"a\" is there twice");
  }

  @Test
  void nestingIsLimitedBothWays() {
    Object deep = List.of();
    for (int i = 0; i < CanonicalJson.MAX_DEPTH; i++) {
      deep = List.of(deep);
    }
    String text = CanonicalJson.write(deep);
    assertThat(CanonicalJson.parse(text)).isEqualTo(deep);

    List<Object> loop = new ArrayList<>();
    loop.add(loop);
    assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.write(loop));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.parse("[".repeat(1_000_000)))
        .withMessageContaining("nested more than 500 deep");
  }

  @Test
  void whatJsonCannotHoldIsRefusedWithItsPlace() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.write(Map.of("loss", List.of(1.0, Double.NaN))))
        .withMessage("$.loss[1] is NaN, which JSON cannot hold");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.write(Map.of("a", 1f)))
        .withMessage("$.a is a java.lang.Float, which is no JSON value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.write(Map.of(1, 2)))
        .withMessageContaining("a key that is not text");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CanonicalJson.write("\ud800"))
        .withMessageContaining("half a surrogate pair");
  }
}
