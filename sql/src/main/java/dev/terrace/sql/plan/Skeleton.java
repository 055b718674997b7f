package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Lexed.LiteralKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A statement's text with a mark in place of each constant, and where those were: what {@link
 * Lexer} would find, in one pass over the bytes and for plain statements only. Two texts with the
 * same skeleton have the same tokens but for the values of constants. What the pass is not sure of
 * (comments, dollar quotes, prefixed or continued strings) it leaves to the lexer.
 *
 * <p>Reused from text to text, by one thread.
 */
final class Skeleton {

  static final int LENGTH_MAX = 4 << 10;
  private static final int CONSTANTS_MAX = 32;

  private static final byte NUMBER_MARK = 1;
  private static final byte STRING_MARK = 2;

  private static final byte OTHER = 0;
  private static final byte WORD = 1;
  private static final byte DIGIT = 2;
  private static final byte UNREAD = 3;
  private static final byte QUOTE = 4;
  private static final byte IDENTIFIER = 5;
  private static final byte DOLLAR = 6;
  private static final byte MAYBE_COMMENT = 7;
  private static final byte POINT = 8;

  private static final byte[] CLASSES = classes();

  private final byte[] bytes = new byte[LENGTH_MAX];
  private int length;
  private final int[] spans = new int[2 * CONSTANTS_MAX];
  private final LiteralKind[] kinds = new LiteralKind[CONSTANTS_MAX];
  private int constants;

  private static byte[] classes() {
    byte[] classes = new byte[256];
    for (int c = 0; c < 256; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
      boolean space = c == ' ' || (c >= '\t' && c <= '\r');
      if (letter) {
        classes[c] = WORD;
      } else if (c >= '0' && c <= '9') {
        classes[c] = DIGIT;
      } else if (c < ' ' && !space) {
        classes[c] = UNREAD;
      }
    }
    classes['\''] = QUOTE;
    classes['"'] = IDENTIFIER;
    classes['$'] = DOLLAR;
    classes['-'] = MAYBE_COMMENT;
    classes['/'] = MAYBE_COMMENT;
    classes['.'] = POINT;
    return classes;
  }

  /** The skeleton's bytes, of which {@link #length} count. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  int constants() {
    return constants;
  }

  /** Whether the constants are those, in characters of an ASCII text. */
  boolean matches(Lexed lexed) {
    if (lexed.slots() != constants) {
      return false;
    }
    for (int i = 0; i < constants; i++) {
      boolean same =
          lexed.endLiteral(i) == lexed.firstLiteral(i) + 1
              && lexed.literalKind(lexed.firstLiteral(i)) == kinds[i]
              && lexed.literalStart(lexed.firstLiteral(i)) == spans[2 * i]
              && lexed.literalEnd(lexed.firstLiteral(i)) == spans[2 * i + 1];
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** The constants of the text read last. */
  Constants of(byte[] text) {
    return new Found(text, Arrays.copyOf(spans, 2 * constants), Arrays.copyOf(kinds, constants));
  }

  private static final class Found implements Constants {
    private final byte[] text;
    private final int[] spans;
    private final LiteralKind[] kinds;

    Found(byte[] text, int[] spans, LiteralKind[] kinds) {
      this.text = text;
      this.spans = spans;
      this.kinds = kinds;
    }

    @Override
    public int firstLiteral(int slot) {
      return slot;
    }

    @Override
    public int endLiteral(int slot) {
      return slot + 1;
    }

    @Override
    public LiteralKind literalKind(int literal) {
      return kinds[literal];
    }

    @Override
    public String literalSource(int literal) {
      int start = spans[2 * literal];
      return new String(text, start, spans[2 * literal + 1] - start, StandardCharsets.UTF_8);
    }
  }

  /** Reads the first bytes of an array; false if the statement is not plain. */
  boolean read(byte[] text, int end) {
    length = 0;
    constants = 0;
    if (end > LENGTH_MAX) {
      return false;
    }
    int at = 0;
    while (at < end) {
      byte c = text[at];
      at =
          switch (CLASSES[c & 0xff]) {
            case WORD -> word(text, at, end);
            case DIGIT -> number(text, at, end);
            case QUOTE -> string(text, at, end);
            case IDENTIFIER -> identifier(text, at, end);
            case DOLLAR -> parameter(text, at, end);
            case MAYBE_COMMENT -> sign(text, at, end);
            case POINT -> point(text, at, end);
            case UNREAD -> -1;
            default -> {
              bytes[length++] = c;
              yield at + 1;
            }
          };
      if (at < 0) {
        return false;
      }
    }
    return true;
  }

  private static int kind(byte[] text, int at, int end) {
    return at < end ? CLASSES[text[at] & 0xff] : OTHER;
  }

  private static boolean inWord(int kind) {
    return kind == WORD || kind == DIGIT || kind == DOLLAR;
  }

  private int word(byte[] text, int from, int end) {
    int at = from;
    while (at < end && inWord(CLASSES[text[at] & 0xff])) {
      bytes[length++] = text[at++];
    }
    boolean prefix = at < end && (text[at] == '\'' || text[at] == '&');
    return prefix ? -1 : at;
  }

  private int number(byte[] text, int from, int end) {
    int at = digits(text, from, end);
    if (at + 1 < end && text[at] == '.' && CLASSES[text[at + 1] & 0xff] == DIGIT) {
      at = digits(text, at + 1, end);
    }
    int next = kind(text, at, end);
    return inWord(next) || next == POINT
        ? -1
        : constant(LiteralKind.NUMBER, NUMBER_MARK, from, at, at);
  }

  private static int digits(byte[] text, int from, int end) {
    int at = from;
    while (at < end && CLASSES[text[at] & 0xff] == DIGIT) {
      at++;
    }
    return at;
  }

  private int constant(LiteralKind kind, byte mark, int start, int end, int next) {
    if (constants == CONSTANTS_MAX) {
      return -1;
    }
    spans[2 * constants] = start;
    spans[2 * constants + 1] = end;
    kinds[constants++] = kind;
    bytes[length++] = mark;
    return next;
  }

  /** A string that goes on in a second pair of quotes is left to the lexer. */
  private int string(byte[] text, int from, int end) {
    int at = from + 1;
    while (at < end) {
      if (text[at] == 0) {
        return -1;
      }
      if (text[at] != '\'') {
        at++;
      } else if (at + 1 < end && text[at + 1] == '\'') {
        at += 2;
      } else {
        break;
      }
    }
    if (at >= end) {
      return -1;
    }
    int next = at + 1;
    while (next < end && text[next] <= ' ' && text[next] >= '\t') {
      next++;
    }
    boolean goesOn = next < end && (text[next] == '\'' || text[next] == '-');
    return goesOn ? -1 : constant(LiteralKind.PLAIN_STRING, STRING_MARK, from + 1, at, at + 1);
  }

  private int identifier(byte[] text, int from, int end) {
    int at = from;
    do {
      if (text[at] == 0) {
        return -1;
      }
      bytes[length++] = text[at++];
    } while (at < end && text[at] != '"');
    if (at == end) {
      return -1;
    }
    bytes[length++] = '"';
    return at + 1;
  }

  /** $1; a dollar quote is left to the lexer. */
  private int parameter(byte[] text, int from, int end) {
    int at = from;
    bytes[length++] = text[at++];
    if (kind(text, at, end) != DIGIT) {
      return -1;
    }
    while (kind(text, at, end) == DIGIT) {
      bytes[length++] = text[at++];
    }
    return inWord(kind(text, at, end)) ? -1 : at;
  }

  private int sign(byte[] text, int from, int end) {
    byte next = from + 1 < end ? text[from + 1] : 0;
    boolean comment = text[from] == '-' ? next == '-' : next == '*';
    if (comment) {
      return -1;
    }
    bytes[length++] = text[from];
    return from + 1;
  }

  /** Between names; before a digit it might begin a number. */
  private int point(byte[] text, int from, int end) {
    if (kind(text, from + 1, end) == DIGIT) {
      return -1;
    }
    bytes[length++] = '.';
    return from + 1;
  }
}
