package dev.terrace.engines.postgresql;

import dev.terrace.core.pool.Address;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a standby connects to its primary: libpq's {@code host=a port=5432 password='it''s'}, values
 * in single quotes if they must be, quotes and backslashes in them after a backslash.
 */
record ConnectionInfo(Map<String, String> values) {

  ConnectionInfo {
    values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Reads the text of primary_conninfo.
   *
   * @throws IllegalArgumentException if it is in another form
   */
  static ConnectionInfo parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    int at = skipBlanks(text, 0);
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      String name = equals < 0 ? "" : text.substring(at, equals).strip();
      if (!name.matches("[a-z_]+")) {
        throw new IllegalArgumentException("it is not of the form host=a port=5432 ...");
      }
      StringBuilder value = new StringBuilder();
      at = value(text, skipBlanks(text, equals + 1), value);
      values.put(name, value.toString());
      at = skipBlanks(text, at);
    }
    return new ConnectionInfo(values);
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Reads a value into {@code out}; where it ends. */
  private static int value(String text, int from, StringBuilder out) {
    boolean quoted = from < text.length() && text.charAt(from) == '\'';
    int at = quoted ? from + 1 : from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (quoted ? c == '\'' : Character.isWhitespace(c)) {
        return quoted ? at + 1 : at;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        c = text.charAt(at);
      }
      out.append(c);
      at++;
    }
    if (quoted) {
      throw new IllegalArgumentException("a quote in it is not closed");
    }
    return at;
  }

  /** The same to another server. */
  ConnectionInfo to(Address server) {
    Map<String, String> next = new LinkedHashMap<>(values);
    next.remove("hostaddr");
    next.put("host", server.host());
    next.put("port", Integer.toString(server.port()));
    return new ConnectionInfo(next);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> {
      text.append(text.isEmpty() ? "" : " ").append(name).append("='");
      text.append(value.replace("\\", "\\\\").replace("'", "\\'")).append('\'');
    });
    return text.toString();
  }
}
