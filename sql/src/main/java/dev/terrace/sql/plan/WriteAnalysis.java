package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
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
    // An UPDATE of it sets what the session has set.
    findings.leaves(table.path().getLast().equals("pg_settings") ? Residue.HELD : Residue.NOTHING);
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
    queries.byPlace(where, scope);
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
    }
    target.ifPresent(table -> newKey(assignments, table, scope));
  }

  /** SET of the key is let pass if the row stays on its shard. */
  private void newKey(List<Tree.Assignment> assignments, Place.Sharded target, Scope scope) {
    List<Operand> row = new ArrayList<>();
    boolean changed = false;
    for (int i = 0; i < target.columns().size(); i++) {
      String column = target.columns().get(i);
      KeyType type = target.placement().keyTypes().get(i);
      for (Tree.Assignment assignment : assignments) {
        Expr value = assignment.value();
        boolean same =
            value instanceof Expr.Column(List<String> path) && isSame(path, column, scope);
        if (assignment.column().equals(column) && !same) {
          changed = true;
          Optional.ofNullable(value).flatMap(v -> Operands.of(v, type)).ifPresent(row::add);
        }
      }
    }
    if (changed) {
      boolean whole = row.size() == target.columns().size();
      findings.newKeys.add(new Findings.NewKey(target, whole ? keys(List.of(row)) : none()));
    }
  }

  private static Optional<Bound> none() {
    return Optional.empty();
  }

  /** The keys that rows of operands make, one operand for each column. */
  private static Optional<Bound> keys(List<List<Operand>> rows) {
    return Optional.of(
        rows.getFirst().size() == 1
            ? new Bound.OneOf(rows.stream().map(List::getFirst).toList())
            : new Bound.Rows(rows));
  }

  /** {@code EXCLUDED.column}, of the row that was to be inserted, or the column itself. */
  private static boolean isSame(List<String> path, String column, Scope scope) {
    if (!path.getLast().equals(column)) {
      return false;
    }
    // The scope of an INSERT has no tables; in an UPDATE it would be a table of that name.
    boolean excluded =
        path.size() == 2 && path.getFirst().equals("excluded") && scope.entries().isEmpty();
    Optional<Relation> own = scope.resolve(new Expr.Column(path));
    return excluded
        || (own.isPresent()
            && !scope.sharded.isEmpty()
            && scope.sharded.getFirst().key().contains(own.get()));
  }

  private void insert(Tree.Insert insert, Scope scope) {
    queries.ctes(insert.ctes(), scope);
    findings.sharedVarying = findings.varying;
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
    List<Integer> at = target.columns().stream().map(insert.columns()::indexOf).toList();
    Tree.Query source = insert.source();
    if (source == null || at.contains(-1)) {
      findings.refuse(noKey(target, insert.columns()));
      return;
    }
    List<Bound> bounds =
        values && source.body() instanceof Tree.Values(List<List<Expr>> rows, List<Span> spans)
            ? keysOfRows(rows, at, target)
            : keysOfQuery(source, at, target, passedOn);
    if (bounds.isEmpty()) {
      findings.refuse(
          Refusals.unsupported(
              "the sharding key "
                  + target.key()
                  + " of "
                  + target.table()
                  + " is set to something that Terrace cannot work out",
              "Set it to a constant or a parameter."));
      return;
    }
    findings.restrictions.add(new Findings.Restriction(target, bounds, true));
  }

  private static Routing.Refused noKey(Place.Sharded target, List<String> columns) {
    String table = target.table();
    String missing =
        target.columns().stream()
            .filter(column -> !columns.contains(column))
            .findFirst()
            .orElse(target.key());
    return columns.isEmpty()
        ? Refusals.unsupported(
            "INSERT into " + table + " has no column list, so its sharding key is not known",
            "Write INSERT INTO " + table + " (" + target.key() + ", ...) VALUES (...).")
        : Refusals.unsupported(
            "INSERT into " + table + " does not set its sharding key " + missing,
            "Name " + missing + " in the column list and give it a value.");
  }

  /** The keys of rows; none if one is not known. */
  private static List<Bound> keysOfRows(
      List<List<Expr>> rows, List<Integer> at, Place.Sharded target) {
    List<List<Operand>> keys = new ArrayList<>(rows.size());
    for (List<Expr> row : rows) {
      List<Operand> key = new ArrayList<>(at.size());
      for (int i = 0; i < at.size(); i++) {
        KeyType type = target.placement().keyTypes().get(i);
        if (at.get(i) < row.size()) {
          Operands.of(row.get(at.get(i)), type).ifPresent(key::add);
        }
      }
      if (key.size() < at.size()) {
        return List.of();
      }
      keys.add(key);
    }
    return keys(keys).stream().toList();
  }

  /** The keys of INSERT ... SELECT: constants of the select list, or keys that are bounded. */
  private static List<Bound> keysOfQuery(
      Tree.Query source, List<Integer> at, Place.Sharded target, Map<String, Relation> passedOn) {
    if (!(source.body() instanceof Tree.Core core)
        || core.items().stream().anyMatch(i -> i.expression() instanceof Expr.Star)) {
      return List.of();
    }
    List<List<Bound>> columns = new ArrayList<>();
    for (int i = 0; i < at.size(); i++) {
      KeyType type = target.placement().keyTypes().get(i);
      List<Bound> bounds =
          at.get(i) < core.items().size()
              ? ofItem(core.items().get(at.get(i)), type, passedOn)
              : List.of();
      if (bounds.isEmpty()) {
        return List.of();
      }
      columns.add(bounds);
    }
    return columns.size() == 1 ? columns.getFirst() : List.of(new Bound.Columns(columns));
  }

  private static List<Bound> ofItem(Tree.Item item, KeyType type, Map<String, Relation> passedOn) {
    if (item.expression() instanceof Expr.Column column) {
      Relation relation = passedOn.get(item.name() == null ? column.name() : item.name());
      return relation != null && relation.type() == type ? relation.bounds() : List.of();
    }
    return Operands.of(item.expression(), type).stream()
        .<Bound>map(one -> new Bound.OneOf(List.of(one)))
        .toList();
  }
}
