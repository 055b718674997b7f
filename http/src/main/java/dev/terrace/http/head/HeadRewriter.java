package dev.terrace.http.head;

import dev.terrace.http.wire.FieldName;
import dev.terrace.http.wire.Head;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads as they go on to the next hop: copied in as few stretches as can be, without what
 * was meant for this hop alone (RFC 9110, section 7.6.1) or what strangers claim of themselves
 * (X-Forwarded-*, Forwarded, X-Real-IP), and with what we know in their place.
 */
public final class HeadRewriter {

  /** No header lines. */
  public static final byte[] NO_LINES = {};

  private static final byte[] VERSION_LINE_END = ascii(" HTTP/1.1\r\n");
  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] LINE_END = ascii("\r\n");
  private static final byte[] HOST = ascii("Host: ");

  /**
   * The line that announces chunks, always in our own spelling: members and clients differ in what
   * else they take for it.
   */
  public static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");

  private static final byte[] CONNECTION_UPGRADE = ascii("Connection: Upgrade\r\n");
  private static final byte[] CONNECTION_CLOSE = ascii("Connection: close\r\n");
  private static final byte[] CONNECTION_KEEP = ascii("Connection: keep-alive\r\n");
  private static final int ROOM = 224;

  private HeadRewriter() {}

  /** The bytes of a text that is ASCII. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * The request as the member gets it.
   *
   * @param client the lines that tell about the client
   * @param defaultHost for a client of HTTP/1.0 that names none
   * @param edits what the route changes, or null for nothing
   * @param path the path in place of the client's, or null
   * @param traceLines that take the place of the client's trace context, or none to pass that on
   */
  public static ByteBuf request(
      RequestHead head,
      ClientLines client,
      String defaultHost,
      @Nullable RequestEdits edits,
      byte @Nullable [] path,
      byte[] traceLines,
      ByteBufAllocator allocator) {
    ByteBuf out =
        allocator.directBuffer(
            head.length()
                + client.untilHost().length
                + traceLines.length
                + ROOM
                + defaultHost.length());
    int runStart = path == null ? startLine(head, out) : startLine(head, path, out);
    fields(head, edits, traceLines.length > 0, runStart, out);
    byte[] newHost = edits == null ? null : edits.host();
    if (newHost != null) {
      out.writeBytes(HOST).writeBytes(newHost).writeBytes(LINE_END);
    } else if (!head.hasHostField()) {
      out.writeBytes(HOST);
      host(head, defaultHost, out);
      out.writeBytes(LINE_END);
    }
    if (head.isChunked()) {
      out.writeBytes(CHUNKED);
    }
    if (head.offersUpgrade()) {
      out.writeBytes(CONNECTION_UPGRADE);
    }
    if (edits != null) {
      out.writeBytes(edits.fields().lines());
    }
    out.writeBytes(traceLines).writeBytes(client.untilHost());
    byte[] forwardedHost = client.host();
    if (forwardedHost == null) {
      host(head, defaultHost, out);
    } else {
      out.writeBytes(forwardedHost);
    }
    return out.writeBytes(LINE_END).writeBytes(LINE_END);
  }

  /** Copies the fields that go on, in as few stretches as can be. */
  private static void fields(
      RequestHead head, @Nullable RequestEdits edits, boolean traced, int from, ByteBuf out) {
    byte[] bytes = head.bytes();
    int runStart = from;
    boolean upgrade = head.offersUpgrade();
    boolean expects = head.expectsContinue();
    for (int i = 0; i < head.fields(); i++) {
      if (!passes(head.name(i), upgrade, expects, traced)
          || (edits != null && goes(head, i, edits))) {
        out.writeBytes(bytes, runStart, head.lineStart(i) - runStart);
        runStart = head.lineEnd(i);
      }
    }
    out.writeBytes(bytes, runStart, head.length() - 2 - runStart);
  }

  private static boolean goes(RequestHead head, int field, RequestEdits edits) {
    return (edits.host() != null && head.name(field) == FieldName.HOST)
        || edits.fields().takesAway(head, field);
  }

  private static void host(RequestHead head, String defaultHost, ByteBuf out) {
    if (head.hostEnd() > head.hostStart()) {
      out.writeBytes(head.bytes(), head.hostStart(), head.hostEnd() - head.hostStart());
    } else {
      out.writeCharSequence(defaultHost, StandardCharsets.ISO_8859_1);
    }
  }

  /** Writes the request line with another path; returns where copying the rest begins. */
  private static int startLine(RequestHead head, byte[] path, ByteBuf out) {
    byte[] from = head.bytes();
    out.writeBytes(from, head.methodStart(), head.methodEnd() + 1 - head.methodStart());
    out.writeBytes(path);
    out.writeBytes(from, head.pathEnd(), head.targetEnd() - head.pathEnd());
    out.writeBytes(VERSION_LINE_END);
    return head.targetEnd() + VERSION_LINE_END.length;
  }

  /** Writes the request line if it must change; returns where copying the rest begins. */
  private static int startLine(RequestHead head, ByteBuf out) {
    boolean originForm = head.pathStart() == head.methodEnd() + 1;
    if (originForm && head.isVersion11()) {
      return head.methodStart();
    }
    byte[] from = head.bytes();
    out.writeBytes(from, head.methodStart(), head.methodEnd() + 1 - head.methodStart());
    String pathInstead = head.pathInstead();
    if (pathInstead != null) {
      out.writeCharSequence(pathInstead, StandardCharsets.ISO_8859_1);
    }
    out.writeBytes(from, head.pathStart(), head.targetEnd() - head.pathStart());
    out.writeBytes(VERSION_LINE_END);
    return head.targetEnd() + VERSION_LINE_END.length;
  }

  private static boolean passes(FieldName name, boolean upgrade, boolean expects, boolean traced) {
    return switch (name) {
      case OTHER, VIA, HOST, COOKIE, CONTENT_LENGTH -> true;
      case TRACEPARENT, TRACESTATE -> !traced;
      case UPGRADE -> upgrade;
      case EXPECT -> expects;
      case TE,
          X_REAL_IP,
          FORWARDED,
          CONNECTION,
          KEEP_ALIVE,
          HTTP2_SETTINGS,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          PROXY_CONNECTION,
          X_FORWARDED_PROTO,
          TRANSFER_ENCODING,
          NAMED_BY_CONNECTION ->
          false;
    };
  }

  /** What the answer's head is to say about the client's connection. */
  public enum Persistence {
    /** Nothing: HTTP/1.1 stays open. */
    SILENT,
    /** That it stays open, to a client of HTTP/1.0. */
    KEEP_ALIVE,
    CLOSE
  }

  /**
   * The answer as the client gets it.
   *
   * @param chunksPass whether the client understands chunks; else its body goes without
   * @param extraLine a whole header line to add, or nothing
   * @param edits what the route changes, or null for nothing
   */
  public static ByteBuf answer(
      ResponseHead head,
      Persistence persistence,
      boolean chunksPass,
      byte[] extraLine,
      @Nullable HeaderEdits edits,
      ByteBufAllocator allocator) {
    byte[] from = head.bytes();
    ByteBuf out = allocator.directBuffer(head.length() + extraLine.length + 64);
    int runStart = statusLine(head, out);
    for (int i = 0; i < head.fields(); i++) {
      if (!passesBack(head, i) || (edits != null && edits.takesAway(head, i))) {
        out.writeBytes(from, runStart, head.lineStart(i) - runStart);
        runStart = head.lineEnd(i);
      }
    }
    out.writeBytes(from, runStart, head.length() - 2 - runStart);
    // RFC 9112, section 6.1: never in an answer of 1xx or 204.
    if (head.isChunked() && chunksPass && head.status() >= 200 && head.status() != 204) {
      out.writeBytes(CHUNKED);
    }
    out.writeBytes(extraLine);
    if (edits != null) {
      out.writeBytes(edits.lines());
    }
    if (head.status() == 101) {
      out.writeBytes(CONNECTION_UPGRADE);
    } else if (!head.isInterim()) {
      switch (persistence) {
        case SILENT -> {}
        case KEEP_ALIVE -> out.writeBytes(CONNECTION_KEEP);
        case CLOSE -> out.writeBytes(CONNECTION_CLOSE);
      }
    }
    return out.writeBytes(LINE_END);
  }

  /** Begins the answer; returns where copying the rest begins. */
  private static int statusLine(ResponseHead head, ByteBuf out) {
    out.writeBytes(VERSION);
    int codeEnd = head.statusStart() + 3;
    if (head.statusLineEnd() > codeEnd) {
      return head.statusStart();
    }
    // The space before the reason is not left out with the reason (RFC 9112, section 4).
    out.writeBytes(head.bytes(), head.statusStart(), 3).writeByte(' ');
    return codeEnd;
  }

  private static boolean passesBack(Head head, int field) {
    ResponseHead answer = (ResponseHead) head;
    return switch (head.name(field)) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, NAMED_BY_CONNECTION ->
          false;
      case UPGRADE -> answer.status() == 101 || answer.status() == 426;
      case CONTENT_LENGTH -> answer.status() >= 200 && answer.status() != 204;
      case OTHER,
          TE,
          VIA,
          HOST,
          COOKIE,
          EXPECT,
          X_REAL_IP,
          FORWARDED,
          HTTP2_SETTINGS,
          X_FORWARDED_FOR,
          X_FORWARDED_HOST,
          X_FORWARDED_PORT,
          X_FORWARDED_PROTO,
          TRACEPARENT,
          TRACESTATE ->
          true;
    };
  }
}
