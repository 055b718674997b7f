package dev.terrace.http.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An answer that Terrace itself gives: a status, one line of text, and the reason as a header. */
public record LocalAnswer(int status, String reason, String words) {

  private static final Map<Integer, String> PHRASES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(404, "Not Found"),
          Map.entry(408, "Request Timeout"),
          Map.entry(414, "URI Too Long"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"));

  private String title() {
    return status + " " + PHRASES.getOrDefault(status, "Error");
  }

  private byte[] text() {
    return (title() + ": " + words + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Its head, in the form of HTTP/1.1. */
  public ByteBuf head(HeadRewriter.Persistence persistence, ByteBufAllocator allocator) {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(title());
    head.append("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ");
    head.append(text().length);
    head.append("\r\nCache-Control: no-store\r\nX-Terrace-Reason: ").append(reason);
    if (status == 503) {
      head.append("\r\nRetry-After: 1");
    }
    switch (persistence) {
      case SILENT -> {}
      case KEEP_ALIVE -> head.append("\r\nConnection: keep-alive");
      case CLOSE -> head.append("\r\nConnection: close");
    }
    head.append("\r\n\r\n");
    ByteBuf out = allocator.directBuffer(head.length());
    out.writeCharSequence(head, StandardCharsets.ISO_8859_1);
    return out;
  }

  /** Its body. */
  public ByteBuf body(ByteBufAllocator allocator) {
    byte[] text = text();
    return allocator.directBuffer(text.length).writeBytes(text);
  }
}
