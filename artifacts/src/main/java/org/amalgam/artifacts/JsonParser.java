package org.amalgam.artifacts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one JSON text by RFC 8259, by recursive descent; offsets are in UTF-16 code units. */
final class JsonParser {
  private static final int END = -1;

  private final String text;
  private int at;

  JsonParser(String text) {
    this.text = text;
  }

  Object document() {
    Object value = value(0);
    space();
    if (peek() != END) {
      throw expected("the end of the text");
    }
    if (value == null) {
      throw error(0, "the text is null and holds no value");
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    space();
    if (depth > CanonicalJson.MAX_DEPTH) {
      throw error(at, "nested more than " + CanonicalJson.MAX_DEPTH + " deep");
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    space();
    if (skip('}')) {
      return Collections.unmodifiableMap(map);
    }
    do {
      space();
      int start = at;
      if (peek() != '"') {
        throw expected("a key in quotes");
      }
      String key = string();
      if (map.containsKey(key)) {
        throw error(start, "the key \"" + key + "\" is there twice");
      }
      space();
      if (!skip(':')) {
        throw expected("':'");
      }
      map.put(key, value(depth + 1));
      space();
    } while (skip(','));
    if (!skip('}')) {
      throw expected("',' or '}'");
    }
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    space();
    if (skip(']')) {
      return Collections.unmodifiableList(list);
    }
    do {
      list.add(value(depth + 1));
      space();
    } while (skip(','));
    if (!skip(']')) {
      throw expected("',' or ']'");
    }
    return Collections.unmodifiableList(list);
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw expected("a value");
    }
    at += word.length();
    return value;
  }

  private Object number() {
    int start = at;
    skip('-');
    if (!skip('0')) {
      digits(start == at ? "a value" : "a digit");
    }
    boolean whole = true;
    if (skip('.')) {
      whole = false;
      digits("a digit");
    }
    if (skip('e') || skip('E')) {
      whole = false;
      if (!skip('+')) {
        skip('-');
      }
      digits("a digit");
    }
    String number = text.substring(start, at);
    if (!whole) {
      double value = Double.parseDouble(number);
      if (Double.isInfinite(value)) {
        throw error(start, "the number " + number + " is too large for a double");
      }
      return value;
    }
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      throw error(start, "the whole number " + number + " does not fit 64 bits");
    }
  }

  private void digits(String what) {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw expected(what);
    }
  }

  private String string() {
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (!skip('"')) {
      int c = peek();
      if (c == END) {
        throw error(start, "the text in quotes has no end");
      }
      if (c < ' ') {
        throw error(at, "a control character in quotes must be escaped");
      }
      at++;
      out.append(c == '\\' ? escape() : (char) c);
    }
    for (int i = 0; i < out.length(); i++) {
      if (Character.isSurrogate(out.charAt(i))) {
        if (!Character.isSurrogatePair(
            out.charAt(i), i + 1 < out.length() ? out.charAt(i + 1) : 0)) {
          throw error(start, "the text in quotes has half a surrogate pair");
        }
        i++;
      }
    }
    return out.toString();
  }

  private char escape() {
    int c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> (char) c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw error(at - 2, "no such escape");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      // Character.digit also takes digits of other scripts.
      int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
      if (digit < 0) {
        throw expected("four hexadecimal digits");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private void space() {
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
      at++;
    }
  }

  private int peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private boolean skip(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private IllegalArgumentException expected(String what) {
    String found = peek() == END ? "the end" : "'" + text.charAt(at) + "'";
    return error(at, "expected " + what + " but found " + found);
  }

  private static IllegalArgumentException error(int offset, String what) {
    return new IllegalArgumentException("not JSON at offset " + offset + ": " + what);
  }
}
