package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Questions about expressions. */
final class Exprs {

  private static final Set<String> CLOCKS =
      Set.of(
          "now",
          "current_timestamp",
          "current_time",
          "localtime",
          "localtimestamp",
          "transaction_timestamp",
          "statement_timestamp",
          "clock_timestamp",
          "timeofday");

  private Exprs() {}

  /** The expressions right under one; a subquery has none that belong to its outer query. */
  static List<Expr> children(Expr expression) {
    return switch (expression) {
      case Expr.Column column -> List.of();
      case Expr.Star star -> List.of();
      case Expr.Literal literal -> List.of();
      case Expr.LiteralList list -> List.of();
      case Expr.Parameter parameter -> List.of();
      case Expr.Null nothing -> List.of();
      case Expr.Truth nothing -> List.of();
      case Expr.Default nothing -> List.of();
      case Expr.Sub sub -> List.of();
      case Expr.Minus(Expr inner) -> List.of(inner);
      case Expr.Cast(Expr inner, Expr.TypeName type) -> List.of(inner);
      case Expr.Row(List<Expr> items) -> items;
      case Expr.ArrayOf(List<Expr> items) -> items;
      case Expr.And(List<Expr> terms) -> terms;
      case Expr.Or(List<Expr> terms) -> terms;
      case Expr.Opaque(List<Expr> parts) -> parts;
      case Expr.Equal(Expr left, Expr right) -> List.of(left, right);
      case Expr.In(Expr left, Expr right) -> List.of(left, right);
      case Expr.EqualAny(Expr left, Expr right) -> List.of(left, right);
      case Expr.Ordered(Expr left, Expr.Order _, Expr right) -> List.of(left, right);
      case Expr.Between(Expr value, Expr low, Expr high) -> List.of(value, low, high);
      case Expr.Call call -> call.parts();
    };
  }

  /** Whether an expression or one under it is so. */
  static boolean any(Expr expression, Predicate<Expr> test) {
    return test.test(expression) || children(expression).stream().anyMatch(e -> any(e, test));
  }

  /** All calls of aggregates in an expression, outermost first. */
  static List<Expr.Call> aggregates(Expr expression) {
    List<Expr.Call> found = new ArrayList<>();
    collect(expression, found);
    return found;
  }

  private static void collect(Expr expression, List<Expr.Call> found) {
    if (expression instanceof Expr.Call call && isAggregate(call)) {
      found.add(call);
    } else {
      children(expression).forEach(e -> collect(e, found));
    }
  }

  static boolean isAggregate(Expr.Call call) {
    return !call.windowed()
        && (call.aggregated()
            || Functions.nature(call.name())
                .filter(n -> n == Functions.Nature.AGGREGATE)
                .isPresent());
  }

  /** Whether an expression's value is another at another time of the same day. */
  static boolean readsClock(Expr expression) {
    return any(
        expression, e -> e instanceof Expr.Call call && CLOCKS.contains(call.name().getLast()));
  }

  /** Whether an expression's value may differ from shard to shard for the same row. */
  static boolean isUnsteady(Expr expression) {
    return any(
        expression,
        e ->
            e instanceof Expr.Call call
                && Functions.nature(call.name())
                    .filter(n -> n == Functions.Nature.PURE || n == Functions.Nature.AGGREGATE)
                    .isEmpty());
  }
}
