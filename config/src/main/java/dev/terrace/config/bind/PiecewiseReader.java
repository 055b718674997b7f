package dev.terrace.config.bind;

import java.io.Reader;

/**
 * Reads a text in pieces that leave room for one more character: who gets the first half of a pair
 * of surrogates at the end of a piece reads the second half behind it, as the YAML library does
 * without looking whether its buffer is full.
 */
final class PiecewiseReader extends Reader {

  private final String text;
  private int at;

  PiecewiseReader(String text) {
    this.text = text;
  }

  @Override
  public int read(char[] buffer, int offset, int length) {
    if (at == text.length()) {
      return -1;
    }
    int count = Math.min(text.length() - at, Math.max(1, length - 1));
    text.getChars(at, at + count, buffer, offset);
    at += count;
    return count;
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
