package dev.terrace.sql.copy;

import dev.terrace.sql.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A column of a row in text format. */
final class TextField implements FieldFinder {

  private final byte delimiter;
  private final byte[] nothing;
  private final int column;

  TextField(CopyFormat format, int column) {
    this.delimiter = format.delimiter();
    this.nothing = format.nullText().getBytes(StandardCharsets.UTF_8);
    this.column = column;
  }

  @Override
  public byte @Nullable [] find(byte[] bytes, int from, int to, long line) throws CopyFailure {
    int start = from;
    int index = 0;
    int at = from;
    for (; at < to; at++) {
      if (bytes[at] == '\\') {
        at++;
      } else if (bytes[at] == delimiter) {
        if (index == column) {
          break;
        }
        index++;
        start = at + 1;
      }
    }
    if (index < column) {
      throw FieldFinder.missing("line " + line);
    }
    int end = Math.min(at, to);
    return Arrays.equals(bytes, start, end, nothing, 0, nothing.length)
        ? null
        : unescaped(bytes, start, end);
  }

  private static byte[] unescaped(byte[] bytes, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
    int at = from;
    while (at < to) {
      byte b = bytes[at++];
      if (b != '\\') {
        out.write(b);
      } else if (at < to) {
        at = escape(bytes, at, to, out);
      }
    }
    return out.toByteArray();
  }

  /** Writes what an escape stands for and says where it ends. */
  private static int escape(byte[] bytes, int at, int to, ByteArrayOutputStream out) {
    byte b = bytes[at];
    int plain = "bfnrtv".indexOf(b);
    if (plain >= 0) {
      out.write("\b\f\n\r\t\u000b".charAt(plain));
      return at + 1;
    }
    boolean hex = b == 'x';
    int radix = hex ? 16 : 8;
    int from = hex ? at + 1 : at;
    int end = from;
    int value = 0;
    while (end < to && end < from + (hex ? 2 : 3) && digit(bytes[end], radix) >= 0) {
      value = value * radix + digit(bytes[end], radix);
      end++;
    }
    out.write(end == from ? b : value);
    return end == from ? at + 1 : end;
  }

  private static int digit(byte b, int radix) {
    return b < 0 ? -1 : Character.digit(b, radix);
  }
}
