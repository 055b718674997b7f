package dev.terrace.sql.plan;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Calls of {@code terrace.next_id()}, which Terrace answers itself: each is replaced by a number
 * before anything else is done with a statement, so that it may be a sharding key.
 */
public final class NextId {

  private static final String NAME = "next_id";

  /** The name with its schema, and parentheses. */
  private static final int TOKENS = 5;

  private NextId() {}

  /** How many such calls a statement has. */
  static int count(Lexed lexed) {
    int count = 0;
    for (int token = 0; token < lexed.size(); token++) {
      count += isCall(lexed, token) ? 1 : 0;
    }
    return count;
  }

  private static boolean isCall(Lexed lexed, int token) {
    return word(lexed, token).equals(View.SCHEMA)
        && word(lexed, token + 1).equals(".")
        && word(lexed, token + 2).equals(NAME)
        && word(lexed, token + 3).equals("(")
        && word(lexed, token + 4).equals(")");
  }

  /** A token that is no constant and no quoted name; else an empty text. */
  private static String word(Lexed lexed, int token) {
    boolean plain =
        token < lexed.size()
            && (lexed.kind(token) == Token.WORD || lexed.kind(token) == Token.PUNCTUATION);
    return plain ? lexed.value(token) : "";
  }

  /**
   * What keeps the calls from standing for one number each: they may stand where they are evaluated
   * once, in a row of an INSERT's VALUES and in a SELECT that reads no table.
   */
  static Optional<Routing.Refused> problem(Lexed lexed) {
    boolean insert = word(lexed, 0).equals("insert");
    boolean select = word(lexed, 0).equals("select");
    boolean rows = false;
    int depth = 0;
    boolean right = insert || select;
    for (int token = 0; token < lexed.size() && right; token++) {
      switch (word(lexed, token)) {
        case "(" -> depth++;
        case ")" -> depth--;
        case "values" -> rows |= depth == 0;
        case "on", "returning" -> rows &= depth > 0;
        case "select" -> right = token == 0;
        case "from", "union", "intersect", "except" -> right = insert;
        default -> right = !insert || rows || !isCall(lexed, token);
      }
    }
    return right
        ? Optional.empty()
        : Optional.of(
            Refusals.unsupported(
                "terrace.next_id() can stand in the rows of an INSERT's VALUES and in a SELECT"
                    + " without FROM",
                "Ask for the numbers first, and send them as parameters."));
  }

  /** The text with these numbers in place of the calls. */
  public static String filled(String sql, List<Long> numbers) {
    Iterator<Long> left = numbers.iterator();
    return replaced(sql, () -> Long.toString(left.next()));
  }

  /** The text with something of the same type in place of the calls, for a server to describe. */
  public static String described(String sql) {
    return replaced(sql, () -> "NULL::pg_catalog.int8");
  }

  private static String replaced(String sql, Supplier<String> number) {
    Lexed lexed;
    try {
      lexed = Lexer.lex(sql);
    } catch (SyntaxFailure e) {
      throw new IllegalStateException("a text that was planned cannot be read", e);
    }
    StringBuilder out = new StringBuilder(sql.length() + 32);
    int at = 0;
    int depth = 0;
    for (int token = 0; token < lexed.size(); token++) {
      depth += word(lexed, token).equals("(") ? 1 : word(lexed, token).equals(")") ? -1 : 0;
      if (isCall(lexed, token)) {
        out.append(sql, at, lexed.start(token)).append(number.get());
        int after = token + TOKENS;
        at = lexed.end(after - 1);
        // A column of a SELECT's own is called as PostgreSQL would call it.
        String next = word(lexed, after);
        boolean column = after == lexed.size() || next.equals(",") || next.equals(";");
        if (depth == 0 && column) {
          out.append(" AS ").append(NAME);
        }
      }
    }
    return out.append(sql, at, sql.length()).toString();
  }
}
