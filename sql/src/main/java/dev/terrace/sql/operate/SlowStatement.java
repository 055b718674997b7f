package dev.terrace.sql.operate;

import dev.terrace.sql.plan.Plan;
import java.time.Duration;
import java.util.Locale;

/**
 * A statement that took long, as a line of the log tells of it.
 *
 * @param shards the shards it ran on, as text; empty if on none
 * @param server the server it ran on; empty if on several or none
 * @param nanos all of it
 * @param waitNanos how much of that went by until there was a server
 * @param rows returned or changed
 */
public record SlowStatement(
    Plan plan,
    String user,
    String store,
    String shards,
    String server,
    long nanos,
    long waitNanos,
    long rows,
    boolean failed) {

  private static final int TEXT_MAX = 4000;

  /** The line, with the statement's constants or with question marks in their place. */
  String line(boolean values) {
    StringBuilder line = new StringBuilder(256);
    line.append("slow statement: duration=").append(millis(nanos));
    line.append(" waited=").append(millis(waitNanos));
    word(line, "user", user);
    word(line, "store", store);
    word(line, "shard", shards);
    word(line, "server", server);
    line.append(" rows=").append(rows);
    line.append(" failed=").append(failed);
    line.append(" queryid=").append(plan.fingerprint().id());
    String text = values ? plan.sql() : plan.fingerprint().text();
    line.append(" statement=").append(quoted(text));
    return line.toString();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3fms", nanos / (double) Duration.ofMillis(1).toNanos());
  }

  private static void word(StringBuilder line, String name, String value) {
    line.append(' ').append(name).append('=').append(value.isEmpty() ? "-" : quotedIfNeeded(value));
  }

  private static String quotedIfNeeded(String value) {
    return value.matches("[A-Za-z0-9_.,:\\[\\]/-]+") ? value : quoted(value);
  }

  /** On one line, whatever a client has put into it. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < Math.min(text.length(), TEXT_MAX); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        boolean control = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
        out.append(control ? ' ' : c);
      }
    }
    return out.append(text.length() > TEXT_MAX ? "...\"" : "\"").toString();
  }
}
