package dev.terrace.sql.plan;

import dev.terrace.sql.plan.Functions.Nature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a query's tree: places its tables, reads what its conditions say of their keys, and notes
 * what would keep the answers of several shards from being put one after the other.
 */
final class QueryAnalysis {

  private final Places places;
  private final Findings findings;

  QueryAnalysis(Places places, Findings findings) {
    this.places = places;
    this.findings = findings;
  }

  /**
   * A query within a scope.
   *
   * @param outermost whether its rows are the statement's
   * @return the keys that it passes on, by column name
   */
  Map<String, Relation> query(Tree.Query query, Scope outer, boolean outermost) {
    Scope scope = outer.inner();
    scope.inside = !outermost;
    ctes(query.ctes(), scope);
    if (query.locking()) {
      findings.writes = true;
    }
    if (query.limited() && !outermost) {
      findings.limitedInside = true;
      if (query.order().isEmpty()) {
        findings.varies(
            "limits rows in a subquery without ORDER BY, which may take others on each shard");
      }
    }
    return switch (query.body()) {
      case Tree.Core core -> {
        if (outermost && !query.locking()) {
          scope.outermost = true;
          Gathered gathered = new Gathered(query);
          gathered.branches.add(new Gathered.Branch(core, scope));
          findings.gathered = gathered;
        }
        yield core(core, query, scope, outermost);
      }
      case Tree.Values(List<List<Expr>> rows, List<Span> spans) -> {
        rows.forEach(row -> walk(row, scope));
        tail(query, scope);
        yield Map.of();
      }
      case Tree.SetOperation(List<Tree.Query> operands, List<Tree.SetKind> kinds) -> {
        setOperation(query, operands, kinds, scope, outermost);
        yield Map.of();
      }
      case Tree.Nested(Tree.Query inner) -> {
        Map<String, Relation> keys =
            query(inner, scope, outermost && query.bare() && query.ctes().isEmpty());
        tail(query, scope);
        yield keys;
      }
    };
  }

  /** The branches of a UNION that makes the statement's rows may each be over all shards. */
  private void setOperation(
      Tree.Query query,
      List<Tree.Query> operands,
      List<Tree.SetKind> kinds,
      Scope scope,
      boolean outermost) {
    boolean union =
        outermost
            && !query.locking()
            && !kinds.contains(Tree.SetKind.OTHER)
            && operands.stream().allMatch(o -> o.body() instanceof Tree.Core && o.bare())
            && operands.stream().allMatch(o -> o.ctes().isEmpty());
    Gathered gathered = new Gathered(query);
    for (Tree.Query operand : operands) {
      if (union && operand.body() instanceof Tree.Core core) {
        Scope branch = scope.inner();
        branch.outermost = true;
        core(core, operand, branch, true);
        gathered.branches.add(new Gathered.Branch(core, branch));
      } else {
        query(operand, scope, false);
      }
    }
    if (union) {
      findings.gathered = gathered;
    }
    scope.outermost = union;
    tail(query, scope);
  }

  /** Common table expressions, each of which the next can use. */
  void ctes(List<Tree.Cte> ctes, Scope scope) {
    for (Tree.Cte cte : ctes) {
      if (cte.recursive()) {
        scope.addCte(cte.name(), Map.of());
      }
    }
    for (Tree.Cte cte : ctes) {
      Map<String, Relation> keys = Map.of();
      if (cte.statement() instanceof Tree.Query query) {
        keys = query(query, scope, false);
      } else {
        findings.obstacle("changes data in a WITH");
        new WriteAnalysis(places, findings, this).statement(cte.statement(), scope);
      }
      scope.addCte(cte.name(), cte.columns().isEmpty() && !cte.recursive() ? keys : Map.of());
    }
  }

  private Map<String, Relation> core(
      Tree.Core core, Tree.Query query, Scope scope, boolean outermost) {
    if (core.into()) {
      findings.leaves(core.temporary() ? Residue.HELD : Residue.NOTHING);
      findings.writes = true;
      findings.makesTable = true;
      findings.refuse(
          Refusals.unsupported(
              "SELECT INTO makes a table that the file does not place",
              "Create the table, name it under tables, and fill it with INSERT."));
    }
    from(core.from(), scope);
    new Conditions(scope).where(core.where());
    byPlace(core.where(), scope);
    if (core.distinct().present()) {
      needsAllRows(scope, "uses DISTINCT");
    }
    if (scope.inside && !core.distinct().on().isEmpty() && query.order().isEmpty()) {
      findings.varies(
          "uses DISTINCT ON in a subquery without ORDER BY, which may keep other rows on each"
              + " shard");
    }
    if (core.grouping().present()) {
      needsAllRows(scope, "groups rows");
    }
    for (Tree.Item item : core.items()) {
      walk(item.expression(), scope);
    }
    walkIfAny(core.where(), scope);
    walk(core.others(), scope);
    walkJoins(core.from(), scope);
    tail(query, scope);
    restrict(scope, outermost);
    return Exports.of(core, scope);
  }

  /** ORDER BY, LIMIT and FOR of the block whose scope this is. */
  private void tail(Tree.Query query, Scope scope) {
    query.order().forEach(sort -> walk(sort.expression(), scope));
    walk(query.limit().parts(), scope);
    if (!query.order().isEmpty()) {
      needsAllRows(scope, "orders rows");
    } else if (query.limited()) {
      needsAllRows(scope, "limits rows");
    } else if (query.locking()) {
      scope.needsAllRows = "locks rows";
    }
  }

  /** Where a row is stored tells it from others of its own shard alone. */
  void byPlace(@Nullable Expr where, Scope scope) {
    boolean used =
        where != null
            && Exprs.any(
                where, e -> e instanceof Expr.Column(List<String> p) && p.getLast().equals("ctid"));
    if (used) {
      findings.byPlace = true;
      scope.needsAllRows = "tells rows by ctid, which may be another row's on each shard";
    }
  }

  /** Of the statement's own rows that can be had: see {@link GatherPlanner}. */
  private static void needsAllRows(Scope scope, String what) {
    if (!scope.outermost) {
      scope.needsAllRows = what;
    }
  }

  /** Adds the items of FROM to the scope and reads the conditions of their joins. */
  void from(List<Tree.From> items, Scope scope) {
    FromRelations relations = new FromRelations();
    for (Tree.From item : items) {
      add(item, scope, relations, false);
    }
    Conditions conditions = new Conditions(scope);
    for (Tree.From item : items) {
      conditions.joins(item, relations);
    }
  }

  private void add(Tree.From item, Scope scope, FromRelations relations, boolean nullable) {
    switch (item) {
      case Tree.Table table -> relations.add(table, table(table, scope, nullable));
      case Tree.Derived derived -> {
        Map<String, Relation> keys = query(derived.query(), scope, false);
        Map<String, Relation> visible = derived.renamed() ? Map.of() : fresh(keys, scope);
        scope.add(new Scope.Entry(derived.alias(), visible));
        relations.add(derived, visible);
      }
      case Tree.Functions functions -> {
        functions.calls().forEach(call -> once(call, scope));
        scope.add(new Scope.Entry(functions.alias(), Map.of()));
      }
      case Tree.Joined join -> {
        boolean full = join.kind() == Tree.JoinKind.FULL;
        boolean left = full || join.kind() == Tree.JoinKind.RIGHT;
        boolean right = full || join.kind() == Tree.JoinKind.LEFT;
        add(join.left(), scope, relations, nullable || left);
        add(join.right(), scope, relations, nullable || right);
        if (join.alias() != null) {
          // Its columns are merged ones.
          scope.add(new Scope.Entry(join.alias(), Map.of()));
        }
      }
    }
  }

  /** Adds a table or common table expression to the scope; returns its keys. */
  private Map<String, Relation> table(Tree.Table table, Scope scope, boolean nullable) {
    String alias = table.alias() == null ? table.name() : table.alias();
    Optional<Map<String, Relation>> cte =
        table.path().size() == 1 ? scope.cte(table.name()) : Optional.empty();
    if (cte.isPresent()) {
      Map<String, Relation> keys = table.renamed() ? Map.of() : fresh(cte.get(), scope);
      scope.add(new Scope.Entry(alias, keys));
      return keys;
    }
    return place(table, places.find(table.path()), scope, nullable);
  }

  /** Adds a table of the database to the scope; returns its key's columns. */
  Map<String, Relation> place(Tree.Table table, Place place, Scope scope, boolean nullable) {
    findings.place(place);
    Map<String, Relation> keys = Map.of();
    if (place instanceof Place.Sharded sharded) {
      Occurrence occurrence = Occurrence.of(sharded, nullable);
      scope.sharded.add(occurrence);
      keys = table.renamed() ? Map.of() : occurrence.byColumn();
    }
    scope.add(new Scope.Entry(table.alias() == null ? table.name() : table.alias(), keys));
    return keys;
  }

  /** A subquery's keys for one more use of it, with what bounds them. */
  private static Map<String, Relation> fresh(Map<String, Relation> keys, Scope scope) {
    Map<String, Relation> copies = new HashMap<>();
    keys.forEach((column, relation) -> {
      Relation copy = Relation.of(relation.type(), relation.bounds());
      relation.bounds().forEach(bound -> scope.facts.within(copy, bound));
      copies.put(column, copy);
    });
    return copies;
  }

  /** Visits the conditions of joins. */
  void walkJoins(List<Tree.From> items, Scope scope) {
    for (Tree.From item : items) {
      if (item instanceof Tree.Joined join) {
        walkJoins(List.of(join.left(), join.right()), scope);
        walkIfAny(join.on(), scope);
      }
    }
  }

  /** Notes the sharded tables of a block with all that is known of their keys by now. */
  void restrict(Scope scope, boolean outermost) {
    if (scope.sharded.isEmpty()) {
      return;
    }
    for (Occurrence occurrence : scope.sharded) {
      findings.restrictions.add(
          new Findings.Restriction(occurrence.place(), occurrence.bounds(scope.facts), false));
    }
    String first = scope.sharded.getFirst().place().table();
    if (!outermost) {
      findings.obstacle("has a subquery or set operation over " + first);
    }
    if (scope.needsAllRows != null) {
      findings.obstacle(scope.needsAllRows);
    }
    besideOneAnother(scope);
  }

  /** Joins of sharded tables are whole on each shard only if their keys are equal. */
  private void besideOneAnother(Scope scope) {
    Optional<Occurrence> anchor = scope.sharded.stream().filter(o -> !o.nullable()).findFirst();
    if (anchor.isEmpty()) {
      String first = scope.sharded.getFirst().place().table();
      findings.obstacle("has an outer join that may fill up " + first);
      return;
    }
    for (Occurrence occurrence : scope.sharded) {
      if (!occurrence.equals(anchor.get()) && !occurrence.beside(anchor.get(), scope.facts)) {
        findings.obstacle(
            "joins "
                + anchor.get().place().table()
                + " and "
                + occurrence.place().table()
                + " by something else than their sharding keys");
      }
    }
  }

  void walkIfAny(@Nullable Expr expression, Scope scope) {
    if (expression != null) {
      walk(expression, scope);
    }
  }

  void walk(List<Expr> expressions, Scope scope) {
    expressions.forEach(e -> walk(e, scope));
  }

  /** Visits an expression's subqueries and functions. */
  void walk(Expr expression, Scope scope) {
    switch (expression) {
      case Expr.Sub(Tree.Query query) -> query(query, scope, false);
      case Expr.Call call -> call(call, scope);
      default -> walk(Exprs.children(expression), scope);
    }
  }

  /** Visits a function of FROM, which is called once unless it is LATERAL. */
  private void once(Expr call, Scope scope) {
    boolean inside = scope.inside;
    scope.inside = true;
    walk(call, scope);
    scope.inside = inside;
  }

  private void call(Expr.Call call, Scope scope) {
    Optional<Nature> nature = places.nature(call.name());
    if (scope.inside && nature.equals(Optional.of(Nature.VOLATILE))) {
      findings.varies(
          "calls "
              + call.name().getLast()
              + " in a subquery or in FROM, which may give each shard another value");
    }
    findings.function(call.name(), nature);
    String name = call.name().getLast();
    if (call.windowed()) {
      scope.windows.add(call);
    }
    if (call.windowed() || nature.equals(Optional.of(Nature.WINDOW))) {
      needsAllRows(scope, "has the window function " + name);
    } else if (call.aggregated() || nature.equals(Optional.of(Nature.AGGREGATE))) {
      needsAllRows(scope, "has the aggregate " + name);
    }
    if (nature.isEmpty()) {
      scope.needsAllRows = "calls " + name + ", which Terrace does not know";
    } else if (nature.get() == Nature.STATE || nature.get() == Nature.READER) {
      scope.needsAllRows = "calls " + name;
    }
    walk(call.parts(), scope);
  }
}
