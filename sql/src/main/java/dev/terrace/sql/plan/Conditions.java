package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the facts about sharding keys out of WHERE and ON. */
final class Conditions {

  private record Bound(Relation relation, List<Operand> operands) {}

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
      default -> bound(condition).ifPresent(b -> note(b, filled));
    }
  }

  private void note(Bound bound, @Nullable Set<Relation> filled) {
    if (filled == null || filled.contains(bound.relation)) {
      scope.facts.oneOf(bound.relation, bound.operands);
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

  /** The key that a condition bounds to values that can be known. */
  private Optional<Bound> bound(Expr condition) {
    return switch (condition) {
      case Expr.Equal(Expr left, Expr right) -> equalTo(left, right).or(() -> equalTo(right, left));
      case Expr.In(Expr left, Expr right) ->
          scope
              .resolve(left)
              .flatMap(key -> Operands.all(right, key.type()).map(all -> new Bound(key, all)));
      case Expr.EqualAny(Expr left, Expr right) ->
          scope
              .resolve(left)
              .flatMap(key -> Operands.elements(right, key.type()).map(all -> new Bound(key, all)));
      case Expr.Or(List<Expr> terms) -> either(terms);
      default -> Optional.empty();
    };
  }

  private Optional<Bound> equalTo(Expr column, Expr value) {
    return scope
        .resolve(column)
        .flatMap(key -> Operands.of(value, key.type()).map(one -> new Bound(key, List.of(one))));
  }

  /** {@code a = 1 OR a = 2}. */
  private Optional<Bound> either(List<Expr> terms) {
    Relation key = null;
    List<Operand> all = new ArrayList<>();
    for (Expr term : terms) {
      Optional<Bound> bound = bound(term);
      if (bound.isEmpty() || (key != null && bound.get().relation != key)) {
        return Optional.empty();
      }
      key = bound.get().relation;
      all.addAll(bound.get().operands);
    }
    return key == null ? Optional.empty() : Optional.of(new Bound(key, all));
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
        bound(new Expr.In(left.get(i), new Expr.Row(values))).ifPresent(b -> note(b, filled));
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
          equal(left, right, filled);
        }
      }
    }
  }
}
