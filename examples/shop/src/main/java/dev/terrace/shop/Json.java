package dev.terrace.shop;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the little JSON that the shop speaks. */
final class Json {

  private Json() {}

  static String object(Map<String, ?> fields) {
    return fields.entrySet().stream()
        .map(field -> quote(field.getKey()) + ":" + value(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  static String array(Stream<? extends Map<String, ?>> objects) {
    return objects.map(Json::object).collect(Collectors.joining(",", "[", "]"));
  }

  private static String value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : quote(value.toString());
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
