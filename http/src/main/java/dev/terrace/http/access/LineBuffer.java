package dev.terrace.http.access;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Lines being made, as bytes. What a client sent goes in escaped, so that no client can end a line,
 * begin another, or steer the terminal that shows it.
 */
final class LineBuffer {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNREADABLE = "\\ufffd".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[16 * 1024];
  private int size;

  /** How much there is. */
  int size() {
    return size;
  }

  /** What there is, to be written at once. */
  ByteBuffer written() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  void clear() {
    size = 0;
  }

  /** Text of ours that needs no escaping. */
  LineBuffer raw(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[size++] = (byte) text.charAt(i);
    }
    return this;
  }

  LineBuffer raw(char c) {
    room(1);
    bytes[size++] = (byte) c;
    return this;
  }

  LineBuffer number(long number) {
    return raw(Long.toString(number));
  }

  /** Nanoseconds as seconds, to the microsecond. */
  LineBuffer seconds(long nanos) {
    long micros = nanos / 1000;
    number(micros / 1_000_000).raw('.');
    for (long digit = 100_000; digit > 0; digit /= 10) {
      raw((char) ('0' + micros / digit % 10));
    }
    return this;
  }

  /** A text as it stands within a JSON string (RFC 8259, section 7). */
  LineBuffer json(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return json(utf8, 0, utf8.length);
  }

  /**
   * Bytes as they stand within a JSON string. What is not UTF-8 becomes U+FFFD, byte by byte;
   * controls, and marks that end lines or turn the direction of text, become escapes.
   */
  LineBuffer json(byte[] text, int from, int to) {
    int i = from;
    while (i < to) {
      room(8);
      byte b = text[i];
      if (b >= ' ' && b != '"' && b != '\\' && b != 0x7F) {
        bytes[size++] = b;
        i++;
      } else if (b == '"' || b == '\\') {
        bytes[size++] = '\\';
        bytes[size++] = b;
        i++;
      } else if (b >= 0) {
        unicode(b);
        i++;
      } else {
        i += beyondAscii(text, i, to);
      }
    }
    return this;
  }

  private int beyondAscii(byte[] text, int at, int to) {
    int length = Utf8.length(text, at, to);
    if (length == 0) {
      System.arraycopy(UNREADABLE, 0, bytes, size, UNREADABLE.length);
      size += UNREADABLE.length;
      return 1;
    }
    int point = Utf8.codePoint(text, at, length);
    if (Utf8.isHazard(point)) {
      unicode(point);
    } else {
      System.arraycopy(text, at, bytes, size, length);
      size += length;
    }
    return length;
  }

  private void unicode(int point) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[point >> shift & 15];
    }
  }

  /** Bytes between double quotes as Apache's formats have them: what is not plain is \xhh. */
  LineBuffer quoted(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      room(4);
      byte b = text[i];
      if (b == '"' || b == '\\') {
        bytes[size++] = '\\';
        bytes[size++] = b;
      } else if (b >= ' ' && b != 0x7F) {
        bytes[size++] = b;
      } else {
        bytes[size++] = '\\';
        bytes[size++] = 'x';
        bytes[size++] = HEX[b >> 4 & 15];
        bytes[size++] = HEX[b & 15];
      }
    }
    return this;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
