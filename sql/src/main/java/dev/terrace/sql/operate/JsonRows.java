package dev.terrace.sql.operate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows as an array of objects in JSON. Dollar signs are escaped, so that no value can end a string
 * that a server reads between those.
 */
public final class JsonRows {

  private JsonRows() {}

  /** The rows, whose values are texts, numbers, booleans or null. */
  public static String of(List<String> names, List<List<@Nullable Object>> rows) {
    StringBuilder out = new StringBuilder(64 + 256 * rows.size()).append('[');
    for (List<@Nullable Object> row : rows) {
      out.append(out.length() > 1 ? "," : "").append('{');
      for (int i = 0; i < names.size(); i++) {
        out.append(i > 0 ? "," : "");
        text(names.get(i), out);
        value(row.get(i), out.append(':'));
      }
      out.append('}');
    }
    return out.append(']').toString();
  }

  private static void value(@Nullable Object value, StringBuilder out) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      text(value.toString(), out);
    }
  }

  private static void text(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean half =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                  : i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
      if (half || c == 0) {
        // PostgreSQL takes neither.
        out.append('?');
      } else if (c == '"' || c == '\\' || c == '$' || c < ' ') {
        out.append("\\u00").append(Character.forDigit(c >> 4, 16));
        out.append(Character.forDigit(c & 0xf, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
