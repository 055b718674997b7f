package dev.terrace.sql.plan;

import java.util.Set;

/** Reads type names, as after :: or in CAST. */
final class TypeParser {

  static final Set<String> FIELDS =
      Set.of("year", "month", "day", "hour", "minute", "second", "to");

  private final Cursor at;

  TypeParser(Cursor at) {
    this.at = at;
  }

  /** A type's name with its modifiers and array brackets. */
  Expr.TypeName type() throws SyntaxFailure {
    at.accept("setof");
    StringBuilder name = new StringBuilder(at.name());
    boolean qualified = false;
    while (at.acceptMark(".")) {
      qualified = true;
      name.append('.').append(at.label());
    }
    if (!qualified) {
      moreWords(name);
    }
    boolean modified = modifier();
    zone(name);
    boolean array = false;
    while (at.isMark("[")) {
      array = true;
      at.next();
      if (at.kind() == Token.LITERAL) {
        at.next();
      }
      at.expectMark("]");
    }
    if (at.accept("array")) {
      array = true;
      if (at.acceptMark("[")) {
        at.next();
        at.expectMark("]");
      }
    }
    return new Expr.TypeName(name.toString(), modified, array);
  }

  private void moreWords(StringBuilder name) throws SyntaxFailure {
    switch (name.toString()) {
      case "double" -> {
        at.expect("precision");
        name.append(" precision");
      }
      case "national" -> {
        if (!at.accept("char")) {
          at.expect("character");
        }
        varying(name);
      }
      case "character", "char", "nchar", "bit" -> varying(name);
      case "interval" -> {
        while (at.isWord(FIELDS)) {
          at.next();
        }
      }
      default -> {
        // One word is all of it.
      }
    }
  }

  private void varying(StringBuilder name) {
    if (at.accept("varying")) {
      name.append(" varying");
    }
  }

  private boolean modifier() throws SyntaxFailure {
    if (!at.acceptMark("(")) {
      return false;
    }
    while (!at.acceptMark(")")) {
      boolean part =
          at.kind() == Token.LITERAL
              || at.kind() == Token.WORD
              || at.isOperator("-")
              || at.isMark(",");
      if (!part) {
        throw at.unexpected("a type modifier");
      }
      at.next();
    }
    return true;
  }

  private void zone(StringBuilder name) throws SyntaxFailure {
    boolean time = name.toString().equals("time") || name.toString().equals("timestamp");
    boolean with = at.isWord("with");
    if (time && at.isWord(1, "time") && (at.accept("with") || at.accept("without"))) {
      at.expect("time");
      at.expect("zone");
      name.append(with ? " with time zone" : " without time zone");
    }
  }
}
