package dev.terrace.sql.plan;

import java.util.Arrays;

/**
 * A statement's tokens, as positions in its text, with its constants apart.
 *
 * <p>The fingerprint is the text with white space and comments dropped, words in lower case and
 * every constant replaced: statements with equal fingerprints have the same tokens and so the same
 * syntax tree, up to the values of constants.
 */
final class Lexed implements Constants {

  /** How a constant is written. */
  enum LiteralKind {
    NUMBER,
    PLAIN_STRING,
    ESCAPE_STRING,
    DOLLAR_STRING,
    /**
     * A notation whose value is not worked out: bits, Unicode escapes, strings in several parts.
     */
    OPAQUE
  }

  final String text;
  final StringBuilder fingerprint;
  private Token[] kinds = new Token[32];
  private int[] starts = new int[32];
  private int[] ends = new int[32];

  /** Per token: the slot of its constant or constants, or the number of its parameter. */
  private int[] numbers = new int[32];

  private int size;

  private LiteralKind[] literalKinds = new LiteralKind[8];
  private int[] literalStarts = new int[8];
  private int[] literalEnds = new int[8];
  private int literals;

  /**
   * Per slot its first constant. A constant has a slot of its own, a list's constants share one, so
   * that slots mean the same in all statements of one fingerprint.
   */
  private int[] slots = new int[8];

  private int slotCount;

  int parameterCount;
  private boolean semicolon;
  Hint hint = Hint.NONE;

  Lexed(String text) {
    this.text = text;
    this.fingerprint = new StringBuilder(Math.min(text.length(), 4096));
  }

  void add(Token kind, int start, int end, int number) {
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, size * 2);
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
      numbers = Arrays.copyOf(numbers, size * 2);
    }
    kinds[size] = kind;
    starts[size] = start;
    ends[size] = end;
    numbers[size] = number;
    size++;
  }

  int addLiteral(LiteralKind kind, int start, int end) {
    if (literals == literalKinds.length) {
      literalKinds = Arrays.copyOf(literalKinds, literals * 2);
      literalStarts = Arrays.copyOf(literalStarts, literals * 2);
      literalEnds = Arrays.copyOf(literalEnds, literals * 2);
    }
    literalKinds[literals] = kind;
    literalStarts[literals] = start;
    literalEnds[literals] = end;
    if (slotCount == slots.length) {
      slots = Arrays.copyOf(slots, slotCount * 2);
    }
    slots[slotCount] = literals++;
    return slotCount++;
  }

  /** Replaces tokens {@code from} and after, of slots {@code slot} and after, by one. */
  void collapse(int from, int slot) {
    int start = starts[from];
    int end = ends[size - 1];
    size = from;
    slotCount = slot + 1;
    add(Token.LITERAL_LIST, start, end, slot);
  }

  int size() {
    return size;
  }

  int slots() {
    return slotCount;
  }

  /** Whether there is a semicolon among the tokens. */
  boolean hasSemicolon() {
    return semicolon;
  }

  void noteSemicolon() {
    semicolon = true;
  }

  @Override
  public int firstLiteral(int slot) {
    return slots[slot];
  }

  @Override
  public int endLiteral(int slot) {
    return slot + 1 < slotCount ? slots[slot + 1] : literals;
  }

  Token kind(int token) {
    return token < size ? kinds[token] : Token.END;
  }

  int start(int token) {
    return starts[token];
  }

  int end(int token) {
    return ends[token];
  }

  int number(int token) {
    return numbers[token];
  }

  /** A token as it counts: words in lower case, quoted identifiers without their quotes. */
  String value(int token) {
    return switch (kind(token)) {
      case END -> "";
      case WORD -> lowerCase(text.substring(starts[token], ends[token]));
      case QUOTED -> text.substring(starts[token] + 1, ends[token] - 1).replace("\"\"", "\"");
      default -> text.substring(starts[token], ends[token]);
    };
  }

  /** A text with a blank for each comment and white space between tokens; as it is if unread. */
  static String bare(String text) {
    if (!text.contains("--") && !text.contains("/*")) {
      return text;
    }
    Lexed lexed;
    try {
      lexed = Lexer.lex(text);
    } catch (SyntaxFailure e) {
      return text;
    }
    StringBuilder bare = new StringBuilder(text.length());
    for (int token = 0; token < lexed.size; token++) {
      if (token > 0 && lexed.starts[token] > lexed.ends[token - 1]) {
        bare.append(' ');
      }
      bare.append(text, lexed.starts[token], lexed.ends[token]);
    }
    return bare.toString();
  }

  /** Folds as PostgreSQL does in UTF-8: ASCII letters alone. */
  static String lowerCase(String word) {
    StringBuilder lower = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return lower.toString();
  }

  @Override
  public LiteralKind literalKind(int literal) {
    return literalKinds[literal];
  }

  int literalStart(int literal) {
    return literalStarts[literal];
  }

  int literalEnd(int literal) {
    return literalEnds[literal];
  }

  @Override
  public String literalSource(int literal) {
    return text.substring(literalStarts[literal], literalEnds[literal]);
  }
}
