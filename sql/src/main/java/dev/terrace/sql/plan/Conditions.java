package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the facts about sharding keys out of WHERE and ON. */
final class Conditions {

  private record Known(Relation relation, Bound bound) {}

  private final Scope scope;

  Conditions(Scope scope) {
    this.scope = scope;
  }

  /** A condition that every row that counts fulfils. */
  void where(@Nullable Expr condition) {
    if (condition != null) {
      terms(condition, null);
    }
  }

  /** The condition of an outer join, which bounds the side that it may fill with NULLs. */
  void outer(Expr condition, Set<Relation> filled) {
    terms(condition, filled);
  }

  /** Two keys equal by USING or NATURAL. */
  void sameColumn(Relation left, Relation right, @Nullable Set<Relation> filled) {
    equal(left, right, filled);
  }

  private void terms(Expr condition, @Nullable Set<Relation> filled) {
    switch (condition) {
      case Expr.And(List<Expr> terms) -> terms.forEach(t -> terms(t, filled));
      case Expr.Equal(Expr.Row(List<Expr> left), Expr.Row(List<Expr> right))
          when left.size() == right.size() -> {
        for (int i = 0; i < left.size(); i++) {
          terms(new Expr.Equal(left.get(i), right.get(i)), filled);
        }
      }
      case Expr.In(Expr.Row(List<Expr> left), Expr.Row(List<Expr> rows)) ->
          rowsIn(left, rows, filled);
      case Expr.Equal(Expr left, Expr right) when columns(left, right, filled) -> {
        // Two keys are equal: noted.
      }
      default -> known(condition).ifPresent(known -> note(known, filled));
    }
  }

  private void note(Known known, @Nullable Set<Relation> filled) {
    if (filled == null || filled.contains(known.relation)) {
      scope.facts.within(known.relation, known.bound);
    }
  }

  private boolean columns(Expr left, Expr right, @Nullable Set<Relation> filled) {
    Optional<Relation> a = scope.resolve(left);
    Optional<Relation> b = scope.resolve(right);
    if (a.isEmpty() || b.isEmpty()) {
      return false;
    }
    equal(a.get(), b.get(), filled);
    return true;
  }

  private void equal(Relation a, Relation b, @Nullable Set<Relation> filled) {
    if (a.type() != b.type()) {
      return;
    }
    if (filled == null) {
      scope.facts.equal(a, b);
      return;
    }
    if (filled.contains(a)) {
      scope.facts.follows(a, b);
    }
    if (filled.contains(b)) {
      scope.facts.follows(b, a);
    }
  }

  /**
   * Two keys of one column: if an outer join before filled one up, the column has its value only
   * where there is one, and the other key may be beside another's.
   */
  private void merged(
      Relation left,
      Relation right,
      Tree.Joined join,
      FromRelations relations,
      @Nullable Set<Relation> filled) {
    boolean leftSure = !relations.filled(join.left()).contains(left);
    boolean rightSure = !relations.filled(join.right()).contains(right);
    if (leftSure && rightSure) {
      equal(left, right, filled);
    } else if (leftSure) {
      follows(right, left, filled);
    } else if (rightSure) {
      follows(left, right, filled);
    }
  }

  private void follows(Relation follower, Relation other, @Nullable Set<Relation> filled) {
    if (follower.type() == other.type() && (filled == null || filled.contains(follower))) {
      scope.facts.follows(follower, other);
    }
  }

  /** The key that a condition bounds to values that can be known. */
  private Optional<Known> known(Expr condition) {
    return switch (condition) {
      case Expr.Ordered(Expr left, Expr.Order order, Expr right) ->
          ordered(left, order, right).or(() -> ordered(right, turned(order), left));
      case Expr.Between(Expr value, Expr low, Expr high) ->
          interval(value, low, high, false)
              .or(() -> interval(value, low, null, false))
              .or(() -> interval(value, null, high, false));
      default -> oneOf(condition);
    };
  }

  private Optional<Known> oneOf(Expr condition) {
    return switch (condition) {
      case Expr.Equal(Expr left, Expr right) -> equalTo(left, right).or(() -> equalTo(right, left));
      case Expr.In(Expr left, Expr right) ->
          scope.resolve(left).flatMap(key -> Operands.all(right, key.type()).map(in(key)));
      case Expr.EqualAny(Expr left, Expr right) ->
          scope.resolve(left).flatMap(key -> Operands.elements(right, key.type()).map(in(key)));
      case Expr.Or(List<Expr> terms) -> either(terms);
      case Expr.Column column ->
          scope
              .resolve(column)
              .filter(key -> key.type() == KeyType.BOOLEAN)
              .map(key -> in(key).apply(List.of(new Operand.Truth(true))));
      default -> Optional.empty();
    };
  }

  private static Function<List<Operand>, Known> in(Relation key) {
    return values -> new Known(key, new Bound.OneOf(values));
  }

  private Optional<Known> equalTo(Expr column, Expr value) {
    return scope
        .resolve(column)
        .flatMap(key -> Operands.of(value, key.type()).map(List::of).map(in(key)));
  }

  private static Expr.Order turned(Expr.Order order) {
    return switch (order) {
      case LESS -> Expr.Order.GREATER;
      case LESS_OR_EQUAL -> Expr.Order.GREATER_OR_EQUAL;
      case GREATER -> Expr.Order.LESS;
      case GREATER_OR_EQUAL -> Expr.Order.LESS_OR_EQUAL;
    };
  }

  private Optional<Known> ordered(Expr column, Expr.Order order, Expr value) {
    return switch (order) {
      case LESS -> interval(column, null, value, true);
      case LESS_OR_EQUAL -> interval(column, null, value, false);
      case GREATER -> interval(column, value, null, true);
      case GREATER_OR_EQUAL -> interval(column, value, null, false);
    };
  }

  /** An interval; of texts none is known, as a column's collation may order them in its own way. */
  private Optional<Known> interval(
      Expr column, @Nullable Expr low, @Nullable Expr high, boolean open) {
    Optional<Relation> key = scope.resolve(column).filter(k -> !k.type().isCollated());
    if (key.isEmpty()) {
      return Optional.empty();
    }
    Optional<Operand> from =
        Optional.ofNullable(low).flatMap(l -> Operands.of(l, key.get().type()));
    Optional<Operand> to = Optional.ofNullable(high).flatMap(h -> Operands.of(h, key.get().type()));
    return from.isPresent() == (low != null) && to.isPresent() == (high != null)
        ? Optional.of(
            new Known(key.get(), new Bound.Interval(from.orElse(null), to.orElse(null), open)))
        : Optional.empty();
  }

  /** {@code a = 1 OR a = 2}. */
  private Optional<Known> either(List<Expr> terms) {
    Relation key = null;
    List<Operand> all = new ArrayList<>();
    for (Expr term : terms) {
      Optional<Known> known = oneOf(term);
      if (known.isEmpty()
          || (key != null && known.get().relation != key)
          || !(known.get().bound instanceof Bound.OneOf(List<Operand> values))) {
        return Optional.empty();
      }
      key = known.get().relation;
      all.addAll(values);
    }
    return key == null ? Optional.empty() : Optional.of(in(key).apply(all));
  }

  /** {@code (a, b) IN ((1, 2), (3, 4))}. */
  private void rowsIn(List<Expr> left, List<Expr> rows, @Nullable Set<Relation> filled) {
    for (int i = 0; i < left.size(); i++) {
      int column = i;
      List<Expr> values = new ArrayList<>(rows.size());
      for (Expr row : rows) {
        if (row instanceof Expr.Row(List<Expr> items) && items.size() == left.size()) {
          values.add(items.get(column));
        }
      }
      if (values.size() == rows.size()) {
        oneOf(new Expr.In(left.get(i), new Expr.Row(values))).ifPresent(k -> note(k, filled));
      }
    }
  }

  /** The facts of a FROM item's joins. */
  void joins(Tree.From item, FromRelations relations) {
    if (!(item instanceof Tree.Joined join)) {
      return;
    }
    joins(join.left(), relations);
    joins(join.right(), relations);
    Set<Relation> filled =
        switch (join.kind()) {
          case INNER -> null;
          case LEFT -> relations.of(join.right());
          case RIGHT -> relations.of(join.left());
          case FULL -> Set.of();
        };
    if (join.on() != null) {
      terms(join.on(), filled);
    }
    Set<String> columns = new HashSet<>(join.using());
    for (Relation left : relations.of(join.left())) {
      for (Relation right : relations.of(join.right())) {
        String column = relations.column(left);
        boolean same = column.equals(relations.column(right));
        if (same && (join.natural() || columns.contains(column))) {
          merged(left, right, join, relations, filled);
        }
      }
    }
  }
}
