package dev.terrace.config.shape;

import dev.terrace.config.ShardRule;
import dev.terrace.core.place.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The values of a split of several columns as a text: {@code de, 100}. What holds a comma, quotes
 * or blanks around it stands in double quotes, and quotes in those twice. The last values may be
 * left out.
 */
final class SplitRows {

  private SplitRows() {}

  /**
   * Reads a split.
   *
   * @throws IllegalArgumentException if a value is not of its column's type, or there are too many
   */
  static Key read(String text, List<ShardRule.Column> key) {
    List<String> values = values(text);
    if (values.size() > key.size()) {
      throw new IllegalArgumentException(
          "'" + text + "' has " + values.size() + " values for " + key.size() + " columns");
    }
    List<Key> row = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      row.add(key.get(i).type().parse(values.get(i)));
    }
    return new Key.Row(row);
  }

  private static List<String> values(String text) {
    List<String> values = new ArrayList<>();
    int at = 0;
    while (at <= text.length()) {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      boolean quoted = at < text.length() && text.charAt(at) == '"';
      int end = quoted ? endOfQuoted(text, at + 1) : endOf(text, at);
      values.add(
          quoted
              ? text.substring(at + 1, end).replace("\"\"", "\"")
              : text.substring(at, end).strip());
      at = quoted ? end + 1 : end;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      if (at < text.length() && text.charAt(at) != ',') {
        throw new IllegalArgumentException("'" + text + "' needs a comma behind a closing quote");
      }
      at++;
    }
    return values;
  }

  private static int endOf(String text, int from) {
    int comma = text.indexOf(',', from);
    return comma < 0 ? text.length() : comma;
  }

  private static int endOfQuoted(String text, int from) {
    int at = text.indexOf('"', from);
    while (at >= 0 && text.startsWith("\"\"", at)) {
      at = text.indexOf('"', at + 2);
    }
    if (at < 0) {
      throw new IllegalArgumentException("'" + text + "' has a quote that does not end");
    }
    return at;
  }

  /** As it is read. */
  static String written(Key split) {
    return split instanceof Key.Row(List<Key> columns)
        ? columns.stream().map(Key::text).map(SplitRows::quoted).collect(Collectors.joining(", "))
        : split.text();
  }

  private static String quoted(String value) {
    boolean plain =
        !value.isEmpty()
            && value.equals(value.strip())
            && value.indexOf(',') < 0
            && value.indexOf('"') < 0;
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
