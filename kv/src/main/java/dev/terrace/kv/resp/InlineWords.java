package dev.terrace.kv.resp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of an inline command: {@code set k "two words\n"}. Double quotes know the escapes
 * {@code \n \r \t \b \a \xHH}, single quotes only {@code \'}, as in redis-cli.
 */
final class InlineWords {

  private final String line;
  private int at;

  private InlineWords(String line) {
    this.line = line;
  }

  /**
   * Splits a line whose characters are its bytes.
   *
   * @throws ProtocolError if a quote is not closed, or not followed by a space
   */
  static List<byte[]> of(String line) throws ProtocolError {
    return new InlineWords(line).all();
  }

  private List<byte[]> all() throws ProtocolError {
    List<byte[]> words = new ArrayList<>();
    while (true) {
      while (at < line.length() && isSpace(line.charAt(at))) {
        at++;
      }
      if (at == line.length()) {
        return words;
      }
      words.add(word());
    }
  }

  private byte[] word() throws ProtocolError {
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    while (at < line.length() && !isSpace(line.charAt(at))) {
      char c = line.charAt(at++);
      if (c == '"' || c == '\'') {
        quoted(c, word);
      } else {
        word.write(c);
      }
    }
    return word.toByteArray();
  }

  private void quoted(char quote, ByteArrayOutputStream word) throws ProtocolError {
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c == quote) {
        if (at < line.length() && !isSpace(line.charAt(at))) {
          break;
        }
        return;
      }
      if (c == '\\' && at < line.length() && (quote == '"' || line.charAt(at) == '\'')) {
        escaped(word);
      } else {
        word.write(c);
      }
    }
    throw new ProtocolError("unbalanced quotes in request");
  }

  private void escaped(ByteArrayOutputStream word) {
    char c = line.charAt(at++);
    switch (c) {
      case 'n' -> word.write('\n');
      case 'r' -> word.write('\r');
      case 't' -> word.write('\t');
      case 'b' -> word.write('\b');
      case 'a' -> word.write(7);
      case 'x' -> {
        int high = at + 1 < line.length() ? Character.digit(line.charAt(at), 16) : -1;
        int low = at + 1 < line.length() ? Character.digit(line.charAt(at + 1), 16) : -1;
        if (high >= 0 && low >= 0) {
          word.write(high * 16 + low);
          at += 2;
        } else {
          word.write('x');
        }
      }
      default -> word.write(c);
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
  }
}
