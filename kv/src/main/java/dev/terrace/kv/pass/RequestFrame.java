package dev.terrace.kv.pass;

import dev.terrace.kv.resp.RequestParser;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One request in the buffer that it came in: where it ends, and where its words are. Nothing is
 * copied, and a request that is cut is gone on with where it was cut.
 */
final class RequestFrame {

  /** What was found. */
  enum Found {
    /** A whole request. */
    WHOLE,
    /** Its beginning. */
    PART,
    /** Something else, or more than is allowed. */
    OTHER
  }

  private static final int WORDS_KEPT = 64;
  private static final int DIGITS_MAX = 10;

  private ByteBuf in;
  private int origin;

  /** Of each word: where its length stands and where it begins, from the origin, and its length. */
  private int[] places = new int[3 * WORDS_KEPT];

  private int words;
  private int wanted = -1;
  private int at;
  private long bytes;

  /** The number that was read last. */
  private int number;

  RequestFrame(ByteBuf none) {
    this.in = none;
  }

  /** Looks for a request at the buffer's reader index, which must not move while one is a part. */
  Found scan(ByteBuf buffer, RequestParser.Limits limits) {
    in = buffer;
    origin = buffer.readerIndex();
    int end = buffer.writerIndex();
    if (wanted < 0) {
      Found header = header(end, limits);
      if (header != Found.WHOLE) {
        return header;
      }
    }
    while (words < wanted) {
      Found word = word(end, limits);
      if (word != Found.WHOLE) {
        return word;
      }
    }
    return Found.WHOLE;
  }

  private Found header(int end, RequestParser.Limits limits) {
    if (origin == end) {
      return Found.PART;
    }
    if (in.getByte(origin) != '*') {
      return Found.OTHER;
    }
    Found read = number(origin + 1, end);
    if (read == Found.WHOLE) {
      if (number < 1 || number > limits.arguments()) {
        return Found.OTHER;
      }
      wanted = number;
    }
    return read;
  }

  private Found word(int end, RequestParser.Limits limits) {
    int head = origin + at;
    if (head == end) {
      return Found.PART;
    }
    if (in.getByte(head) != '$') {
      return Found.OTHER;
    }
    Found read = number(head + 1, end);
    if (read != Found.WHOLE) {
      return read;
    }
    int length = number;
    int start = at;
    if (length > limits.bulkBytes() || bytes + length > 4L * limits.bulkBytes()) {
      return Found.OTHER;
    }
    if (end - origin - start < length + 2) {
      at = head - origin;
      return Found.PART;
    }
    int after = origin + start + length;
    if (in.getByte(after) != '\r' || in.getByte(after + 1) != '\n') {
      return Found.OTHER;
    }
    keep(head - origin, start, length);
    bytes += length;
    at = start + length + 2;
    return Found.WHOLE;
  }

  /** Reads digits and CR LF; then {@link #at} is behind them. */
  private Found number(int from, int end) {
    int value = 0;
    int limit = Math.min(end, from + DIGITS_MAX);
    for (int i = from; i < limit; i++) {
      int digit = in.getByte(i) - '0';
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        if (value < 0) {
          return Found.OTHER;
        }
      } else if (digit == '\r' - '0' && i > from) {
        if (i + 1 == end) {
          return Found.PART;
        }
        number = value;
        at = i + 2 - origin;
        return in.getByte(i + 1) == '\n' ? Found.WHOLE : Found.OTHER;
      } else {
        return Found.OTHER;
      }
    }
    return end - from < DIGITS_MAX ? Found.PART : Found.OTHER;
  }

  private void keep(int head, int start, int length) {
    int i = 3 * words++;
    if (i == places.length) {
      places = Arrays.copyOf(places, 2 * places.length);
    }
    places[i] = head;
    places[i + 1] = start;
    places[i + 2] = length;
  }

  /** Forgets the request; the next one is looked for anew. */
  void clear() {
    if (places.length > 3 * WORDS_KEPT * 16) {
      places = new int[3 * WORDS_KEPT];
    }
    words = 0;
    wanted = -1;
    at = 0;
    bytes = 0;
  }

  /** Whether a part of a request was found. */
  boolean begun() {
    return wanted >= 0;
  }

  ByteBuf buffer() {
    return in;
  }

  /** Where it begins in the buffer. */
  int start() {
    return origin;
  }

  /** All its bytes. */
  int length() {
    return at;
  }

  /** How many words it has. */
  int words() {
    return words;
  }

  /** Where a word begins in the buffer. */
  int start(int word) {
    return origin + places[3 * word + 1];
  }

  int length(int word) {
    return places[3 * word + 2];
  }

  /** Where a word with its length begins in the buffer. */
  int head(int word) {
    return origin + places[3 * word];
  }

  /** Where a word with its line end ends in the buffer. */
  int tail(int word) {
    return start(word) + length(word) + 2;
  }

  /** Whether a word is that keyword, in whatever case; the keyword is in upper case. */
  boolean is(int word, String keyword) {
    if (word >= words || length(word) != keyword.length()) {
      return false;
    }
    int start = start(word);
    for (int i = 0; i < keyword.length(); i++) {
      int c = in.getByte(start + i);
      if ((c >= 'a' && c <= 'z' ? c - 32 : c) != keyword.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A word as a whole number, or -1 if it is none or negative. */
  long number(int word) {
    boolean padded = word < words && length(word) > 1 && in.getByte(start(word)) == '0';
    if (word >= words || length(word) == 0 || length(word) > 18 || padded) {
      return -1;
    }
    long value = 0;
    for (int i = start(word); i < start(word) + length(word); i++) {
      int digit = in.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  byte[] copy(int word) {
    byte[] bytesOfWord = new byte[length(word)];
    in.getBytes(start(word), bytesOfWord);
    return bytesOfWord;
  }

  /** All words. */
  byte[][] copy() {
    byte[][] all = new byte[words][];
    for (int i = 0; i < words; i++) {
      all[i] = copy(i);
    }
    return all;
  }
}
