package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a call's parentheses and what may follow them: WITHIN GROUP, FILTER, OVER. */
final class CallParser {

  private static final Set<String> SEPARATORS = Set.of("from", "for", "placing", "in", "using");
  private static final Set<String> TRIM_SIDES = Set.of("both", "leading", "trailing");
  private static final Set<String> FRAMES = Set.of("rows", "range", "groups");

  /** The words of a window's frame; what else stands there is an expression. */
  private static final Set<String> FRAME_WORDS =
      Set.of(
          "between",
          "unbounded",
          "preceding",
          "following",
          "current",
          "row",
          "and",
          "exclude",
          "group",
          "ties",
          "no",
          "others");

  private final Cursor at;
  private final ExpressionParser expressions;
  private final QueryParser queries;

  CallParser(Cursor at, ExpressionParser expressions, QueryParser queries) {
    this.at = at;
    this.expressions = expressions;
    this.queries = queries;
  }

  /** The call of a function whose name is read, at its opening parenthesis. */
  Expr call(List<String> name) throws SyntaxFailure {
    at.enter();
    at.expectMark("(");
    List<Expr> arguments = new ArrayList<>();
    boolean aggregated = false;
    if (at.acceptOperator("*")) {
      aggregated = true;
    } else if (!at.isMark(")")) {
      if (name.size() == 1 && Keywords.WORDY_CALLS.contains(name.getFirst())) {
        wordyArguments(arguments);
      } else {
        aggregated = at.accept("distinct");
        if (!aggregated) {
          at.accept("all");
        }
        arguments(arguments);
      }
      if (at.isWord("order")) {
        aggregated = true;
        arguments.addAll(queries.orderBy());
      }
    }
    at.expectMark(")");
    if (at.accept("within", "group")) {
      aggregated = true;
      at.expectMark("(");
      arguments.addAll(queries.orderBy());
      at.expectMark(")");
    }
    if (at.isWord("filter") && at.isMark(1, "(")) {
      aggregated = true;
      filter(arguments);
    }
    boolean windowed = at.isWord("over") && over(arguments);
    at.leave();
    return new Expr.Call(List.copyOf(name), arguments, windowed, aggregated);
  }

  private void arguments(List<Expr> arguments) throws SyntaxFailure {
    do {
      at.accept("variadic");
      boolean named = at.kind(1) == Token.OPERATOR && at.value(1).equals("=>");
      if (named || at.isMark(1, ":=")) {
        at.label();
        at.next();
      }
      arguments.add(expressions.expression());
    } while (at.acceptMark(","));
  }

  private void wordyArguments(List<Expr> arguments) throws SyntaxFailure {
    if (at.isWord(TRIM_SIDES)) {
      at.next();
    }
    at.accept("from");
    boolean more = true;
    while (more) {
      arguments.add(expressions.operators());
      more = at.acceptMark(",");
      if (at.isWord(SEPARATORS)) {
        at.next();
        more = true;
      }
    }
  }

  private void filter(List<Expr> arguments) throws SyntaxFailure {
    at.expect("filter");
    at.expectMark("(");
    at.expect("where");
    arguments.add(expressions.expression());
    at.expectMark(")");
  }

  private boolean over(List<Expr> arguments) throws SyntaxFailure {
    at.expect("over");
    if (at.isMark("(")) {
      arguments.addAll(window());
    } else {
      at.name();
    }
    return true;
  }

  /** A window's definition in parentheses. */
  List<Expr> window() throws SyntaxFailure {
    List<Expr> parts = new ArrayList<>();
    at.expectMark("(");
    boolean named =
        at.kind() == Token.QUOTED
            || (at.kind() == Token.WORD
                && !at.isWord("partition")
                && !at.isWord("order")
                && !at.isWord(FRAMES));
    if (named) {
      at.name();
    }
    if (at.accept("partition", "by")) {
      parts.addAll(expressions.expressions());
    }
    if (at.isWord("order")) {
      parts.addAll(queries.orderBy());
    }
    if (at.isWord(FRAMES)) {
      at.next();
      while (!at.isMark(")")) {
        if (at.isWord(FRAME_WORDS)) {
          at.next();
        } else {
          parts.add(expressions.operators());
        }
      }
    }
    at.expectMark(")");
    return parts;
  }
}
