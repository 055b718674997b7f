package dev.terrace.http.http2;

import dev.terrace.http.wire.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.Headers;
import io.netty.util.AsciiString;

/**
 * Writes heads in the form of HTTP/1.1, which are ours and therefore well formed, as the fields of
 * HTTP/2 or HTTP/3: names in lower case, and nothing that is about the connection (RFC 9113,
 * section 8.2). The buffers stay the caller's.
 */
public final class Http2Fields {

  private static final AsciiString METHOD = AsciiString.cached(":method");
  private static final AsciiString SCHEME = AsciiString.cached(":scheme");
  private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
  private static final AsciiString PATH = AsciiString.cached(":path");
  private static final AsciiString STATUS = AsciiString.cached(":status");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");

  private final byte[] bytes;
  private final Headers<CharSequence, CharSequence, ?> into;

  private Http2Fields(ByteBuf head, Headers<CharSequence, CharSequence, ?> into) {
    bytes = ByteBufUtil.getBytes(head, head.readerIndex(), head.readableBytes(), false);
    this.into = into;
  }

  /**
   * Adds the fields of a request, which says that trailers are welcome: those of gRPC are.
   *
   * @param head as {@link dev.terrace.http.head.HeadRewriter} makes it for members
   */
  public static void request(
      ByteBuf head, CharSequence scheme, Headers<CharSequence, CharSequence, ?> into) {
    Http2Fields fields = new Http2Fields(head, into);
    fields.requestLine(scheme);
    into.add(TE, TRAILERS);
  }

  private void requestLine(CharSequence scheme) {
    int end = lineEnd(0);
    int target = indexOf(' ', 0) + 1;
    int version = indexOf(' ', target);
    int lines = end + 2;
    into.add(METHOD, text(0, target - 1));
    into.add(SCHEME, scheme);
    authority(lines);
    into.add(PATH, text(target, version));
    lines(lines, true);
  }

  private void authority(int lines) {
    for (int from = lines; bytes[from] != '\r'; from = lineEnd(from) + 2) {
      int colon = indexOf(':', from);
      if (KnownNames.HOST.equals(KnownNames.of(bytes, from, colon))) {
        into.add(AUTHORITY, value(colon + 1, lineEnd(from)));
        return;
      }
    }
  }

  /**
   * Adds the fields of an answer.
   *
   * @param head as {@link dev.terrace.http.head.HeadRewriter} or {@link
   *     dev.terrace.http.head.LocalAnswer} makes it for clients
   */
  public static void answer(ByteBuf head, Headers<CharSequence, CharSequence, ?> into) {
    Http2Fields fields = new Http2Fields(head, into);
    int status = "HTTP/1.1 ".length();
    into.add(STATUS, fields.text(status, status + 3));
    fields.lines(fields.lineEnd(0) + 2, false);
  }

  /** Adds trailers that are lines, each with its CR LF. */
  public static void trailers(ByteBuf lines, Headers<CharSequence, CharSequence, ?> into) {
    new Http2Fields(lines, into).trailerLines();
  }

  private void trailerLines() {
    for (int from = 0; from < bytes.length; from = lineEnd(from) + 2) {
      int colon = indexOf(':', from);
      AsciiString name = KnownNames.of(bytes, from, colon);
      if (Trailers.mayPass(name)) {
        into.add(name, value(colon + 1, lineEnd(from)));
      }
    }
  }

  private void lines(int first, boolean hostIsAuthority) {
    for (int from = first; bytes[from] != '\r'; from = lineEnd(from) + 2) {
      int colon = indexOf(':', from);
      AsciiString name = KnownNames.of(bytes, from, colon);
      if (!KnownNames.isOfConnection(name) && !(hostIsAuthority && name.equals(KnownNames.HOST))) {
        into.add(name, value(colon + 1, lineEnd(from)));
      }
    }
  }

  private int lineEnd(int from) {
    return indexOf('\r', from);
  }

  private int indexOf(char wanted, int from) {
    int at = from;
    while (bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  private AsciiString value(int from, int to) {
    int start = from;
    int end = to;
    while (start < end && isBlank(bytes[start])) {
      start++;
    }
    while (end > start && isBlank(bytes[end - 1])) {
      end--;
    }
    return text(start, end);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** A copy: the encoder may keep one value for as long as the connection lasts. */
  private AsciiString text(int from, int to) {
    return new AsciiString(bytes, from, to - from, true);
  }
}
