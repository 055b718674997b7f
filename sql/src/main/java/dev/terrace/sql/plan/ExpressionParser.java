package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads expressions by PostgreSQL's precedence, lowest first: OR, AND, NOT, IS, comparison, BETWEEN
 * IN LIKE, all other operators, casts. Operators beyond comparisons are not told apart: nothing
 * that they bind may pin a key.
 */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("=", "<", ">", "<=", ">=", "<>", "!=");
  private static final Map<String, Expr.Order> ORDERS =
      Map.of(
          "<", Expr.Order.LESS,
          "<=", Expr.Order.LESS_OR_EQUAL,
          ">", Expr.Order.GREATER,
          ">=", Expr.Order.GREATER_OR_EQUAL);
  private static final Set<String> QUANTIFIERS = Set.of("any", "some", "all");
  private static final Set<String> RANGES = Set.of("in", "between", "like", "ilike", "similar");
  private static final Set<String> SIMPLE_IS =
      Set.of("null", "true", "false", "unknown", "document");

  private final Cursor at;
  private final QueryParser queries;
  private final PrimaryParser primaries;

  ExpressionParser(Cursor at, QueryParser queries) {
    this.at = at;
    this.queries = queries;
    this.primaries = new PrimaryParser(at, this, queries);
  }

  /** An expression. */
  Expr expression() throws SyntaxFailure {
    at.enter();
    int from = at.at();
    Expr first = conjunction();
    if (at.isWord("or")) {
      List<Expr> terms = new ArrayList<>(List.of(first));
      while (at.accept("or")) {
        terms.add(conjunction());
      }
      first = new Expr.Or(terms);
    }
    at.leave();
    return at.noted(first, from);
  }

  /** Expressions with commas between. */
  List<Expr> expressions() throws SyntaxFailure {
    List<Expr> list = new ArrayList<>();
    do {
      list.add(expression());
    } while (at.acceptMark(","));
    return list;
  }

  private Expr conjunction() throws SyntaxFailure {
    int from = at.at();
    Expr first = negation();
    if (!at.isWord("and")) {
      return first;
    }
    List<Expr> terms = new ArrayList<>(List.of(first));
    while (at.accept("and")) {
      terms.add(negation());
    }
    return at.noted(new Expr.And(terms), from);
  }

  private Expr negation() throws SyntaxFailure {
    int from = at.at();
    boolean negated = false;
    while (at.accept("not")) {
      negated = true;
    }
    Expr inner = test();
    return negated ? at.noted(new Expr.Opaque(List.of(inner)), from) : inner;
  }

  /** IS NULL, IS DISTINCT FROM and the like. */
  private Expr test() throws SyntaxFailure {
    int from = at.at();
    Expr left = comparison();
    while (at.isWord("is") || at.isWord("isnull") || at.isWord("notnull")) {
      if (!at.accept("is")) {
        at.next();
        left = opaque(left);
        continue;
      }
      at.accept("not");
      if (at.accept("distinct", "from")) {
        left = opaque(left, range());
      } else if (at.isWord(SIMPLE_IS)) {
        at.next();
        left = opaque(left);
      } else {
        throw at.unexpected("NULL, TRUE, FALSE or DISTINCT FROM");
      }
    }
    return at.noted(left, from);
  }

  private Expr comparison() throws SyntaxFailure {
    int from = at.at();
    Expr left = range();
    if (!isComparison()) {
      return left;
    }
    String operator = at.value();
    boolean equality = operator.equals("=");
    Expr.Order order = ORDERS.get(operator);
    at.next();
    boolean any = at.isWord("any") || at.isWord("some");
    Expr result;
    if (isQuantified()) {
      Expr right = quantified();
      result = equality && any ? new Expr.EqualAny(left, right) : opaque(left, right);
    } else {
      Expr right = range();
      result =
          equality
              ? new Expr.Equal(left, right)
              : order == null ? opaque(left, right) : new Expr.Ordered(left, order, right);
    }
    if (isComparison()) {
      throw at.unexpected("the end of the comparison");
    }
    return at.noted(result, from);
  }

  private boolean isComparison() {
    return at.kind() == Token.OPERATOR && COMPARISONS.contains(at.value());
  }

  private boolean isQuantified() {
    return at.isWord(QUANTIFIERS) && at.isMark(1, "(");
  }

  /** ANY, SOME or ALL with its array or subquery. */
  private Expr quantified() throws SyntaxFailure {
    at.next();
    at.expectMark("(");
    Expr inner = queries.atQuery() ? new Expr.Sub(queries.query()) : expression();
    at.expectMark(")");
    return inner;
  }

  /** IN, BETWEEN, LIKE, SIMILAR TO, OVERLAPS, each maybe with NOT. */
  Expr range() throws SyntaxFailure {
    int from = at.at();
    Expr left = operators();
    while (true) {
      boolean not = at.isWord("not") && at.kind(1) == Token.WORD && RANGES.contains(at.value(1));
      if (not) {
        at.next();
      }
      if (at.accept("in")) {
        Expr right = inList();
        left = not ? opaque(left, right) : new Expr.In(left, right);
      } else if (at.accept("between")) {
        boolean symmetric = at.accept("symmetric");
        if (!symmetric) {
          at.accept("asymmetric");
        }
        Expr low = operators();
        at.expect("and");
        Expr high = operators();
        left = not || symmetric ? opaque(left, low, high) : new Expr.Between(left, low, high);
      } else if (at.accept("like") || at.accept("ilike") || at.accept("similar", "to")) {
        Expr pattern = isQuantified() ? quantified() : operators();
        left = at.accept("escape") ? opaque(left, pattern, operators()) : opaque(left, pattern);
      } else if (at.accept("overlaps")) {
        left = opaque(left, operators());
      } else {
        return at.noted(left, from);
      }
    }
  }

  private Expr inList() throws SyntaxFailure {
    at.expectMark("(");
    Expr list;
    if (queries.atQuery()) {
      list = new Expr.Sub(queries.query());
    } else if (at.kind() == Token.LITERAL_LIST) {
      list = new Expr.LiteralList(at.number());
      at.next();
    } else {
      list = new Expr.Row(expressions());
    }
    at.expectMark(")");
    return list;
  }

  /** Operands with any operators between that bind tighter than comparison and ranges. */
  Expr operators() throws SyntaxFailure {
    int from = at.at();
    Expr first = unary();
    if (!isOtherOperator()) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (isOtherOperator()) {
      operator();
      parts.add(isQuantified() ? quantified() : unary());
    }
    return at.noted(new Expr.Opaque(parts), from);
  }

  private boolean isOtherOperator() {
    return (at.kind() == Token.OPERATOR && !COMPARISONS.contains(at.value()))
        || (at.isWord("operator") && at.isMark(1, "("));
  }

  /** One operator; OPERATOR(schema.op) too. */
  private void operator() throws SyntaxFailure {
    if (!at.accept("operator")) {
      at.next();
      return;
    }
    at.expectMark("(");
    while (at.kind() != Token.OPERATOR) {
      at.label();
      at.expectMark(".");
    }
    at.next();
    at.expectMark(")");
  }

  private Expr unary() throws SyntaxFailure {
    int from = at.at();
    if (at.isOperator("-") || at.isOperator("+")) {
      boolean minus = at.isOperator("-");
      at.next();
      at.enter();
      Expr inner = unary();
      at.leave();
      return at.noted(minus ? new Expr.Minus(inner) : opaqueUnlessNumber(inner), from);
    }
    if (isOtherOperator()) {
      operator();
      at.enter();
      Expr inner = unary();
      at.leave();
      return at.noted(opaque(inner), from);
    }
    return primaries.postfix();
  }

  private static Expr opaqueUnlessNumber(Expr inner) {
    return inner instanceof Expr.Literal(int slot, boolean number) && number
        ? inner
        : opaque(inner);
  }

  private static Expr opaque(Expr... parts) {
    return new Expr.Opaque(List.of(parts));
  }
}
