package dev.terrace.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer that Terrace itself gives.
 *
 * @param lines header lines, each with its CR LF, besides Content-Length and Connection
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are written, never compared
public record LocalAnswer(int status, String lines, byte[] content) {

  private static final Map<Integer, String> PHRASES =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(201, "Created"),
          Map.entry(202, "Accepted"),
          Map.entry(204, "No Content"),
          Map.entry(301, "Moved Permanently"),
          Map.entry(302, "Found"),
          Map.entry(303, "See Other"),
          Map.entry(304, "Not Modified"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(308, "Permanent Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(410, "Gone"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(451, "Unavailable For Legal Reasons"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"));

  /** A refusal in one line of text, with the reason as a header. */
  public LocalAnswer(int status, String reason, String words) {
    this(status, lines(reason, 0), text(status, words));
  }

  /**
   * A refusal in one line of text.
   *
   * @param retryAfterNanos when to come again, 0 to not say
   */
  public static LocalAnswer refusal(int status, String reason, String words, long retryAfterNanos) {
    return new LocalAnswer(status, lines(reason, retryAfterNanos), text(status, words));
  }

  private static String lines(String reason, long retryAfterNanos) {
    long seconds = Math.ceilDiv(retryAfterNanos, 1_000_000_000L);
    return "Content-Type: text/plain; charset=utf-8\r\n"
        + "Cache-Control: no-store\r\n"
        + "X-Terrace-Reason: "
        + reason
        + (seconds > 0 ? "\r\nRetry-After: " + seconds : "")
        + "\r\n";
  }

  private static byte[] text(int status, String words) {
    return (title(status) + ": " + words + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Sends the client elsewhere. */
  public static LocalAnswer redirect(int status, String location) {
    return new LocalAnswer(status, "Location: " + location + "\r\n", new byte[0]);
  }

  /** A fixed answer with these headers. */
  public static LocalAnswer fixed(int status, Map<String, String> headers, String body) {
    StringBuilder lines = new StringBuilder();
    headers.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    return new LocalAnswer(status, lines.toString(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static String title(int status) {
    return status + " " + PHRASES.getOrDefault(status, "Status");
  }

  /** Its head, in the form of HTTP/1.1. */
  public ByteBuf head(HeadRewriter.Persistence persistence, ByteBufAllocator allocator) {
    return head(persistence, HeadRewriter.NO_LINES, allocator);
  }

  /**
   * Its head, in the form of HTTP/1.1.
   *
   * @param more header lines besides its own, each with its CR LF
   */
  public ByteBuf head(
      HeadRewriter.Persistence persistence, byte[] more, ByteBufAllocator allocator) {
    StringBuilder head = new StringBuilder(128 + lines.length());
    head.append("HTTP/1.1 ").append(title(status)).append("\r\n").append(lines);
    // RFC 9110, section 8.6: no length where there can be no body.
    if (status != 204 && status != 304) {
      head.append("Content-Length: ").append(content.length).append("\r\n");
    }
    switch (persistence) {
      case SILENT -> {}
      case KEEP_ALIVE -> head.append("Connection: keep-alive\r\n");
      case CLOSE -> head.append("Connection: close\r\n");
    }
    ByteBuf out = allocator.directBuffer(head.length() + more.length + 2);
    out.writeCharSequence(head, StandardCharsets.ISO_8859_1);
    return out.writeBytes(more).writeByte('\r').writeByte('\n');
  }

  /** Its body. */
  public ByteBuf body(ByteBufAllocator allocator) {
    return allocator.directBuffer(content.length).writeBytes(content);
  }
}
