package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;

/**
 * Finds where replies end in a stream that may be cut anywhere, RESP2 and RESP3. It keeps no bytes
 * and looks at each at most once; the bytes of long strings it does not look at. How deep a reply
 * is nested makes no difference: what counts is how many values are still missing.
 */
final class ReplyScanner {

  /** More values than this in one reply are taken for garbage. */
  private static final long VALUES_MAX = 1L << 32;

  private static final long LENGTH_MAX = 1L << 32;
  private static final int NO_LINE = 0;

  /** Values still missing of the reply that has begun; 0 between replies. */
  private long missing;

  /** Bytes still missing of a string with its line end. */
  private long skip;

  /** The kind of the line that has begun. */
  private int kind = NO_LINE;

  private long number;
  private int digits;
  private boolean negative;
  private boolean returned;
  private boolean garbage;
  private int first = NO_LINE;

  /**
   * Goes on to the end of the reply.
   *
   * @param from where to go on
   * @param to where the bytes end that have come
   * @return where it ends, or -1 if it goes on behind these bytes or {@link #garbage} was met
   */
  int end(ByteBuf in, int from, int to) {
    int at = from;
    if (missing == 0) {
      if (at == to) {
        return -1;
      }
      missing = 1;
      first = in.getByte(at);
    }
    while (true) {
      if (skip > 0) {
        int step = (int) Math.min(skip, to - at);
        at += step;
        skip -= step;
        if (skip > 0) {
          return -1;
        }
        missing--;
      }
      if (missing == 0) {
        return at;
      }
      if (at == to) {
        return -1;
      }
      at = line(in, at, to);
      if (at < 0) {
        return -1;
      }
    }
  }

  /** Reads a line, or what has come of it; where it ends, or -1. */
  private int line(ByteBuf in, int from, int to) {
    int at = from;
    if (kind == NO_LINE) {
      kind = in.getByte(at++);
      number = 0;
      digits = 0;
      negative = false;
      returned = false;
    }
    return switch (kind) {
      case '+', '-', ':', '_', '#', ',', '(' -> plain(in, at, to);
      case '$', '=', '!', '*', '~', '>', '%', '|' -> counted(in, at, to);
      default -> broken();
    };
  }

  private int plain(ByteBuf in, int from, int to) {
    int end = in.indexOf(from, to, (byte) '\n');
    if (end < 0) {
      return -1;
    }
    kind = NO_LINE;
    missing--;
    return end + 1;
  }

  private int counted(ByteBuf in, int from, int to) {
    for (int at = from; at < to; at++) {
      int c = in.getByte(at);
      if (returned) {
        return c == '\n' && digits > 0 ? counted(at + 1) : broken();
      }
      if (c >= '0' && c <= '9') {
        number = number * 10 + c - '0';
        if (++digits > 12) {
          return broken();
        }
      } else if (c == '\r') {
        returned = true;
      } else if (c == '-' && digits == 0 && !negative) {
        negative = true;
      } else {
        return broken();
      }
    }
    return -1;
  }

  private int counted(int end) {
    boolean string = kind == '$' || kind == '=' || kind == '!';
    if ((negative && number != 1) || number > LENGTH_MAX) {
      return broken();
    }
    if (negative) {
      missing--;
    } else if (string) {
      skip = number + 2;
    } else {
      // What an attribute is about follows it, so that it is no value itself.
      missing += (kind == '%' || kind == '|' ? 2 * number : number) - (kind == '|' ? 0 : 1);
      if (missing > VALUES_MAX) {
        return broken();
      }
    }
    kind = NO_LINE;
    return end;
  }

  private int broken() {
    garbage = true;
    return -1;
  }

  /** Whether what came is not RESP; the scanner is of no more use then. */
  boolean garbage() {
    return garbage;
  }

  /** The first byte of the reply that has begun, or has ended last. */
  int first() {
    return first;
  }

  /** Whether a reply has begun and not ended. */
  boolean within() {
    return missing > 0;
  }
}
