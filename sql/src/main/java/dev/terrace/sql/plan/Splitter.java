package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;

/** Finds where the statements of a simple query end. */
final class Splitter {

  private Splitter() {}

  /**
   * The texts between the semicolons, those without a token left out. A semicolon in parentheses
   * (CREATE RULE) or in a function's body (BEGIN ATOMIC ... END) ends nothing.
   */
  static List<String> split(Lexed lexed) {
    Cursor at = new Cursor(lexed);
    List<String> parts = new ArrayList<>();
    int from = 0;
    int first = 0;
    int depth = 0;
    int body = 0;
    while (!at.atEnd()) {
      boolean creates = lexed.kind(first) == Token.WORD && lexed.value(first).equals("create");
      if (at.isMark("(")) {
        depth++;
      } else if (at.isMark(")")) {
        depth--;
      } else if (creates && body == 0 && at.areWords("begin", "atomic")) {
        body = 1;
      } else if (body > 0 && at.isWord("case")) {
        body++;
      } else if (body > 0 && at.isWord("end")) {
        body--;
      } else if (at.isMark(";") && depth <= 0 && body == 0) {
        add(lexed, parts, from, lexed.start(at.at()), at.at() > first);
        from = lexed.end(at.at());
        first = at.at() + 1;
      }
      at.next();
    }
    add(lexed, parts, from, lexed.text.length(), lexed.size() > first);
    return parts;
  }

  private static void add(Lexed lexed, List<String> parts, int from, int to, boolean any) {
    if (any) {
      parts.add(lexed.text.substring(from, to));
    }
  }
}
