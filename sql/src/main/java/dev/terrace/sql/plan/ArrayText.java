package dev.terrace.sql.plan;

import java.util.function.Predicate;

/** Reads an array's text form, {@code {1,2,"a b",NULL}}, of one dimension. */
final class ArrayText {

  private ArrayText() {}

  /**
   * Gives all elements but NULLs to a sink; false if the text is no such array or the sink says so.
   */
  static boolean read(String text, Predicate<String> sink) {
    String array = text.strip();
    if (!array.startsWith("{") || !array.endsWith("}") || array.length() < 2) {
      return false;
    }
    int end = array.length() - 1;
    int at = skipSpace(array, 1, end);
    if (at == end) {
      return true;
    }
    StringBuilder element = new StringBuilder();
    while (true) {
      element.setLength(0);
      at = skipSpace(array, at, end);
      boolean quoted = at < end && array.charAt(at) == '"';
      at = quoted ? quoted(array, at + 1, end, element) : bare(array, at, end, element);
      if (at < 0) {
        return false;
      }
      String value = quoted ? element.toString() : element.toString().strip();
      if (!quoted && value.isEmpty()) {
        return false;
      }
      boolean isNull = !quoted && value.equalsIgnoreCase("null");
      if (!isNull && !sink.test(value)) {
        return false;
      }
      at = skipSpace(array, at, end);
      if (at == end) {
        return true;
      }
      if (array.charAt(at) != ',') {
        return false;
      }
      at++;
    }
  }

  private static int skipSpace(String array, int from, int end) {
    int at = from;
    while (at < end && array.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private static int quoted(String array, int from, int end, StringBuilder element) {
    int at = from;
    while (at < end) {
      char c = array.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
      }
      if (at < end) {
        element.append(array.charAt(at));
      }
      at++;
    }
    return -1;
  }

  private static int bare(String array, int from, int end, StringBuilder element) {
    int at = from;
    while (at < end && array.charAt(at) != ',') {
      char c = array.charAt(at);
      if (c == '{' || c == '}' || c == '"' || c == '\\') {
        return -1;
      }
      element.append(c);
      at++;
    }
    return at;
  }
}
