package dev.terrace.sql.plan;

import java.util.IdentityHashMap;
import java.util.Optional;

/** Where the expressions of a statement's tree stand in it, told apart by identity. */
final class Spans {

  private final IdentityHashMap<Expr, Span> spans = new IdentityHashMap<>();

  /** Notes an expression's tokens; the first note, which is without parentheses, stays. */
  void note(Expr expression, int from, int to) {
    spans.putIfAbsent(expression, new Span(from, to));
  }

  Optional<Span> find(Expr expression) {
    return Optional.ofNullable(spans.get(expression));
  }

  /** The tokens of an expression that has been noted. */
  Span of(Expr expression) {
    Span span = spans.get(expression);
    if (span == null) {
      throw new IllegalStateException("an expression without a place");
    }
    return span;
  }
}
