package dev.terrace.http.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the Forwarded header (RFC 7239, section 4) as far as it tells who asked whom. */
final class ForwardedField {

  private ForwardedField() {}

  /** The value of {@code for} of each element, in order; "unknown" where there is none. */
  static String[] nodes(String value) {
    List<String> nodes = new ArrayList<>();
    for (String element : split(value, ',')) {
      String node = "unknown";
      for (String pair : split(element, ';')) {
        String trimmed = pair.strip();
        if (trimmed.toLowerCase(Locale.ROOT).startsWith("for=")) {
          node = unquoted(trimmed.substring(4).strip());
        }
      }
      nodes.add(node);
    }
    return nodes.toArray(String[]::new);
  }

  /** Splits where the separator is not within quotes. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1).replace("\\", "") : text;
  }

  /**
   * The address of a node without its port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711};
   * null if it is none.
   */
  static @Nullable String address(String node) {
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      return end < 0 ? null : node.substring(1, end);
    }
    int colon = node.indexOf(':');
    boolean port = colon >= 0 && node.indexOf(':', colon + 1) < 0;
    return port ? node.substring(0, colon) : node;
  }
}
