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
    int opening = at.at();
    at.expectMark("(");
    List<Expr> arguments = new ArrayList<>();
    List<Expr> sorts = List.of();
    boolean distinct = false;
    boolean star = at.acceptOperator("*");
    if (!star && !at.isMark(")")) {
      if (name.size() == 1 && Keywords.WORDY_CALLS.contains(name.getFirst())) {
        wordyArguments(arguments);
      } else {
        distinct = at.accept("distinct");
        if (!distinct) {
          at.accept("all");
        }
        arguments(arguments);
      }
      if (at.isWord("order")) {
        sorts = orderBy();
      }
    }
    at.expectMark(")");
    boolean within = at.accept("within", "group");
    if (within) {
      at.expectMark("(");
      sorts = orderBy();
      at.expectMark(")");
    }
    Expr filter = at.isWord("filter") && at.isMark(1, "(") ? filter() : null;
    Expr.Window window = at.isWord("over") ? over() : null;
    at.leave();
    Expr.Form form = new Expr.Form(star, distinct, sorts, within, filter, window, opening);
    return new Expr.Call(List.copyOf(name), arguments, form);
  }

  private List<Expr> orderBy() throws SyntaxFailure {
    return queries.orderBy().stream().map(Tree.Sort::expression).toList();
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

  private Expr filter() throws SyntaxFailure {
    at.expect("filter");
    at.expectMark("(");
    at.expect("where");
    Expr condition = expressions.expression();
    at.expectMark(")");
    return condition;
  }

  private Expr.Window over() throws SyntaxFailure {
    at.expect("over");
    return at.isMark("(") ? window() : new Expr.Window(at.name(), List.of(), List.of());
  }

  /** A window's definition in parentheses. */
  Expr.Window window() throws SyntaxFailure {
    List<Expr> rest = new ArrayList<>();
    at.expectMark("(");
    boolean named =
        at.kind() == Token.QUOTED
            || (at.kind() == Token.WORD
                && !at.isWord("partition")
                && !at.isWord("order")
                && !at.isWord(FRAMES));
    String base = named ? at.name() : null;
    List<Expr> partition = at.accept("partition", "by") ? expressions.expressions() : List.of();
    if (at.isWord("order")) {
      rest.addAll(orderBy());
    }
    if (at.isWord(FRAMES)) {
      at.next();
      while (!at.isMark(")")) {
        if (at.isWord(FRAME_WORDS)) {
          at.next();
        } else {
          rest.add(expressions.operators());
        }
      }
    }
    at.expectMark(")");
    return new Expr.Window(base, partition, rest);
  }
}
