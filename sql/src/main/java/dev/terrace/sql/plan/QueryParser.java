package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads SELECT, VALUES and TABLE, their set operations, and what may stand before and after. */
final class QueryParser {

  private static final Set<String> SET_OPERATIONS = Set.of("union", "intersect", "except");
  private static final Set<String> TAILS = Set.of("order", "limit", "offset", "fetch", "for");

  private final Cursor at;
  private final ExpressionParser expressions;
  private final FromParser froms;
  private final CallParser windows;

  QueryParser(Cursor at) {
    this.at = at;
    this.expressions = new ExpressionParser(at, this);
    this.froms = new FromParser(at, expressions, this);
    this.windows = new CallParser(at, expressions, this);
  }

  ExpressionParser expressions() {
    return expressions;
  }

  FromParser froms() {
    return froms;
  }

  /** Whether a query begins here. */
  boolean atQuery() {
    return at.isWord(Keywords.QUERY);
  }

  /** Whether what follows a query in parentheses makes it part of a larger one. */
  boolean atContinuation() {
    return at.isWord(SET_OPERATIONS) || at.isWord(TAILS);
  }

  /** A query with its WITH, set operations and tail. */
  Tree.Query query() throws SyntaxFailure {
    at.enter();
    int start = at.at();
    List<Tree.Cte> ctes = ctes();
    Span with = new Span(start, at.at());
    Tree.Query query = tail(ctes, with, setOperations(operand()));
    at.leave();
    return query;
  }

  /** The rest of a query after a first operand that stood in parentheses. */
  Tree.Query continued(Tree.Query first) throws SyntaxFailure {
    return tail(List.of(), new Span(at.at(), at.at()), setOperations(new Tree.Nested(first)));
  }

  /** WITH ..., or nothing. */
  List<Tree.Cte> ctes() throws SyntaxFailure {
    if (!at.accept("with")) {
      return List.of();
    }
    boolean recursive = at.accept("recursive");
    List<Tree.Cte> ctes = new ArrayList<>();
    do {
      String name = at.name();
      List<String> columns = at.isMark("(") ? names() : List.of();
      at.expect("as");
      if (at.accept("not")) {
        at.expect("materialized");
      } else {
        at.accept("materialized");
      }
      at.expectMark("(");
      ctes.add(new Tree.Cte(name, columns, recursive, new StatementParser(at, this).statement()));
      at.expectMark(")");
    } while (at.acceptMark(","));
    return ctes;
  }

  /** Names in parentheses. */
  List<String> names() throws SyntaxFailure {
    List<String> names = new ArrayList<>();
    at.expectMark("(");
    do {
      names.add(at.label());
    } while (at.acceptMark(","));
    at.expectMark(")");
    return names;
  }

  private Tree.Body setOperations(Tree.Body first) throws SyntaxFailure {
    if (!at.isWord(SET_OPERATIONS)) {
      return first;
    }
    List<Tree.Query> operands = new ArrayList<>(List.of(plain(first)));
    List<Tree.SetKind> kinds = new ArrayList<>();
    while (at.isWord(SET_OPERATIONS)) {
      boolean union = at.isWord("union");
      at.next();
      boolean all = at.accept("all");
      if (!all) {
        at.accept("distinct");
      }
      kinds.add(!union ? Tree.SetKind.OTHER : all ? Tree.SetKind.UNION_ALL : Tree.SetKind.UNION);
      operands.add(plain(operand()));
    }
    return new Tree.SetOperation(operands, kinds);
  }

  private static Tree.Query plain(Tree.Body body) {
    return body instanceof Tree.Nested(Tree.Query query)
        ? query
        : new Tree.Query(List.of(), body, List.of(), Tree.Limit.NONE, false, Span.NONE, Span.NONE);
  }

  private Tree.Body operand() throws SyntaxFailure {
    if (at.acceptMark("(")) {
      Tree.Query inner = query();
      at.expectMark(")");
      return new Tree.Nested(inner);
    }
    if (at.accept("values")) {
      return values();
    }
    if (at.accept("table")) {
      Tree.Item all = new Tree.Item(new Expr.Star(List.of()), null);
      int start = at.at();
      List<Tree.From> from = List.of(froms.table(true));
      Span source = new Span(start, at.at());
      return new Tree.Core(
          Tree.Distinct.NONE,
          List.of(all),
          false,
          false,
          from,
          null,
          Tree.Grouping.NONE,
          Map.of(),
          Span.NONE,
          source,
          source);
    }
    int start = at.at();
    at.expect("select");
    return core(start);
  }

  private Tree.Values values() throws SyntaxFailure {
    List<List<Expr>> rows = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    do {
      int start = at.at();
      at.expectMark("(");
      rows.add(expressions.expressions());
      at.expectMark(")");
      spans.add(new Span(start, at.at()));
    } while (at.acceptMark(","));
    return new Tree.Values(rows, spans);
  }

  private Tree.Core core(int start) throws SyntaxFailure {
    Tree.Distinct distinct = distinct();
    List<Tree.Item> items = items();
    Span head = new Span(start, at.at());
    boolean into = at.accept("into");
    boolean temporary = into && intoTarget();
    int rest = at.at();
    List<Tree.From> from = at.accept("from") ? froms.list() : List.of();
    Expr where = at.accept("where") ? expressions.expression() : null;
    Span source = new Span(rest, at.at());
    Tree.Grouping grouping = grouping();
    Map<String, Expr.Window> windows = windows();
    return new Tree.Core(
        distinct,
        items,
        into,
        temporary,
        from,
        where,
        grouping,
        windows,
        head,
        source,
        new Span(rest, at.at()));
  }

  private Tree.Distinct distinct() throws SyntaxFailure {
    if (!at.accept("distinct")) {
      at.accept("all");
      return Tree.Distinct.NONE;
    }
    List<Expr> on = List.of();
    if (at.accept("on")) {
      at.expectMark("(");
      on = expressions.expressions();
      at.expectMark(")");
    }
    return new Tree.Distinct(true, on);
  }

  private Tree.Grouping grouping() throws SyntaxFailure {
    List<Expr> keys = new ArrayList<>();
    boolean sets = false;
    if (at.accept("group", "by")) {
      sets = at.accept("all") || at.accept("distinct");
      do {
        if (at.accept("grouping")) {
          at.expect("sets");
          sets = true;
        }
        sets |= at.isWord("rollup") || at.isWord("cube");
        keys.add(expressions.expression());
      } while (at.acceptMark(","));
    }
    Expr having = at.accept("having") ? expressions.expression() : null;
    return new Tree.Grouping(keys, sets, having);
  }

  /** Whether it is a temporary table. */
  private boolean intoTarget() throws SyntaxFailure {
    boolean temporary = false;
    while (at.isWord(Set.of("temp", "temporary", "unlogged", "local", "table"))) {
      temporary |= at.value().startsWith("temp");
      at.next();
    }
    return froms.path().getFirst().equals("pg_temp") || temporary;
  }

  private Map<String, Expr.Window> windows() throws SyntaxFailure {
    Map<String, Expr.Window> named = new LinkedHashMap<>();
    if (at.accept("window")) {
      do {
        String name = at.name();
        at.expect("as");
        named.put(name, windows.window());
      } while (at.acceptMark(","));
    }
    return named;
  }

  /** A select list or RETURNING list; may be empty. */
  List<Tree.Item> items() throws SyntaxFailure {
    List<Tree.Item> items = new ArrayList<>();
    boolean none = at.atEnd() || at.isMark(")") || at.isWord("from") || at.isWord("where");
    if (none) {
      return items;
    }
    do {
      if (at.acceptOperator("*")) {
        items.add(new Tree.Item(new Expr.Star(List.of()), null));
      } else {
        Expr expression = expressions.expression();
        items.add(new Tree.Item(expression, itemName()));
      }
    } while (at.acceptMark(","));
    return items;
  }

  private @Nullable String itemName() throws SyntaxFailure {
    if (at.accept("as")) {
      return at.label();
    }
    boolean bare =
        at.kind() == Token.QUOTED
            || (at.kind() == Token.WORD
                && !Keywords.RESERVED.contains(at.value())
                && !Keywords.NO_BARE_LABEL.contains(at.value()));
    return bare ? at.label() : null;
  }

  /** ORDER BY and its expressions. */
  List<Tree.Sort> orderBy() throws SyntaxFailure {
    at.expect("order");
    at.expect("by");
    List<Tree.Sort> keys = new ArrayList<>();
    do {
      Expr key = expressions.expression();
      int start = at.at();
      boolean using = at.accept("using");
      boolean descending = false;
      if (using) {
        at.next();
      } else if (!at.accept("asc")) {
        descending = at.accept("desc");
      }
      boolean nullsFirst = descending;
      if (at.accept("nulls")) {
        nullsFirst = at.accept("first");
        if (!nullsFirst) {
          at.expect("last");
        }
      }
      keys.add(new Tree.Sort(key, new Span(start, at.at()), descending, nullsFirst, using));
    } while (at.acceptMark(","));
    return keys;
  }

  private Tree.Query tail(List<Tree.Cte> ctes, Span with, Tree.Body body) throws SyntaxFailure {
    Span core = new Span(with.to(), at.at());
    List<Tree.Sort> order = at.isWord("order") ? orderBy() : List.of();
    Tree.Limit limit = Tree.Limit.NONE;
    boolean locking = false;
    int start = at.at();
    while (at.isWord(TAILS)) {
      if (at.accept("for")) {
        locking = true;
        lock();
      } else {
        limit = limit(limit, start);
      }
    }
    return new Tree.Query(ctes, body, order, limit, locking, with, core);
  }

  private Tree.Limit limit(Tree.Limit before, int start) throws SyntaxFailure {
    boolean counted = before.count() != null || before.single();
    if (at.isWord("offset") ? before.offset() != null : counted) {
      throw at.unexpected("the statement's end");
    }
    if (at.accept("limit")) {
      Expr count = at.accept("all") ? new Expr.Null() : expressions.expression();
      return new Tree.Limit(count, false, before.offset(), false, new Span(start, at.at()));
    }
    if (at.accept("offset")) {
      Expr offset = expressions.expression();
      if (!at.accept("rows")) {
        at.accept("row");
      }
      return new Tree.Limit(
          before.count(), before.single(), offset, before.ties(), new Span(start, at.at()));
    }
    at.expect("fetch");
    if (!at.accept("first")) {
      at.expect("next");
    }
    boolean single = at.isWord("row") || at.isWord("rows");
    Expr count = single ? null : expressions.operators();
    at.next();
    boolean ties = at.accept("with");
    at.expect(ties ? "ties" : "only");
    return new Tree.Limit(count, single, before.offset(), ties, new Span(start, at.at()));
  }

  /** The strength of FOR and what follows. Every FOR counts as locking, READ ONLY too. */
  private void lock() throws SyntaxFailure {
    if (at.accept("read")) {
      at.expect("only");
      return;
    }
    if (!at.accept("no", "key", "update") && !at.accept("key", "share") && !at.accept("share")) {
      at.expect("update");
    }
    if (at.accept("of")) {
      do {
        froms.path();
      } while (at.acceptMark(","));
    }
    if (!at.accept("nowait") && at.accept("skip")) {
      at.expect("locked");
    }
  }
}
