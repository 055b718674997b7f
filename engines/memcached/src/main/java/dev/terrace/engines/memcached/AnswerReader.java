package dev.terrace.engines.memcached;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what a Memcached says, and believes none of it: lines, values and lists are bounded, and
 * whatever is not an answer is an {@link IOException}.
 */
final class AnswerReader {

  /** No answer to what we ask is longer; settings of the server with paths in them may be. */
  private static final int LINE_BYTES_MAX = 4096;

  private static final int STATISTICS_MAX = 2000;

  private final InputStream in;
  private final byte[] line = new byte[LINE_BYTES_MAX];
  private int valueBytesMax;

  /** Values may have so many bytes at first. */
  AnswerReader(InputStream in, int valueBytesMax) {
    this.in = in;
    this.valueBytesMax = valueBytesMax;
  }

  /** From now on values may have so many bytes. */
  void limit(int bytesMax) {
    valueBytesMax = bytesMax;
  }

  /** The next answer to a meta command. */
  Answer answer() throws IOException {
    String text = line();
    String[] words = text.split(" ", -1);
    return switch (words[0]) {
      case "VA" -> item(words);
      case "HD" -> new Answer.Done(flag(words, 1, 'c'));
      case "NF", "NS", "EX" -> new Answer.NotDone();
      case "MN" -> new Answer.NoOp();
      case "SERVER_ERROR" -> new Answer.Failed(text);
      case "ERROR", "CLIENT_ERROR" -> new Answer.NotUnderstood(text);
      default -> throw unexpected(text);
    };
  }

  private Answer item(String[] words) throws IOException {
    long bytes = words.length < 2 ? -1 : number(words[1]);
    if (bytes < 0 || bytes > valueBytesMax) {
      throw new IOException(
          "a value of " + bytes + " bytes, where " + valueBytesMax + " are the most");
    }
    boolean won = false;
    for (int i = 2; i < words.length; i++) {
      won |= words[i].equals("W");
    }
    // Allocates as bytes come, so that a size alone takes no memory.
    byte[] data = in.readNBytes((int) bytes);
    if (data.length < bytes || next() != '\r' || next() != '\n') {
      throw new IOException("a value that does not end where it should");
    }
    return new Answer.Item(data, flag(words, 2, 'c'), flag(words, 2, 't'), won);
  }

  /** The number behind a flag; -1 if it was not given. */
  private static long flag(String[] words, int from, char name) throws IOException {
    for (int i = from; i < words.length; i++) {
      if (!words[i].isEmpty() && words[i].charAt(0) == name) {
        return number(words[i].substring(1));
      }
    }
    return -1;
  }

  private static long number(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new IOException("'" + shown(digits) + "' where a number should be", e);
    }
  }

  /** The lines {@code STAT name value} up to {@code END}, by name. */
  Map<String, String> statistics() throws IOException {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < STATISTICS_MAX; i++) {
      String text = line();
      if (text.equals("END")) {
        return all;
      }
      String[] words = text.split(" ", 3);
      if (words.length < 2 || !words[0].equals("STAT")) {
        throw unexpected(text);
      }
      all.put(words[1], words.length < 3 ? "" : words[2]);
    }
    throw new IOException("more than " + STATISTICS_MAX + " lines of statistics");
  }

  private String line() throws IOException {
    int length = 0;
    while (true) {
      int next = next();
      if (next == '\n' && length > 0 && line[length - 1] == '\r') {
        return new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
      }
      if (length == line.length) {
        throw new IOException("a line longer than " + LINE_BYTES_MAX + " bytes");
      }
      line[length++] = (byte) next;
    }
  }

  private int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new IOException("the server closed the connection");
    }
    return next;
  }

  private static IOException unexpected(String text) {
    return new IOException("not an answer of a Memcached: '" + shown(text) + "'");
  }

  /** The beginning, fit for a log. */
  private static String shown(String text) {
    String start = text;
    start = start.length() > 80 ? start.substring(0, 80) + "..." : start;
    return start.replaceAll("[^ -~]", "?");
  }
}
