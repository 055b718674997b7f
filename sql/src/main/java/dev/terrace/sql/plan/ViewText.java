package dev.terrace.sql.plan;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A statement about {@link View}s as a server can run it: their rows stand in front of it as common
 * table expressions, and it names those. So all of PostgreSQL's SQL works on them.
 */
public final class ViewText {

  /** No text that is escaped has it, whatever the server's settings make of backslashes. */
  private static final String QUOTE = "$terrace$";

  private static final char DOLLAR = '$';

  private ViewText() {}

  /**
   * The statement with the rows of its views.
   *
   * @param rows of each view it names, as an array of objects in JSON, in which dollar signs are
   *     escaped
   */
  public static String of(String sql, Map<View, String> rows) {
    Lexed lexed;
    try {
      lexed = Lexer.lex(sql);
    } catch (SyntaxFailure e) {
      throw new IllegalStateException("a text that was planned cannot be read", e);
    }
    boolean with = isWord(lexed, 0, "with");
    int head = !with ? 0 : isWord(lexed, 1, "recursive") ? 2 : 1;
    StringBuilder out = new StringBuilder(sql.length() + 256);
    out.append(sql, 0, head == 0 ? 0 : lexed.end(head - 1));
    out.append(head == 0 ? "WITH " : " ");
    out.append(
        rows.entrySet().stream()
            .map(each -> expression(each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ")));
    out.append(head == 0 ? " " : ",");
    int at = head == 0 ? 0 : lexed.end(head - 1);
    for (int token = 0; token + 2 < lexed.size(); token++) {
      if (names(lexed, token, rows)) {
        out.append(sql, at, lexed.start(token));
        at = lexed.start(token + 2);
      }
    }
    return out.append(sql, at, sql.length()).toString();
  }

  private static String expression(View view, String rows) {
    if (rows.indexOf(DOLLAR) >= 0) {
      throw new IllegalArgumentException("a dollar sign is not escaped");
    }
    return view.table()
        + " AS (SELECT * FROM pg_catalog.json_to_recordset("
        + QUOTE
        + rows
        + QUOTE
        + "::pg_catalog.json) AS t("
        + String.join(", ", view.columns())
        + "))";
  }

  /** Whether a view is named there with its schema. */
  private static boolean names(Lexed lexed, int token, Map<View, String> rows) {
    boolean qualified =
        isName(lexed, token)
            && isName(lexed, token + 2)
            && lexed.value(token).equals(View.SCHEMA)
            && lexed.value(token + 1).equals(".")
            && (token == 0 || !lexed.value(token - 1).equals("."));
    return qualified
        && View.find(List.of(View.SCHEMA, lexed.value(token + 2)))
            .filter(rows::containsKey)
            .isPresent();
  }

  private static boolean isName(Lexed lexed, int token) {
    return lexed.kind(token) == Token.WORD || lexed.kind(token) == Token.QUOTED;
  }

  private static boolean isWord(Lexed lexed, int token, String word) {
    return lexed.kind(token) == Token.WORD && lexed.value(token).equals(word);
  }
}
