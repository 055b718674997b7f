package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which fields may come after a body (RFC 9110, section 6.5.1). Some receivers merge trailers into
 * the head: so nothing passes that frames, routes or authenticates a message, says what its body is
 * or is about one connection, and nothing that only we may say of a client.
 */
public final class Trailers {

  private static final Set<AsciiString> NEVER =
      Stream.of(
              "authorization",
              "connection",
              "cookie",
              "expect",
              "forwarded",
              "host",
              "http2-settings",
              "keep-alive",
              "max-forwards",
              "set-cookie",
              "te",
              "trailer",
              "transfer-encoding",
              "upgrade",
              "x-real-ip")
          .map(AsciiString::cached)
          .collect(Collectors.toUnmodifiableSet());

  /** It can only be known once the body was sent (RFC 9530, section 2). */
  private static final AsciiString CONTENT_DIGEST = AsciiString.cached("content-digest");

  private Trailers() {}

  /** Whether the field of that name, in whatever case, may pass. */
  public static boolean mayPass(CharSequence name) {
    AsciiString lower = AsciiString.of(name).toLowerCase();
    return !NEVER.contains(lower)
        && !lower.startsWith("proxy-")
        && !lower.startsWith("x-forwarded-")
        && (!lower.startsWith("content-") || lower.equals(CONTENT_DIGEST));
  }

  /**
   * Leaves out those that are not wanted.
   *
   * @param lines well formed, each with its CR LF; taken over
   * @param wanted is asked for each name, in lower case
   * @return null if none is left
   */
  public static @Nullable ByteBuf keep(ByteBuf lines, Predicate<AsciiString> wanted) {
    byte[] bytes = ByteBufUtil.getBytes(lines);
    lines.release();
    int kept = 0;
    int from = 0;
    while (from < bytes.length) {
      int colon = indexOf(bytes, ':', from);
      int to = indexOf(bytes, '\n', colon) + 1;
      if (wanted.test(new AsciiString(bytes, from, colon - from, true).toLowerCase())) {
        System.arraycopy(bytes, from, bytes, kept, to - from);
        kept += to - from;
      }
      from = to;
    }
    return kept == 0 ? null : Unpooled.wrappedBuffer(bytes, 0, kept);
  }

  private static int indexOf(byte[] bytes, char wanted, int from) {
    int at = from;
    while (bytes[at] != wanted) {
      at++;
    }
    return at;
  }
}
