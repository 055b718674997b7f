package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Lexed.LiteralKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads operands: constants, parameters, columns, calls, subqueries, CASE, and their suffixes. */
final class PrimaryParser {

  private static final int SUFFIXES_MAX = 100;

  /** Types whose constants take a word or a modifier between name and string. */
  private static final Set<String> LONG_TYPES =
      Set.of("timestamp", "time", "interval", "double", "character", "char", "bit", "national");

  private final Cursor at;
  private final ExpressionParser expressions;
  private final QueryParser queries;
  private final TypeParser types;
  private final CallParser calls;

  PrimaryParser(Cursor at, ExpressionParser expressions, QueryParser queries) {
    this.at = at;
    this.expressions = expressions;
    this.queries = queries;
    this.types = new TypeParser(at);
    this.calls = new CallParser(at, expressions, queries);
  }

  /** An operand with its casts, subscripts, field names, COLLATE and AT TIME ZONE. */
  Expr postfix() throws SyntaxFailure {
    int from = at.at();
    Expr operand = at.noted(primary(), from);
    for (int suffixes = 0; suffixes <= SUFFIXES_MAX; suffixes++) {
      if (at.acceptMark("::")) {
        operand = new Expr.Cast(operand, types.type());
      } else if (at.acceptMark("[")) {
        operand = subscript(operand);
      } else if (at.acceptMark(".")) {
        if (!at.acceptOperator("*")) {
          at.label();
        }
        operand = new Expr.Opaque(List.of(operand));
      } else if (at.accept("collate")) {
        name();
        operand = new Expr.Opaque(List.of(operand));
      } else if (at.accept("at", "time", "zone")) {
        operand = new Expr.Opaque(List.of(operand, primary()));
      } else if (at.accept("at", "local")) {
        operand = new Expr.Opaque(List.of(operand));
      } else {
        return at.noted(operand, from);
      }
      at.noted(operand, from);
    }
    throw at.unexpected("a shorter expression");
  }

  private Expr subscript(Expr operand) throws SyntaxFailure {
    List<Expr> parts = new ArrayList<>(List.of(operand));
    while (!at.acceptMark("]")) {
      if (!at.acceptMark(":")) {
        parts.add(expressions.expression());
      }
    }
    return new Expr.Opaque(parts);
  }

  private List<String> name() throws SyntaxFailure {
    List<String> path = new ArrayList<>(List.of(at.name()));
    while (at.acceptMark(".")) {
      path.add(at.label());
    }
    return path;
  }

  private Expr primary() throws SyntaxFailure {
    return switch (at.kind()) {
      case LITERAL -> literal();
      case PARAMETER -> {
        Expr parameter = new Expr.Parameter(at.number());
        at.next();
        yield parameter;
      }
      case WORD -> word();
      case QUOTED -> columnOrCall();
      case PUNCTUATION -> {
        at.expectMark("(");
        yield parenthesis();
      }
      case OPERATOR, LITERAL_LIST, END -> throw at.unexpected("a value");
    };
  }

  private Expr literal() {
    Expr literal = new Expr.Literal(at.number(), !atString(0));
    at.next();
    return literal;
  }

  private boolean atString(int ahead) {
    return at.kind(ahead) == Token.LITERAL
        && at.lexed.literalKind(at.lexed.firstLiteral(at.number(ahead))) != LiteralKind.NUMBER;
  }

  /** What follows an opening parenthesis: a query, an expression, or a row. */
  private Expr parenthesis() throws SyntaxFailure {
    at.enter();
    Expr inner;
    if (at.isWord(Keywords.QUERY)) {
      inner = new Expr.Sub(queries.query());
    } else if (at.isMark(")")) {
      inner = new Expr.Row(List.of());
    } else {
      Expr first = expressions.expression();
      if (first instanceof Expr.Sub(Tree.Query left) && queries.atContinuation()) {
        first = new Expr.Sub(queries.continued(left));
      }
      inner = first;
      if (at.acceptMark(",")) {
        List<Expr> items = new ArrayList<>(List.of(first));
        items.addAll(expressions.expressions());
        inner = new Expr.Row(items);
      }
    }
    at.expectMark(")");
    at.leave();
    return inner;
  }

  private Expr word() throws SyntaxFailure {
    if (atString(1) && !Keywords.RESERVED.contains(at.value())) {
      return typedString();
    }
    String word = at.value();
    switch (word) {
      case "null" -> {
        at.next();
        return new Expr.Null();
      }
      case "true", "false" -> {
        at.next();
        return new Expr.Truth(word.equals("true"));
      }
      case "default" -> {
        at.next();
        return new Expr.Default();
      }
      case "case" -> {
        at.next();
        return caseOf();
      }
      case "cast" -> {
        at.next();
        return cast();
      }
      case "array" -> {
        at.next();
        return array();
      }
      default -> {
        // Not a construct of its own.
      }
    }
    if (at.isMark(1, "(") && (word.equals("exists") || word.equals("row"))) {
      at.next();
      at.next();
      return word.equals("exists") ? exists() : row();
    }
    if (LONG_TYPES.contains(word) && !Keywords.RESERVED.contains(word)) {
      int start = at.at();
      if (atLongTypedString()) {
        return typedString();
      }
      at.moveTo(start);
    }
    if (Keywords.BARE_CALLS.contains(word)) {
      at.next();
      if (at.isMark("(")) {
        at.next();
        at.next();
        at.expectMark(")");
      }
      return Expr.Call.plain(List.of(word), List.of());
    }
    return columnOrCall();
  }

  /** Whether a type of several words and then a string follow; moves back if so. */
  private boolean atLongTypedString() {
    int start = at.at();
    try {
      types.type();
    } catch (SyntaxFailure e) {
      return false;
    }
    boolean found = atString(0);
    at.moveTo(start);
    return found;
  }

  /** {@code date '2026-01-31'}, {@code interval '1' day}. */
  private Expr typedString() throws SyntaxFailure {
    Expr.TypeName type = types.type();
    Expr literal = literal();
    if (type.name().equals("interval")) {
      while (at.isWord("to") || at.isWord(TypeParser.FIELDS)) {
        at.next();
      }
    }
    return new Expr.Cast(literal, type);
  }

  private Expr exists() throws SyntaxFailure {
    Expr sub = new Expr.Sub(queries.query());
    at.expectMark(")");
    return sub;
  }

  private Expr row() throws SyntaxFailure {
    List<Expr> items = at.isMark(")") ? List.of() : expressions.expressions();
    at.expectMark(")");
    return new Expr.Row(items);
  }

  private Expr cast() throws SyntaxFailure {
    at.expectMark("(");
    Expr inner = expressions.expression();
    at.expect("as");
    Expr.TypeName type = types.type();
    at.expectMark(")");
    return new Expr.Cast(inner, type);
  }

  private Expr array() throws SyntaxFailure {
    if (at.acceptMark("(")) {
      return exists();
    }
    at.enter();
    at.expectMark("[");
    List<Expr> items = new ArrayList<>();
    while (!at.isMark("]")) {
      items.add(at.isMark("[") ? array() : expressions.expression());
      if (!at.acceptMark(",")) {
        break;
      }
    }
    at.expectMark("]");
    at.leave();
    return new Expr.ArrayOf(items);
  }

  private Expr caseOf() throws SyntaxFailure {
    List<Expr> parts = new ArrayList<>();
    if (!at.isWord("when")) {
      parts.add(expressions.expression());
    }
    while (at.accept("when")) {
      parts.add(expressions.expression());
      at.expect("then");
      parts.add(expressions.expression());
    }
    if (at.accept("else")) {
      parts.add(expressions.expression());
    }
    at.expect("end");
    return new Expr.Opaque(parts);
  }

  private Expr columnOrCall() throws SyntaxFailure {
    List<String> path = new ArrayList<>();
    boolean callable =
        at.kind() == Token.WORD && Keywords.CALLABLE.contains(at.value()) && at.isMark(1, "(");
    path.add(callable ? at.label() : at.name());
    while (at.acceptMark(".")) {
      if (at.acceptOperator("*")) {
        return new Expr.Star(path);
      }
      path.add(at.label());
    }
    return at.isMark("(") ? calls.call(path) : new Expr.Column(path);
  }
}
