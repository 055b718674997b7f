package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads FROM lists: tables, subqueries, functions and their joins. */
final class FromParser {

  /** Joins form a chain that is walked by recursion later on. */
  private static final int JOINS_MAX = 100;

  private final Cursor at;
  private final ExpressionParser expressions;
  private final QueryParser queries;

  FromParser(Cursor at, ExpressionParser expressions, QueryParser queries) {
    this.at = at;
    this.expressions = expressions;
    this.queries = queries;
  }

  /** Items with commas between. */
  List<Tree.From> list() throws SyntaxFailure {
    List<Tree.From> items = new ArrayList<>();
    do {
      items.add(item());
    } while (at.acceptMark(","));
    return items;
  }

  /** A name with what qualifies it. */
  List<String> path() throws SyntaxFailure {
    List<String> path = new ArrayList<>(List.of(at.name()));
    while (at.acceptMark(".")) {
      path.add(at.label());
    }
    return path;
  }

  private Tree.From item() throws SyntaxFailure {
    at.enter();
    Tree.From left = operand();
    for (int joins = 0; atJoin(); joins++) {
      if (joins == JOINS_MAX) {
        throw at.unexpected("at most " + JOINS_MAX + " joins");
      }
      left = join(left);
    }
    at.leave();
    return left;
  }

  private boolean atJoin() {
    return at.isWord("join")
        || at.isWord("inner")
        || at.isWord("left")
        || at.isWord("right")
        || at.isWord("full")
        || at.isWord("cross")
        || at.isWord("natural");
  }

  private Tree.From join(Tree.From left) throws SyntaxFailure {
    boolean natural = at.accept("natural");
    boolean cross = !natural && at.accept("cross");
    Tree.JoinKind kind = Tree.JoinKind.INNER;
    if (!cross && !at.accept("inner")) {
      kind = outer();
    }
    at.expect("join");
    Tree.From right = operand();
    if (natural || cross) {
      return new Tree.Joined(kind, left, right, null, List.of(), null, natural);
    }
    // a JOIN b JOIN c ON ... ON ...: the inner join's condition comes first.
    for (int joins = 0; atJoin() && joins < JOINS_MAX; joins++) {
      at.enter();
      right = join(right);
      at.leave();
    }
    if (at.accept("using")) {
      List<String> columns = queries.names();
      String alias = at.accept("as") ? at.name() : null;
      return new Tree.Joined(kind, left, right, null, columns, alias, false);
    }
    at.expect("on");
    return new Tree.Joined(kind, left, right, expressions.expression(), List.of(), null, false);
  }

  private Tree.JoinKind outer() {
    Tree.JoinKind kind =
        at.accept("left")
            ? Tree.JoinKind.LEFT
            : at.accept("right")
                ? Tree.JoinKind.RIGHT
                : at.accept("full") ? Tree.JoinKind.FULL : Tree.JoinKind.INNER;
    if (kind != Tree.JoinKind.INNER) {
      at.accept("outer");
    }
    return kind;
  }

  private Tree.From operand() throws SyntaxFailure {
    at.accept("lateral");
    if (at.isMark("(")) {
      return parenthesis();
    }
    if (at.areWords("rows", "from") && at.isMark(2, "(")) {
      at.next();
      at.next();
      at.next();
      List<Expr> calls = new ArrayList<>();
      do {
        calls.add(expressions.expression());
        if (at.accept("as")) {
          definitions();
        }
      } while (at.acceptMark(","));
      at.expectMark(")");
      return functions(calls);
    }
    boolean bareCall = at.isWord(Keywords.BARE_CALLS);
    if (bareCall || atCall()) {
      return functions(List.of(expressions.expression()));
    }
    return table(true);
  }

  /** Whether a name and then a parenthesis follow. */
  private boolean atCall() {
    int ahead = 0;
    while (at.isMark(ahead + 1, ".")) {
      ahead += 2;
    }
    return at.isMark(ahead + 1, "(") && !at.isWord("only");
  }

  private Tree.From parenthesis() throws SyntaxFailure {
    at.expectMark("(");
    if (beginsQuery()) {
      Tree.Query query = queries.query();
      at.expectMark(")");
      Alias alias = alias();
      return new Tree.Derived(query, alias.name, alias.columns);
    }
    Tree.From inner = item();
    at.expectMark(")");
    Alias alias = alias();
    if (alias.name != null) {
      throw at.unexpected("no alias for a join in parentheses");
    }
    return inner;
  }

  /** Whether a query stands here, maybe in parentheses of its own. */
  private boolean beginsQuery() {
    int ahead = 0;
    while (at.isMark(ahead, "(")) {
      ahead++;
    }
    return at.kind(ahead) == Token.WORD && Keywords.QUERY.contains(at.value(ahead));
  }

  private Tree.From functions(List<Expr> calls) throws SyntaxFailure {
    if (at.accept("with")) {
      at.expect("ordinality");
    }
    if (at.isWord("as") && at.isMark(1, "(")) {
      at.next();
      definitions();
      return new Tree.Functions(calls, null);
    }
    String name = aliasName(true);
    if (name != null && at.isMark("(")) {
      definitions();
    }
    return new Tree.Functions(calls, name);
  }

  /** (a, b) or (a int, b text). */
  private void definitions() throws SyntaxFailure {
    TypeParser types = new TypeParser(at);
    at.expectMark("(");
    do {
      at.label();
      if (!at.isMark(",") && !at.isMark(")")) {
        types.type();
      }
    } while (at.acceptMark(","));
    at.expectMark(")");
  }

  /** A table with its alias. */
  Tree.Table table(boolean bareAlias) throws SyntaxFailure {
    boolean only = at.accept("only");
    boolean enclosed = only && at.acceptMark("(");
    List<String> path = path();
    if (enclosed) {
      at.expectMark(")");
    }
    at.acceptOperator("*");
    String name = aliasName(bareAlias);
    boolean renamed = name != null && bareAlias && at.isMark("(");
    if (renamed) {
      queries.names();
    }
    if (at.accept("tablesample")) {
      throw at.unexpected("no TABLESAMPLE");
    }
    return new Tree.Table(path, name, renamed);
  }

  private record Alias(@Nullable String name, boolean columns) {}

  private Alias alias() throws SyntaxFailure {
    String name = aliasName(true);
    boolean columns = name != null && at.isMark("(");
    if (columns) {
      queries.names();
    }
    return new Alias(name, columns);
  }

  private @Nullable String aliasName(boolean bare) throws SyntaxFailure {
    if (at.accept("as")) {
      return at.name();
    }
    boolean here =
        bare
            && (at.kind() == Token.QUOTED
                || (at.kind() == Token.WORD && !Keywords.RESERVED.contains(at.value())));
    return here && !at.isWord("set") ? at.name() : null;
  }
}
