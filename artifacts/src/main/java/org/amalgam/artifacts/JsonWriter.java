package org.amalgam.artifacts;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes one JSON text, in the spelling that {@link CanonicalJson} describes. */
final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private final boolean pretty;
  private final StringBuilder out = new StringBuilder();

  JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  String write(@Nullable Object value) {
    value(value, "$", 0);
    return out.toString();
  }

  private void value(@Nullable Object value, String where, int depth) {
    if (depth > CanonicalJson.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "nested more than " + CanonicalJson.MAX_DEPTH + " deep: " + where.substring(0, 40) + "…");
    }
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Long || value instanceof Integer) {
      out.append(((Number) value).longValue());
    } else if (value instanceof Double number) {
      if (!Double.isFinite(number)) {
        throw new IllegalArgumentException(where + " is " + number + ", which JSON cannot hold");
      }
      out.append(ShortestDouble.text(number));
    } else if (value instanceof String text) {
      string(text, where);
    } else if (value instanceof List<?> list) {
      list(list, where, depth);
    } else if (value instanceof Map<?, ?> map) {
      map(map, where, depth);
    } else {
      throw new IllegalArgumentException(
          where + " is a " + value.getClass().getName() + ", which is no JSON value");
    }
  }

  private void list(List<?> list, String where, int depth) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      separate(i == 0, depth + 1);
      value(list.get(i), where + "[" + i + "]", depth + 1);
    }
    end(list.isEmpty(), depth);
    out.append(']');
  }

  private void map(Map<?, ?> map, String where, int depth) {
    // String's own order is by UTF-16 code unit, as RFC 8785 asks.
    TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException(where + " has a key that is not text: " + entry);
      }
      sorted.put(key, entry.getValue());
    }
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
      separate(first, depth + 1);
      first = false;
      String inside = where + "." + entry.getKey();
      string(entry.getKey(), inside);
      out.append(pretty ? ": " : ":");
      value(entry.getValue(), inside, depth + 1);
    }
    end(sorted.isEmpty(), depth);
    out.append('}');
  }

  private void separate(boolean first, int depth) {
    if (!first) {
      out.append(',');
    }
    if (pretty) {
      out.append('\n').append("  ".repeat(depth));
    }
  }

  private void end(boolean empty, int depth) {
    if (pretty && !empty) {
      out.append('\n').append("  ".repeat(depth));
    }
  }

  private void string(String text, String where) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(where + " has half a surrogate pair at offset " + i);
      } else {
        character(c);
      }
    }
    out.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\f' -> out.append("\\f");
      case '\r' -> out.append("\\r");
      default -> {
        if (c < ' ') {
          out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
        } else {
          out.append(c);
        }
      }
    }
  }
}
