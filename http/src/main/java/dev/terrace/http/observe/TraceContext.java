package dev.terrace.http.observe;

import dev.terrace.http.wire.FieldName;
import dev.terrace.http.wire.RequestHead;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where an exchange stands in a trace (W3C Trace Context): the client's trace goes on if it named
 * one, else one begins here. What is not exactly well-formed counts as absent, and then the vendor
 * state beside it goes no further either.
 */
public final class TraceContext {

  /** The id of a span that is not there. */
  public static final long NO_SPAN = 0;

  private static final HexFormat HEX = HexFormat.of();
  private static final int LENGTH = 55;
  private static final int SAMPLED = 1;
  private static final int RANDOM = 2;
  private static final byte[] NO_STATE = {};

  private final long high;
  private final long low;
  private final long parent;
  private final long span = randomId();
  private final int flags;
  private final byte[] state;

  private TraceContext(long high, long low, long parent, int flags, byte[] state) {
    this.high = high;
    this.low = low;
    this.parent = parent;
    this.flags = flags;
    this.state = state;
  }

  /**
   * Of that request.
   *
   * @param share of the traces begun here that is recorded
   */
  public static TraceContext of(RequestHead request, double share) {
    TraceContext named = named(request);
    if (named != null) {
      return named;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    boolean sampled = random.nextDouble() < share;
    return new TraceContext(
        random.nextLong(), randomId(), NO_SPAN, RANDOM | (sampled ? SAMPLED : 0), NO_STATE);
  }

  /** The id of a new span. */
  public static long randomId() {
    long id = ThreadLocalRandom.current().nextLong();
    return id == NO_SPAN ? 1 : id;
  }

  private static @Nullable TraceContext named(RequestHead request) {
    int found = -1;
    for (int i = 0; i < request.fields(); i++) {
      if (request.name(i) == FieldName.TRACEPARENT) {
        if (found >= 0) {
          return null; // two make none
        }
        found = i;
      }
    }
    return found < 0 ? null : parse(request, request.valueStart(found), request.valueEnd(found));
  }

  private static @Nullable TraceContext parse(RequestHead request, int from, int to) {
    byte[] text = request.bytes();
    int version = (int) hex(text, from, from + 2, to);
    boolean longer = version > 0 && to - from > LENGTH && text[from + LENGTH] == '-';
    if (version < 0 || version == 0xFF || !(to - from == LENGTH || longer)) {
      return null;
    }
    if (text[from + 2] != '-' || text[from + 35] != '-' || text[from + 52] != '-') {
      return null;
    }
    boolean digits =
        isHex(text, from + 3, from + 35)
            && isHex(text, from + 36, from + 52)
            && isHex(text, from + 53, from + LENGTH);
    if (!digits) {
      return null;
    }
    long high = hex(text, from + 3, from + 19, to);
    long low = hex(text, from + 19, from + 35, to);
    long parent = hex(text, from + 36, from + 52, to);
    // Flags of a later version mean what they meant in this one (section 4.3).
    int flags = (int) hex(text, from + 53, from + LENGTH, to) & (SAMPLED | RANDOM);
    boolean none = (high == 0 && low == 0) || parent == NO_SPAN;
    return none ? null : new TraceContext(high, low, parent, flags, state(request));
  }

  private static boolean isHex(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = text[i];
      if (!((b >= '0' && b <= '9') || (b >= 'a' && b <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  /** The number that lower-case digits spell, or -1 if there are others or too few. */
  private static long hex(byte[] text, int from, int to, int end) {
    if (to > end || !isHex(text, from, to)) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      number = number << 4 | Character.digit(text[i], 16);
    }
    return number;
  }

  private static byte[] state(RequestHead request) {
    ByteArrayOutputStream lines = null;
    for (int i = 0; i < request.fields(); i++) {
      if (request.name(i) == FieldName.TRACESTATE) {
        lines = lines == null ? new ByteArrayOutputStream() : lines;
        int start = request.lineStart(i);
        lines.write(request.bytes(), start, request.lineEnd(i) - start);
      }
    }
    return lines == null ? NO_STATE : lines.toByteArray();
  }

  /** Whether the trace is recorded. */
  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /** The trace's id, 32 digits. */
  public String traceId() {
    return HEX.toHexDigits(high) + HEX.toHexDigits(low);
  }

  /** The id of the client's span, or {@link #NO_SPAN}. */
  public long parent() {
    return parent;
  }

  /** The id of the exchange's own span. */
  public long span() {
    return span;
  }

  /** The header lines that continue the trace below that span, each with its CR LF. */
  public byte[] lines(long below) {
    byte[] own =
        ("traceparent: 00-"
                + traceId()
                + "-"
                + HEX.toHexDigits(below)
                + "-"
                + HEX.toHexDigits((byte) flags)
                + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    if (state.length == 0) {
      return own;
    }
    byte[] all = new byte[own.length + state.length];
    System.arraycopy(own, 0, all, 0, own.length);
    System.arraycopy(state, 0, all, own.length, state.length);
    return all;
  }
}
