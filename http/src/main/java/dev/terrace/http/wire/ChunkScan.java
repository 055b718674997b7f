package dev.terrace.http.wire;

import io.netty.buffer.ByteBuf;

/**
 * The framing of a body in chunks (RFC 9112, section 7.1), byte by byte but for the data, which it
 * passes over. Sizes are plain hexadecimal of at most 15 digits; extensions must be well formed,
 * without white space and all ASCII, and are bounded over the whole body, for hardly anybody uses
 * them but attackers; trailers must be well formed header lines.
 */
final class ChunkScan {

  private enum State {
    SIZE,
    EXTENSION_START,
    EXTENSION_NAME,
    EXTENSION_VALUE_START,
    EXTENSION_VALUE,
    EXTENSION_QUOTED,
    EXTENSION_ESCAPED,
    EXTENSION_UNQUOTED,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    LINE_START,
    NAME,
    VALUE,
    VALUE_LF,
    END_LF,
    DONE
  }

  private static final int DIGITS_MAX = 15;
  private static final int EXTENSIONS_MAX = 16 * 1024;

  private State state = State.DONE;
  private long remaining;
  private int digits;
  private int extensionBytes;
  private int trailerBytes;
  private int trailerLines;
  private int maxTrailer;
  private boolean data;
  private Fault fault = Fault.NONE;

  void start(int maxTrailerBytes) {
    state = State.SIZE;
    remaining = 0;
    digits = 0;
    extensionBytes = 0;
    trailerBytes = 0;
    trailerLines = 0;
    maxTrailer = maxTrailerBytes;
    data = false;
    fault = Fault.NONE;
  }

  boolean done() {
    return state == State.DONE;
  }

  boolean lastWasData() {
    return data;
  }

  /** Whether the last chunk was passed over: what follows are trailers and the end of them. */
  boolean inTrailers() {
    return state.compareTo(State.LINE_START) >= 0;
  }

  Fault fault() {
    return fault;
  }

  /**
   * Passes over data, over framing up to the next data or the trailers, or over those; returns
   * where it stopped.
   */
  int step(ByteBuf buffer, int from, int to) {
    if (state == State.DATA) {
      data = true;
      int count = (int) Math.min(remaining, to - from);
      remaining -= count;
      if (remaining == 0) {
        state = State.DATA_CR;
      }
      return from + count;
    }
    data = false;
    int at = from;
    State last = inTrailers() ? State.DONE : State.LINE_START;
    while (at < to && state != State.DATA && state != last) {
      State next = next(buffer.getByte(at));
      if (fault != Fault.NONE) {
        return at;
      }
      state = next;
      at++;
    }
    return at;
  }

  private State next(byte b) {
    return switch (state) {
      case SIZE -> size(b);
      case EXTENSION_START -> Ascii.isToken(b) ? extension(State.EXTENSION_NAME) : bad();
      case EXTENSION_NAME -> b == '=' ? extension(State.EXTENSION_VALUE_START) : extensionToken(b);
      case EXTENSION_VALUE_START ->
          b == '"'
              ? extension(State.EXTENSION_QUOTED)
              : Ascii.isToken(b) ? extension(State.EXTENSION_VALUE) : bad();
      case EXTENSION_VALUE -> extensionToken(b);
      case EXTENSION_QUOTED -> quoted(b);
      case EXTENSION_ESCAPED -> b < 0 || isControl(b) ? bad() : extension(State.EXTENSION_QUOTED);
      case EXTENSION_UNQUOTED -> afterExtension(b);
      case SIZE_LF -> {
        digits = 0;
        yield b != '\n' ? bad() : remaining == 0 ? State.LINE_START : State.DATA;
      }
      case DATA_CR -> b == '\r' ? State.DATA_LF : bad();
      case DATA_LF -> b == '\n' ? State.SIZE : bad();
      case LINE_START -> b == '\r' ? State.END_LF : Ascii.isToken(b) ? trailerLine() : bad();
      case NAME -> b == ':' ? trailer(State.VALUE) : Ascii.isToken(b) ? trailer(State.NAME) : bad();
      case VALUE -> b == '\r' ? State.VALUE_LF : isControl(b) ? bad() : trailer(State.VALUE);
      case VALUE_LF -> b == '\n' ? State.LINE_START : bad();
      case END_LF -> b == '\n' ? State.DONE : bad();
      case DATA, DONE -> throw new IllegalStateException("no framing is expected");
    };
  }

  private State size(byte b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0 && digits < DIGITS_MAX) {
      remaining = digits == 0 ? digit : remaining * 16 + digit;
      digits++;
      return State.SIZE;
    }
    if (digits == 0) {
      return bad();
    }
    return afterExtension(b);
  }

  private State afterExtension(byte b) {
    return b == '\r' ? State.SIZE_LF : b == ';' ? extension(State.EXTENSION_START) : bad();
  }

  private State extensionToken(byte b) {
    return Ascii.isToken(b) ? extension(state) : afterExtension(b);
  }

  private State quoted(byte b) {
    if (b < 0 || isControl(b)) {
      return bad();
    }
    return extension(
        b == '"'
            ? State.EXTENSION_UNQUOTED
            : b == '\\' ? State.EXTENSION_ESCAPED : State.EXTENSION_QUOTED);
  }

  private State extension(State next) {
    return ++extensionBytes > EXTENSIONS_MAX ? bad() : next;
  }

  private State trailerLine() {
    if (++trailerLines > Head.FIELDS_MAX) {
      fault = Fault.TOO_MANY_FIELDS;
    }
    return trailer(State.NAME);
  }

  private State trailer(State next) {
    if (++trailerBytes > maxTrailer) {
      fault = Fault.HEAD_TOO_LARGE;
    }
    return next;
  }

  private static boolean isControl(byte b) {
    return b == 0x7F || (b >= 0 && b < ' ' && b != '\t');
  }

  private State bad() {
    fault = state.compareTo(State.LINE_START) >= 0 ? Fault.BAD_TRAILER : Fault.BAD_CHUNK;
    return state;
  }
}
