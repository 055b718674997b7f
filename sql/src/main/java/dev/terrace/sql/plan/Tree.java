package dev.terrace.sql.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement's syntax tree, as far as routing needs it; {@link Expr} has its expressions. */
sealed interface Tree {

  /** A SELECT, VALUES or TABLE with all that may surround it. */
  record Query(
      List<Cte> ctes,
      Body body,
      List<Expr> orderBy,
      List<Expr> limits,
      boolean limited,
      boolean locking)
      implements Tree {}

  /**
   * INSERT; {@code columns} is empty if there is no list, {@code source} null for DEFAULT VALUES.
   */
  record Insert(
      List<Cte> ctes,
      Table target,
      List<String> columns,
      @Nullable Query source,
      @Nullable Conflict conflict,
      List<Item> returning)
      implements Tree {}

  /** UPDATE. */
  record Update(
      List<Cte> ctes,
      Table target,
      List<Assignment> assignments,
      List<From> from,
      @Nullable Expr where,
      boolean positioned,
      List<Item> returning)
      implements Tree {}

  /** DELETE. */
  record Delete(
      List<Cte> ctes,
      Table target,
      List<From> using,
      @Nullable Expr where,
      boolean positioned,
      List<Item> returning)
      implements Tree {}

  /** One common table expression. */
  record Cte(String name, List<String> columns, boolean recursive, Tree statement) {}

  /** One expression of a select list and the name it is given, if any. */
  record Item(Expr expression, @Nullable String name) {}

  /** One SET column = value; {@code value} is null where it is part of a row or subquery. */
  record Assignment(String column, @Nullable Expr value, List<Expr> others) {}

  /** ON CONFLICT. */
  record Conflict(List<Expr> target, List<Assignment> assignments, @Nullable Expr where) {}

  /** The heart of a query. */
  sealed interface Body {}

  /** SELECT ... FROM ... WHERE ... GROUP BY ... HAVING. */
  record Core(
      boolean distinct,
      List<Item> items,
      boolean into,
      List<From> from,
      @Nullable Expr where,
      boolean grouped,
      List<Expr> others)
      implements Body {}

  /** VALUES. */
  record Values(List<List<Expr>> rows) implements Body {}

  /** UNION, INTERSECT, EXCEPT. */
  record SetOperation(List<Query> operands) implements Body {}

  /** A query in parentheses. */
  record Nested(Query query) implements Body {}

  /** One item of FROM. */
  sealed interface From {}

  /**
   * A table or common table expression.
   *
   * @param alias what columns call it
   * @param renamed whether a list renames its columns
   */
  record Table(List<String> path, @Nullable String alias, boolean renamed) implements From {
    String name() {
      return path.getLast();
    }
  }

  /** A subquery in FROM. */
  record Derived(Query query, @Nullable String alias, boolean renamed) implements From {}

  /** Functions in FROM. */
  record Functions(List<Expr> calls, @Nullable String alias) implements From {}

  /** A join. */
  record Joined(
      JoinKind kind, From left, From right, @Nullable Expr on, List<String> using, boolean natural)
      implements From {}

  /** The kinds of join. */
  enum JoinKind {
    INNER,
    LEFT,
    RIGHT,
    FULL
  }
}
