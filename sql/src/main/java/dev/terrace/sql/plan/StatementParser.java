package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a query, INSERT, UPDATE or DELETE. */
final class StatementParser {

  private final Cursor at;
  private final QueryParser queries;
  private final ExpressionParser expressions;

  StatementParser(Cursor at, QueryParser queries) {
    this.at = at;
    this.queries = queries;
    this.expressions = queries.expressions();
  }

  /** A statement's tree, and where in the statement its expressions stand. */
  record Parsed(Tree tree, Spans spans, Lexed lexed) {}

  /** The statement that takes up all tokens from one to before another. */
  static Parsed parse(Lexed lexed, int from, int to) throws SyntaxFailure {
    Cursor cursor = new Cursor(lexed);
    cursor.moveTo(from);
    Tree tree = new StatementParser(cursor, new QueryParser(cursor)).statement();
    if (cursor.at() != to) {
      throw cursor.unexpected("the statement's end");
    }
    return new Parsed(tree, cursor.spans, lexed);
  }

  /** A statement, up to where it ends. */
  Tree statement() throws SyntaxFailure {
    int start = at.at();
    List<Tree.Cte> ctes = queries.ctes();
    if (at.accept("insert", "into")) {
      return insert(ctes);
    }
    if (at.accept("update")) {
      return update(ctes);
    }
    if (at.accept("delete", "from")) {
      return delete(ctes);
    }
    at.moveTo(start);
    return queries.query();
  }

  private Tree insert(List<Tree.Cte> ctes) throws SyntaxFailure {
    Tree.Table target = queries.froms().table(false);
    List<String> columns = List.of();
    if (at.isMark("(") && !at.isMark(1, "(") && !opensQuery()) {
      columns = columns();
    }
    if (at.accept("overriding")) {
      if (!at.accept("system")) {
        at.expect("user");
      }
      at.expect("value");
    }
    Tree.Query source = at.accept("default", "values") ? null : queries.query();
    Tree.Conflict conflict = at.accept("on", "conflict") ? conflict() : null;
    return new Tree.Insert(ctes, target, columns, source, conflict, returning());
  }

  private boolean opensQuery() {
    return at.kind(1) == Token.WORD
        && Keywords.QUERY.contains(at.value(1))
        && !at.isMark(2, ",")
        && !at.isMark(2, ")");
  }

  /** Column names in parentheses; fields and subscripts after them do not matter. */
  private List<String> columns() throws SyntaxFailure {
    List<String> names = new ArrayList<>();
    at.expectMark("(");
    do {
      names.add(at.label());
      indirection();
    } while (at.acceptMark(","));
    at.expectMark(")");
    return names;
  }

  private void indirection() throws SyntaxFailure {
    while (at.isMark(".") || at.isMark("[")) {
      if (at.acceptMark(".")) {
        at.label();
      } else {
        at.next();
        while (!at.acceptMark("]")) {
          if (!at.acceptMark(":")) {
            expressions.expression();
          }
        }
      }
    }
  }

  private Tree.Conflict conflict() throws SyntaxFailure {
    List<Expr> target = new ArrayList<>();
    if (at.accept("on", "constraint")) {
      at.name();
    } else if (at.acceptMark("(")) {
      do {
        target.add(expressions.expression());
        if (at.kind() == Token.WORD || at.kind() == Token.QUOTED) {
          // An operator class.
          queries.froms().path();
        }
      } while (at.acceptMark(","));
      at.expectMark(")");
      if (at.accept("where")) {
        target.add(expressions.expression());
      }
    }
    at.expect("do");
    if (at.accept("nothing")) {
      return new Tree.Conflict(target, List.of(), null);
    }
    at.expect("update");
    at.expect("set");
    List<Tree.Assignment> assignments = assignments();
    return new Tree.Conflict(target, assignments, where());
  }

  private @Nullable Expr where() throws SyntaxFailure {
    return at.accept("where") ? expressions.expression() : null;
  }

  private Tree update(List<Tree.Cte> ctes) throws SyntaxFailure {
    Tree.Table target = queries.froms().table(true);
    at.expect("set");
    List<Tree.Assignment> assignments = assignments();
    List<Tree.From> from = at.accept("from") ? queries.froms().list() : List.of();
    boolean positioned = positioned();
    Expr where = positioned ? null : where();
    return new Tree.Update(ctes, target, assignments, from, where, positioned, returning());
  }

  private Tree delete(List<Tree.Cte> ctes) throws SyntaxFailure {
    Tree.Table target = queries.froms().table(true);
    List<Tree.From> using = at.accept("using") ? queries.froms().list() : List.of();
    boolean positioned = positioned();
    Expr where = positioned ? null : where();
    return new Tree.Delete(ctes, target, using, where, positioned, returning());
  }

  /** WHERE CURRENT OF a cursor. */
  private boolean positioned() throws SyntaxFailure {
    if (at.areWords("where", "current", "of")) {
      at.next();
      at.next();
      at.next();
      at.name();
      return true;
    }
    return false;
  }

  private List<Tree.Assignment> assignments() throws SyntaxFailure {
    List<Tree.Assignment> assignments = new ArrayList<>();
    do {
      if (at.isMark("(")) {
        several(assignments);
      } else {
        String column = at.label();
        boolean part = at.isMark(".") || at.isMark("[");
        indirection();
        equalSign();
        Expr value = expressions.expression();
        assignments.add(
            part
                ? new Tree.Assignment(column, null, List.of(value))
                : new Tree.Assignment(column, value, List.of()));
      }
    } while (at.acceptMark(","));
    return assignments;
  }

  private void equalSign() throws SyntaxFailure {
    if (!at.acceptOperator("=")) {
      throw at.unexpected("=");
    }
  }

  /** (a, b) = (1, 2), = ROW(1, 2) or = (SELECT ...). */
  private void several(List<Tree.Assignment> assignments) throws SyntaxFailure {
    List<String> names = columns();
    equalSign();
    Expr value = expressions.expression();
    boolean rowwise = value instanceof Expr.Row(List<Expr> items) && items.size() == names.size();
    for (int i = 0; i < names.size(); i++) {
      Expr single = rowwise && value instanceof Expr.Row(List<Expr> items) ? items.get(i) : null;
      List<Expr> others = single == null && i == 0 ? List.of(value) : List.of();
      assignments.add(new Tree.Assignment(names.get(i), single, others));
    }
  }

  private List<Tree.Item> returning() throws SyntaxFailure {
    if (!at.accept("returning")) {
      return List.of();
    }
    return queries.items();
  }
}
