package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A statement's syntax tree, as far as routing needs it; {@link Expr} has its expressions. */
sealed interface Tree {

  /**
   * A SELECT, VALUES or TABLE with all that may surround it.
   *
   * @param with the tokens of WITH
   * @param core the tokens of the body
   */
  record Query(
      List<Cte> ctes,
      Body body,
      List<Sort> order,
      Limit limit,
      boolean locking,
      Span with,
      Span core)
      implements Tree {

    /** Whether LIMIT, OFFSET or FETCH is there. */
    boolean limited() {
      return !limit.span().isEmpty();
    }

    /** Whether nothing stands after the body. */
    boolean bare() {
      return order.isEmpty() && !limited() && !locking;
    }
  }

  /**
   * One expression of ORDER BY.
   *
   * @param direction the tokens after the expression
   * @param using whether it names an operator
   */
  record Sort(
      Expr expression, Span direction, boolean descending, boolean nullsFirst, boolean using) {}

  /**
   * LIMIT, OFFSET and FETCH.
   *
   * @param count how many rows, null for all; one if {@code single}
   * @param ties whether rows that are equal to the last belong to them
   */
  record Limit(
      @Nullable Expr count, boolean single, @Nullable Expr offset, boolean ties, Span span) {
    static final Limit NONE = new Limit(null, false, null, false, Span.NONE);

    List<Expr> parts() {
      return Stream.of(Optional.ofNullable(count), Optional.ofNullable(offset))
          .flatMap(Optional::stream)
          .toList();
    }
  }

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
      implements Tree {

    /** Its rows, if VALUES alone gives them. */
    Optional<Values> rows() {
      return source != null
              && source.body() instanceof Values values
              && source.ctes().isEmpty()
              && source.bare()
          ? Optional.of(values)
          : Optional.empty();
    }
  }

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

  /**
   * SELECT ... FROM ... WHERE ... GROUP BY ... HAVING.
   *
   * @param temporary whether INTO makes a temporary table
   * @param head the tokens from SELECT to the end of the list; none for TABLE
   * @param source the tokens of FROM and WHERE
   * @param rest those and all that follow
   */
  record Core(
      Distinct distinct,
      List<Item> items,
      boolean into,
      boolean temporary,
      List<From> from,
      @Nullable Expr where,
      Grouping grouping,
      Map<String, Expr.Window> windows,
      Span head,
      Span source,
      Span rest)
      implements Body {

    /** The expressions beside the select list and WHERE. */
    List<Expr> others() {
      List<Expr> all = new ArrayList<>(distinct.on());
      all.addAll(grouping.keys());
      if (grouping.having() != null) {
        all.add(grouping.having());
      }
      windows.values().forEach(window -> all.addAll(window.parts()));
      return all;
    }
  }

  /** DISTINCT, or nothing; {@code on} is not empty for DISTINCT ON. */
  record Distinct(boolean present, List<Expr> on) {
    static final Distinct NONE = new Distinct(false, List.of());
  }

  /**
   * GROUP BY and HAVING.
   *
   * @param sets whether it has grouping sets or says ALL or DISTINCT
   */
  record Grouping(List<Expr> keys, boolean sets, @Nullable Expr having) {
    static final Grouping NONE = new Grouping(List.of(), false, null);

    boolean present() {
      return !keys.isEmpty() || having != null;
    }
  }

  /**
   * VALUES.
   *
   * @param spans the tokens of each row with its parentheses
   */
  record Values(List<List<Expr>> rows, List<Span> spans) implements Body {}

  /** UNION, INTERSECT, EXCEPT. */
  record SetOperation(List<Query> operands, List<SetKind> kinds) implements Body {}

  /** The kinds of set operation. */
  enum SetKind {
    UNION,
    UNION_ALL,
    OTHER
  }

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
      JoinKind kind,
      From left,
      From right,
      @Nullable Expr on,
      List<String> using,
      @Nullable String alias,
      boolean natural)
      implements From {}

  /** The kinds of join. */
  enum JoinKind {
    INNER,
    LEFT,
    RIGHT,
    FULL
  }
}
