package dev.terrace.kv.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads commands off a stream of bytes that may be cut anywhere: arrays of bulk strings, and inline
 * commands (a line of words) as people type them.
 *
 * <p>Nothing is set aside because a client announced it: an argument's memory is taken when all its
 * bytes have come, and the list of arguments grows as they do.
 */
public final class RequestParser {

  /** The longest line: a length, or an inline command (as Redis's PROTO_INLINE_MAX_SIZE). */
  private static final int LINE_MAX = 64 * 1024;

  private static final int SIZE_LINE_MAX = 32;

  /** What a client may send, which is less before it has said who it is. */
  public record Limits(int arguments, int bulkBytes) {

    /** The most bytes of all arguments together. */
    long commandBytes() {
      return 4L * bulkBytes;
    }
  }

  private static final byte[][] NO_ARGUMENTS = {};

  /** The arguments still to come of the array being read; 0 between commands. */
  private int missing;

  /** The length of the bulk string being read, or -1 before its header. */
  private int bulkLength = -1;

  private byte[][] arguments = NO_ARGUMENTS;
  private int count;
  private int total;
  private long bytes;

  /**
   * Takes one command off the buffer.
   *
   * @return its words, of which there may be none (an empty line), or null if more bytes are needed
   * @throws ProtocolError if these are not commands; the parser is of no more use then
   */
  public byte @Nullable [][] next(ByteBuf in, Limits limits) throws ProtocolError {
    if (missing == 0) {
      if (!in.isReadable()) {
        return null;
      }
      if (in.getByte(in.readerIndex()) != '*') {
        return inline(in);
      }
      if (!arrayHeader(in, limits)) {
        return null;
      }
      if (missing == 0) {
        return NO_ARGUMENTS;
      }
    }
    while (missing > 0) {
      if (!argument(in, limits)) {
        return null;
      }
    }
    byte[][] command = count == arguments.length ? arguments : Arrays.copyOf(arguments, count);
    arguments = NO_ARGUMENTS;
    return command;
  }

  /** Whether a command has begun and not ended. */
  public boolean within() {
    return missing > 0;
  }

  private boolean arrayHeader(ByteBuf in, Limits limits) throws ProtocolError {
    long length = number(in, "invalid multibulk length");
    if (length == Long.MIN_VALUE) {
      return false;
    }
    if (length > limits.arguments()) {
      throw new ProtocolError("invalid multibulk length");
    }
    missing = (int) Math.max(0, length);
    total = missing;
    arguments = missing == 0 ? NO_ARGUMENTS : new byte[Math.min(missing, 16)][];
    count = 0;
    bytes = 0;
    bulkLength = -1;
    return true;
  }

  private boolean argument(ByteBuf in, Limits limits) throws ProtocolError {
    if (bulkLength < 0) {
      if (!in.isReadable()) {
        return false;
      }
      byte kind = in.getByte(in.readerIndex());
      if (kind != '$') {
        throw new ProtocolError("expected '$', got '" + shown(kind) + "'");
      }
      long length = number(in, "invalid bulk length");
      if (length == Long.MIN_VALUE) {
        return false;
      }
      if (length < 0 || length > limits.bulkBytes()) {
        throw new ProtocolError("invalid bulk length");
      }
      bytes += length;
      if (bytes > limits.commandBytes()) {
        throw new ProtocolError("too big a command: more than 4 times the largest argument");
      }
      bulkLength = (int) length;
    }
    if (in.readableBytes() < bulkLength + 2) {
      return false;
    }
    byte[] argument = new byte[bulkLength];
    in.readBytes(argument);
    if (in.readByte() != '\r' || in.readByte() != '\n') {
      throw new ProtocolError("a bulk string must end with CR LF");
    }
    if (count == arguments.length) {
      arguments = Arrays.copyOf(arguments, Math.min(total, count * 2));
    }
    arguments[count++] = argument;
    bulkLength = -1;
    missing--;
    return true;
  }

  /** The number of a line such as {@code *3} or {@code $12}; MIN_VALUE if it is not all there. */
  private static long number(ByteBuf in, String complaint) throws ProtocolError {
    int start = in.readerIndex();
    int end = in.indexOf(start, Math.min(in.writerIndex(), start + SIZE_LINE_MAX), (byte) '\n');
    if (end < 0) {
      if (in.readableBytes() >= SIZE_LINE_MAX) {
        throw new ProtocolError(complaint);
      }
      return Long.MIN_VALUE;
    }
    int at = start + 1;
    int last = end - 1;
    boolean negative = at < last && in.getByte(at) == '-';
    if (negative) {
      at++;
    }
    if (last <= at - 1 || in.getByte(last) != '\r' || last - at > 18 || last == at) {
      throw new ProtocolError(complaint);
    }
    long value = 0;
    for (; at < last; at++) {
      int digit = in.getByte(at) - '0';
      if (digit < 0 || digit > 9) {
        throw new ProtocolError(complaint);
      }
      value = value * 10 + digit;
    }
    in.readerIndex(end + 1);
    return negative ? -value : value;
  }

  private byte @Nullable [][] inline(ByteBuf in) throws ProtocolError {
    int start = in.readerIndex();
    int end = in.indexOf(start, Math.min(in.writerIndex(), start + LINE_MAX), (byte) '\n');
    if (end < 0) {
      if (in.readableBytes() >= LINE_MAX) {
        throw new ProtocolError("too big inline request");
      }
      return null;
    }
    byte[] line = new byte[end - start];
    in.readBytes(line);
    in.skipBytes(1);
    List<byte[]> words = InlineWords.of(new String(line, StandardCharsets.ISO_8859_1));
    return words.toArray(byte[][]::new);
  }

  private static String shown(byte b) {
    return b > ' ' && b < 127 ? String.valueOf((char) b) : String.format("\\x%02x", b);
  }
}
