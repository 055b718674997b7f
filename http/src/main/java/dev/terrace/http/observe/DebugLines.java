package dev.terrace.http.observe;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Header lines that tell how a request was served, for those who ask with the debug header. */
public final class DebugLines {

  private DebugLines() {}

  /** {@code X-Terrace-Why} and {@code Server-Timing}, each with its CR LF. */
  public static byte[] of(ExchangeView exchange, long now) {
    StringBuilder lines = new StringBuilder(256);
    lines.append("X-Terrace-Why: route=");
    put(exchange.route().isEmpty() ? "none" : exchange.route(), lines);
    List<? extends AttemptView> attempts = exchange.attempts();
    if (!exchange.pool().isEmpty()) {
      put("; pool=", exchange.pool(), lines);
    }
    AttemptView serving = exchange.serving();
    if (serving != null) {
      put("; policy=", serving.why(), lines);
      put("; member=", serving.member().id(), lines);
    }
    lines.append("; attempts=").append(attempts.size());
    for (AttemptView attempt : attempts) {
      if (attempt.failure() != null) {
        lines.append(" (").append(attempt.failure()).append(' ');
        put(attempt.member().id(), lines);
        lines.append(')');
      }
    }
    if (!exchange.reason().isEmpty()) {
      put("; reason=", exchange.reason(), lines);
    }
    lines.append("\r\nServer-Timing: ");
    if (serving != null && serving.connectedNanos() != AttemptView.NEVER) {
      long connected = serving.connectedNanos();
      long answered = serving.answeredNanos();
      millis("connect", connected - serving.startNanos(), lines).append(", ");
      millis("wait", (answered == AttemptView.NEVER ? now : answered) - connected, lines)
          .append(", ");
    }
    millis("total", now - exchange.startNanos(), lines).append("\r\n");
    return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static StringBuilder millis(String name, long nanos, StringBuilder lines) {
    return lines.append(String.format(Locale.ROOT, "%s;dur=%.3f", name, nanos / 1e6));
  }

  private static void put(String name, String value, StringBuilder lines) {
    lines.append(name);
    put(value, lines);
  }

  /** Names come from the file, which may have any characters in them; a header may not. */
  private static void put(String value, StringBuilder lines) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      lines.append(c > ' ' && c < 0x7F && c != ';' ? c : c == ' ' ? ' ' : '?');
    }
  }
}
