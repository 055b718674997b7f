package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks INSERT, UPDATE and DELETE: what they change, by which keys, and whether they move rows. */
final class WriteAnalysis {

  private final Places places;
  private final Findings findings;
  private final QueryAnalysis queries;

  WriteAnalysis(Places places, Findings findings, QueryAnalysis queries) {
    this.places = places;
    this.findings = findings;
    this.queries = queries;
  }

  /** A statement that is not a query. */
  void statement(Tree tree, Scope outer) {
    findings.writes = true;
    Scope scope = outer.inner();
    switch (tree) {
      case Tree.Insert insert -> insert(insert, scope);
      case Tree.Update update -> {
        queries.ctes(update.ctes(), scope);
        Optional<Place.Sharded> sharded = target(update.target(), scope);
        queries.from(update.from(), scope);
        rows(update.where(), update.positioned(), update.from(), scope);
        assignments(update.assignments(), sharded, scope);
        finish(update.returning(), scope);
      }
      case Tree.Delete delete -> {
        queries.ctes(delete.ctes(), scope);
        target(delete.target(), scope);
        queries.from(delete.using(), scope);
        rows(delete.where(), delete.positioned(), delete.using(), scope);
        finish(delete.returning(), scope);
      }
      case Tree.Query query -> throw new IllegalArgumentException("a query does not write");
    }
  }

  private Optional<Place.Sharded> target(Tree.Table table, Scope scope) {
    Place place = places.find(table.path());
    findings.targets.add(place);
    // A common table expression of that name does not hide a target.
    queries.place(table, place, scope, false);
    return place instanceof Place.Sharded sharded ? Optional.of(sharded) : Optional.empty();
  }

  private void rows(@Nullable Expr where, boolean positioned, List<Tree.From> from, Scope scope) {
    if (positioned) {
      findings.refuse(
          Refusals.unsupported(
              "WHERE CURRENT OF does not say which shard is meant",
              "Name the row by its sharding key."));
    }
    new Conditions(scope).where(where);
    queries.walkIfAny(where, scope);
    queries.walkJoins(from, scope);
  }

  private void finish(List<Tree.Item> returning, Scope scope) {
    returning.forEach(item -> queries.walk(item.expression(), scope));
    queries.restrict(scope, true);
  }

  private void assignments(
      List<Tree.Assignment> assignments, Optional<Place.Sharded> target, Scope scope) {
    for (Tree.Assignment assignment : assignments) {
      queries.walkIfAny(assignment.value(), scope);
      queries.walk(assignment.others(), scope);
      if (target.isPresent() && assignment.column().equals(target.get().column())) {
        newKey(assignment.value(), target.get(), scope);
      }
    }
  }

  /** SET of the key is let pass if the row stays on its shard. */
  private void newKey(@Nullable Expr value, Place.Sharded target, Scope scope) {
    if (value instanceof Expr.Column(List<String> path) && isSameKey(path, target, scope)) {
      return;
    }
    Optional<Operand> operand =
        value == null ? Optional.empty() : Operands.of(value, target.keyType());
    findings.newKeys.add(new Findings.NewKey(target, operand.map(List::of).orElseGet(List::of)));
  }

  /** {@code EXCLUDED.key}, the row that was to be inserted, or the key itself. */
  private static boolean isSameKey(List<String> path, Place.Sharded target, Scope scope) {
    boolean excluded =
        path.size() == 2
            && path.getFirst().equals("excluded")
            && path.getLast().equals(target.column());
    Optional<Relation> own = scope.resolve(new Expr.Column(path));
    return excluded
        || (own.isPresent()
            && !scope.sharded.isEmpty()
            && own.get() == scope.sharded.getFirst()
            && path.getLast().equals(target.column()));
  }

  private void insert(Tree.Insert insert, Scope scope) {
    queries.ctes(insert.ctes(), scope);
    Place place = places.find(insert.target().path());
    findings.place(place);
    findings.targets.add(place);
    Tree.Query source = insert.source();
    boolean values = insert.rows().isPresent();
    Map<String, Relation> passedOn = Map.of();
    if (source != null) {
      passedOn = queries.query(source, scope, values);
    }
    if (place instanceof Place.Sharded sharded) {
      findings.obstacle("inserts rows of several shards");
      newRows(insert, sharded, values, passedOn);
    }
    if (insert.conflict() != null) {
      conflict(insert.conflict(), place, scope);
    }
    insert.returning().forEach(item -> queries.walk(item.expression(), scope));
  }

  private void conflict(Tree.Conflict conflict, Place place, Scope scope) {
    Optional<Place.Sharded> sharded =
        place instanceof Place.Sharded found ? Optional.of(found) : Optional.empty();
    queries.walk(conflict.target(), scope);
    assignments(conflict.assignments(), sharded, scope);
    queries.walkIfAny(conflict.where(), scope);
  }

  private void newRows(
      Tree.Insert insert, Place.Sharded target, boolean values, Map<String, Relation> passedOn) {
    int key = insert.columns().indexOf(target.column());
    Tree.Query source = insert.source();
    if (source == null || key < 0) {
      findings.refuse(noKey(target, insert.columns().isEmpty()));
      return;
    }
    Optional<List<List<Operand>>> bounds =
        values && source.body() instanceof Tree.Values(List<List<Expr>> rows, List<Span> spans)
            ? keysOfRows(rows, key, target).map(List::of)
            : keysOfQuery(source, key, target, passedOn);
    if (bounds.isEmpty()) {
      findings.refuse(
          Refusals.unsupported(
              "the sharding key "
                  + target.column()
                  + " of "
                  + target.table()
                  + " is set to something that Terrace cannot work out",
              "Set it to a constant or a parameter."));
      return;
    }
    findings.restrictions.add(new Findings.Restriction(target, bounds.get(), true));
  }

  private static Routing.Refused noKey(Place.Sharded target, boolean noList) {
    String table = target.table();
    return noList
        ? Refusals.unsupported(
            "INSERT into " + table + " has no column list, so its sharding key is not known",
            "Write INSERT INTO " + table + " (" + target.column() + ", ...) VALUES (...).")
        : Refusals.unsupported(
            "INSERT into " + table + " does not set its sharding key " + target.column(),
            "Name " + target.column() + " in the column list and give it a value.");
  }

  private static Optional<List<Operand>> keysOfRows(
      List<List<Expr>> rows, int key, Place.Sharded target) {
    List<Operand> operands = new ArrayList<>(rows.size());
    for (List<Expr> row : rows) {
      Optional<Operand> operand =
          key < row.size() ? Operands.of(row.get(key), target.keyType()) : Optional.empty();
      if (operand.isEmpty()) {
        return Optional.empty();
      }
      operands.add(operand.get());
    }
    return Optional.of(operands);
  }

  /** The keys of INSERT ... SELECT: a constant of the select list, or a key that is bounded. */
  private static Optional<List<List<Operand>>> keysOfQuery(
      Tree.Query source, int key, Place.Sharded target, Map<String, Relation> passedOn) {
    if (!(source.body() instanceof Tree.Core core)
        || key >= core.items().size()
        || core.items().stream().anyMatch(i -> i.expression() instanceof Expr.Star)) {
      return Optional.empty();
    }
    Tree.Item item = core.items().get(key);
    if (item.expression() instanceof Expr.Column column) {
      Relation relation = passedOn.get(item.name() == null ? column.name() : item.name());
      boolean bounded =
          relation != null && relation.type() == target.keyType() && !relation.bounds().isEmpty();
      return bounded && relation != null ? Optional.of(relation.bounds()) : Optional.empty();
    }
    return Operands.of(item.expression(), target.keyType()).map(one -> List.of(List.of(one)));
  }
}
