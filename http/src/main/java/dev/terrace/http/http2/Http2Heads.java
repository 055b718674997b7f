package dev.terrace.http.http2;

import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Map.Entry;

/**
 * Reads the fields of HTTP/2 or HTTP/3 and writes them as heads of HTTP/1.1, which then go through
 * the same strict parser as all others. What those versions forbid is refused here (RFC 9113,
 * sections 8.1 to 8.3): nothing gets into a head that could be read in another way there.
 *
 * <p>A body of unknown length is announced as {@code Transfer-Encoding: chunked}, though it comes
 * as plain data.
 */
public final class Http2Heads {

  private static final byte[] REQUEST_LINE_END = ascii(" HTTP/1.1\r\n");
  private static final byte[] STATUS_LINE = ascii("HTTP/1.1 ");
  private static final byte[] HOST = ascii("Host: ");
  private static final byte[] COOKIE = ascii("Cookie: ");
  private static final byte[] EMPTY_BODY = ascii("Content-Length: 0\r\n");
  private static final byte[] WEBSOCKET =
      ascii("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ");
  private static final byte[] LINE_END = ascii("\r\n");

  private Http2Heads() {}

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes a request's head.
   *
   * @param ends whether no body follows
   * @param webSocketKey what the handshake of HTTP/1.1 needs, if the request opens a WebSocket (RFC
   *     8441); where the client's side does not serve those, nothing
   * @return {@link Fault#NONE}, or why the request is malformed; then what was written is worthless
   */
  public static Fault request(
      Iterable<Entry<CharSequence, CharSequence>> fields,
      boolean ends,
      String webSocketKey,
      ByteBuf out) {
    RequestFields found = new RequestFields();
    Fault fault = found.read(fields);
    if (fault != Fault.NONE) {
      return fault;
    }
    boolean webSocket = found.opensWebSocket() && !webSocketKey.isEmpty();
    value(webSocket ? "GET" : found.method, out);
    out.writeByte(' ');
    value(found.target(), out);
    out.writeBytes(REQUEST_LINE_END);
    if (found.host.length() > 0) {
      line(HOST, found.host, out);
    }
    for (Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.charAt(0) != ':' && !is(name, "cookie") && !is(name, "host")) {
        line(name, field.getValue(), out);
      }
    }
    if (found.cookies > 0) {
      cookies(fields, out);
    }
    if (webSocket) {
      line(WEBSOCKET, webSocketKey, out);
    } else if (!found.lengthGiven) {
      bodyLength(ends, ends && found.mostlyHasBody(), out);
    }
    out.writeBytes(LINE_END);
    return Fault.NONE;
  }

  private static void bodyLength(boolean ends, boolean saysEmpty, ByteBuf out) {
    if (!ends) {
      out.writeBytes(HeadRewriter.CHUNKED);
    } else if (saysEmpty) {
      out.writeBytes(EMPTY_BODY);
    }
  }

  /** One header for all crumbs (RFC 9113, section 8.2.3). */
  private static void cookies(Iterable<Entry<CharSequence, CharSequence>> fields, ByteBuf out) {
    out.writeBytes(COOKIE);
    boolean first = true;
    for (Entry<CharSequence, CharSequence> field : fields) {
      if (is(field.getKey(), "cookie")) {
        if (!first) {
          out.writeByte(';').writeByte(' ');
        }
        first = false;
        value(field.getValue(), out);
      }
    }
    out.writeBytes(LINE_END);
  }

  /**
   * Writes an answer's head, interim or final.
   *
   * @param ends whether no body follows
   * @param toHead whether the request was a HEAD
   * @return {@link Fault#NONE}, or why the answer is malformed
   */
  public static Fault answer(
      Iterable<Entry<CharSequence, CharSequence>> fields,
      boolean ends,
      boolean toHead,
      ByteBuf out) {
    int status = 0;
    boolean lengthGiven = false;
    boolean regular = false;
    for (Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (is(name, ":status")) {
        if (regular || status != 0) {
          return Fault.BAD_PSEUDO_FIELD;
        }
        status = status(field.getValue());
        if (status == 0) {
          return Fault.BAD_PSEUDO_FIELD;
        }
        out.writeBytes(STATUS_LINE);
        value(field.getValue(), out);
        out.writeByte(' ');
        value(HttpResponseStatus.valueOf(status).reasonPhrase(), out);
        out.writeBytes(LINE_END);
        continue;
      }
      Fault fault = FieldRules.check(name, field.getValue());
      if (fault != Fault.NONE) {
        return fault;
      }
      if (status == 0) {
        return Fault.BAD_PSEUDO_FIELD;
      }
      regular = true;
      lengthGiven |= is(name, "content-length");
      line(name, field.getValue(), out);
    }
    if (status == 0 || (status < 200 && ends)) {
      return Fault.BAD_PSEUDO_FIELD;
    }
    if (!lengthGiven && status >= 200) {
      boolean bodiless = toHead || status == 204 || status == 304;
      bodyLength(ends || bodiless, ends && !bodiless, out);
    }
    out.writeBytes(LINE_END);
    return Fault.NONE;
  }

  /** The number, or 0; there is no 101 (RFC 9113, section 8.6). */
  private static int status(CharSequence value) {
    int status = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      status = status * 10 + digit;
    }
    return value.length() == 3 && status >= 100 && status != 101 ? status : 0;
  }

  /**
   * Writes trailers as lines, each with its CR LF. Those that would have changed the head's meaning
   * are left out (RFC 9110, section 6.5.1).
   *
   * @return {@link Fault#NONE}, or why they are malformed
   */
  public static Fault trailers(Iterable<Entry<CharSequence, CharSequence>> fields, ByteBuf out) {
    for (Entry<CharSequence, CharSequence> field : fields) {
      Fault fault = FieldRules.check(field.getKey(), field.getValue());
      if (fault != Fault.NONE) {
        return fault;
      }
      if (Trailers.mayPass(field.getKey())) {
        line(field.getKey(), field.getValue(), out);
      }
    }
    return Fault.NONE;
  }

  private static boolean is(CharSequence name, String wanted) {
    return AsciiString.contentEquals(name, wanted);
  }

  private static void line(CharSequence name, CharSequence value, ByteBuf out) {
    value(name, out);
    out.writeByte(':').writeByte(' ');
    value(value, out);
    out.writeBytes(LINE_END);
  }

  private static void line(byte[] start, CharSequence value, ByteBuf out) {
    out.writeBytes(start);
    value(value, out);
    out.writeBytes(LINE_END);
  }

  private static void value(CharSequence value, ByteBuf out) {
    if (value instanceof AsciiString bytes) {
      out.writeBytes(bytes.array(), bytes.arrayOffset(), bytes.length());
    } else {
      out.writeCharSequence(value, StandardCharsets.ISO_8859_1);
    }
  }
}
