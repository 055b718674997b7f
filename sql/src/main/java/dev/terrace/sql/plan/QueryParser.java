package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
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
    List<Tree.Cte> ctes = ctes();
    Tree.Query query = tail(ctes, setOperations(operand()));
    at.leave();
    return query;
  }

  /** The rest of a query after a first operand that stood in parentheses. */
  Tree.Query continued(Tree.Query first) throws SyntaxFailure {
    return tail(List.of(), setOperations(new Tree.Nested(first)));
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
    while (at.isWord(SET_OPERATIONS)) {
      at.next();
      if (!at.accept("all")) {
        at.accept("distinct");
      }
      operands.add(plain(operand()));
    }
    return new Tree.SetOperation(operands);
  }

  private static Tree.Query plain(Tree.Body body) {
    return body instanceof Tree.Nested(Tree.Query query)
        ? query
        : new Tree.Query(List.of(), body, List.of(), List.of(), false, false);
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
      return new Tree.Core(
          false, List.of(all), false, List.of(froms.table(true)), null, false, List.of());
    }
    at.expect("select");
    return core();
  }

  private Tree.Values values() throws SyntaxFailure {
    List<List<Expr>> rows = new ArrayList<>();
    do {
      at.expectMark("(");
      rows.add(expressions.expressions());
      at.expectMark(")");
    } while (at.acceptMark(","));
    return new Tree.Values(rows);
  }

  private Tree.Core core() throws SyntaxFailure {
    List<Expr> others = new ArrayList<>();
    boolean distinct = at.accept("distinct");
    if (distinct && at.accept("on")) {
      at.expectMark("(");
      others.addAll(expressions.expressions());
      at.expectMark(")");
    } else if (!distinct) {
      at.accept("all");
    }
    List<Tree.Item> items = items();
    boolean into = at.accept("into");
    if (into) {
      intoTarget();
    }
    List<Tree.From> from = at.accept("from") ? froms.list() : List.of();
    Expr where = at.accept("where") ? expressions.expression() : null;
    boolean grouped = at.accept("group", "by");
    if (grouped) {
      if (!at.accept("all")) {
        at.accept("distinct");
      }
      do {
        if (at.accept("grouping")) {
          at.expect("sets");
        }
        others.add(expressions.expression());
      } while (at.acceptMark(","));
    }
    if (at.accept("having")) {
      grouped = true;
      others.add(expressions.expression());
    }
    windows(others);
    return new Tree.Core(distinct, items, into, from, where, grouped, others);
  }

  private void intoTarget() throws SyntaxFailure {
    while (at.isWord(Set.of("temp", "temporary", "unlogged", "local", "table"))) {
      at.next();
    }
    froms.path();
  }

  private void windows(List<Expr> others) throws SyntaxFailure {
    if (at.accept("window")) {
      do {
        at.name();
        at.expect("as");
        others.addAll(windows.window());
      } while (at.acceptMark(","));
    }
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
  List<Expr> orderBy() throws SyntaxFailure {
    at.expect("order");
    at.expect("by");
    List<Expr> keys = new ArrayList<>();
    do {
      keys.add(expressions.expression());
      if (at.accept("using")) {
        at.next();
      } else if (!at.accept("asc")) {
        at.accept("desc");
      }
      if (at.accept("nulls") && !at.accept("first")) {
        at.expect("last");
      }
    } while (at.acceptMark(","));
    return keys;
  }

  private Tree.Query tail(List<Tree.Cte> ctes, Tree.Body body) throws SyntaxFailure {
    List<Expr> order = at.isWord("order") ? orderBy() : List.of();
    List<Expr> limits = new ArrayList<>();
    boolean limited = false;
    boolean locking = false;
    while (at.isWord(TAILS)) {
      if (at.accept("for")) {
        locking = true;
        lock();
      } else {
        limited = true;
        limit(limits);
      }
    }
    return new Tree.Query(ctes, body, order, limits, limited, locking);
  }

  private void limit(List<Expr> limits) throws SyntaxFailure {
    if (at.accept("limit")) {
      if (!at.accept("all")) {
        limits.add(expressions.expression());
      }
    } else if (at.accept("offset")) {
      limits.add(expressions.expression());
      if (!at.accept("rows")) {
        at.accept("row");
      }
    } else {
      at.expect("fetch");
      if (!at.accept("first")) {
        at.expect("next");
      }
      if (!at.isWord("row") && !at.isWord("rows")) {
        limits.add(expressions.operators());
      }
      at.next();
      if (at.accept("with")) {
        at.expect("ties");
      } else {
        at.expect("only");
      }
    }
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
