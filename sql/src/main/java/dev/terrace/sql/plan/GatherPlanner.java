package dev.terrace.sql.plan;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the rows of several shards become a query's: put one after the other if no row
 * depends on those of other shards, merged if they are only to be sorted, combined by a last
 * statement else.
 */
final class GatherPlanner {

  private final Tree.Query query;
  private final List<Gathered.Branch> branches;
  private final Spans spans;
  private final SqlText text;
  private final Optional<Limits> limits;

  GatherPlanner(Gathered gathered, Spans spans, KeyReader keys) {
    this.query = gathered.query;
    this.branches = gathered.branches;
    this.spans = spans;
    this.text = new SqlText(keys.lexed());
    this.limits = Limits.read(query.limit(), keys);
  }

  /** The error of a limit that is negative. */
  Routing.@Nullable Refused limitRefusal() {
    return limits.map(Limits::refusal).orElse(null);
  }

  /** How; the failure says why not. */
  Gather plan() throws GatherFailure {
    if (branches.size() > 1) {
      return union();
    }
    Gathered.Branch branch = branches.getFirst();
    Tree.Core core = branch.core();
    KeyColumns columns = new KeyColumns(branch, text);
    if (core.grouping().sets()) {
      throw new GatherFailure("has grouping sets", "Send a statement for each set.");
    }
    boolean aggregated = core.grouping().present() || hasAggregates(core);
    if (!aggregated) {
      requireOwnAggregates(core, query.order());
    }
    boolean whole = !aggregated || columns.hasKey(core.grouping().keys());
    if (whole) {
      columns.requireWholeWindows();
      return rows(core, distinct(core.distinct(), columns));
    }
    if (!branch.scope().windows.isEmpty()) {
      throw new GatherFailure(
          "has window functions over groups of several shards",
          "Group by the sharding key, or use a subquery that is bound to one shard.");
    }
    if (!core.distinct().on().isEmpty()) {
      throw distinctOn();
    }
    boolean natural = core.from().stream().anyMatch(GatherPlanner::merges);
    GroupCombination groups = new GroupCombination(query, core, spans, text, natural);
    groups.check();
    return new Gather.Combined(groups);
  }

  private static boolean merges(Tree.From item) {
    return item instanceof Tree.Joined join
        && (join.natural()
            || !join.using().isEmpty()
            || merges(join.left())
            || merges(join.right()));
  }

  private boolean hasAggregates(Tree.Core core) {
    return core.items().stream().anyMatch(i -> !Exprs.aggregates(i.expression()).isEmpty())
        || query.order().stream().anyMatch(s -> !Exprs.aggregates(s.expression()).isEmpty());
  }

  /**
   * An aggregate in a subquery may belong to the query around it, which is seen from its columns
   * alone: refused unless a column beside it shows that rows are not aggregated.
   */
  private static void requireOwnAggregates(Tree.Core core, List<Tree.Sort> order)
      throws GatherFailure {
    boolean subqueries =
        Stream.concat(
                core.items().stream().map(Tree.Item::expression),
                order.stream().map(Tree.Sort::expression))
            .anyMatch(i -> Exprs.any(i, e -> e instanceof Expr.Sub));
    boolean rows =
        core.items().stream()
            .anyMatch(i ->
                Exprs.any(i.expression(), e -> e instanceof Expr.Column || e instanceof Expr.Star));
    if (subqueries && !rows) {
      throw new GatherFailure(
          "has subqueries alone in its select list or ORDER BY, which may aggregate its rows",
          "Put a column of the table beside them.");
    }
  }

  /** Whether rows that are equal may come from several shards, so that all but one must go. */
  private static boolean distinct(Tree.Distinct distinct, KeyColumns columns) throws GatherFailure {
    if (!distinct.on().isEmpty()) {
      if (!columns.tellByKey(distinct.on())) {
        throw distinctOn();
      }
      return false;
    }
    return distinct.present() && !columns.selectsKey();
  }

  /** The shards' clocks differ, so that no two of their rows would be equal. */
  private static void requireSteady(Tree.Core core) throws GatherFailure {
    if (core.items().stream().anyMatch(i -> Exprs.readsClock(i.expression()))) {
      throw new GatherFailure(
          "makes rows distinct by a clock, which is another on each shard",
          "Work the value out in the application and send it as a parameter.");
    }
  }

  private static GatherFailure distinctOn() {
    return new GatherFailure(
        "uses DISTINCT ON over rows of several shards",
        "Put the sharding key among its expressions, or use GROUP BY.");
  }

  /** Rows that are whole on their shards. */
  private Gather rows(Tree.Core core, boolean distinct) throws GatherFailure {
    if (distinct) {
      requireSteady(core);
    }
    boolean whole = !distinct && limits.isPresent() && !query.limit().ties();
    if (whole && query.order().isEmpty()) {
      return unordered(limits.get());
    }
    RowText rows = RowText.of(query, core, spans, text);
    boolean using = query.order().stream().anyMatch(Tree.Sort::using);
    return whole && !using
        ? new Gather.Sorted(new SortedRows(rows, limits.get()))
        : new Gather.Combined(new RowCombination(rows, limits, distinct));
  }

  private Gather unordered(Limits known) {
    if (!query.limited()) {
      return Gather.CONCATENATE;
    }
    String partial = text.of(query.with()) + " " + text.of(query.core()) + known.clause();
    return new Gather.Limited(partial.strip(), known.offset(), known.count());
  }

  private Gather union() throws GatherFailure {
    List<Tree.SetKind> kinds =
        query.body() instanceof Tree.SetOperation(var operands, List<Tree.SetKind> found)
            ? found
            : List.of();
    boolean distinct = kinds.getLast() == Tree.SetKind.UNION;
    if (!distinct && kinds.contains(Tree.SetKind.UNION)) {
      throw new GatherFailure(
          "has UNION ALL after UNION over several shards", "Put UNION last, or use one of them.");
    }
    for (Gathered.Branch branch : branches) {
      branch(branch, distinct);
    }
    RowText rows = RowText.of(query, null, spans, text);
    if (distinct || limits.isEmpty() || query.limit().ties()) {
      return new Gather.Combined(new RowCombination(rows, limits, distinct));
    }
    return query.order().isEmpty()
        ? unordered(limits.get())
        : new Gather.Sorted(new SortedRows(rows, limits.get()));
  }

  /** A branch's rows must come from one shard each, or the same ones from all if they may. */
  private void branch(Gathered.Branch branch, boolean distinct) throws GatherFailure {
    Tree.Core core = branch.core();
    KeyColumns columns = new KeyColumns(branch, text);
    if (branch.scope().sharded.isEmpty()) {
      boolean unsteady = core.items().stream().anyMatch(i -> Exprs.isUnsteady(i.expression()));
      if (!distinct || unsteady) {
        throw new GatherFailure(
            "has a UNION of rows that are on one shard with rows that every shard has",
            "Send the SELECTs as statements of their own.");
      }
      return;
    }
    boolean aggregated =
        core.grouping().present()
            || core.items().stream().anyMatch(i -> !Exprs.aggregates(i.expression()).isEmpty());
    if (core.grouping().sets() || (aggregated && !columns.hasKey(core.grouping().keys()))) {
      throw new GatherFailure(
          "has a UNION over groups of several shards",
          "Send the SELECTs as statements of their own.");
    }
    if (!aggregated) {
      requireOwnAggregates(core, List.of());
    }
    columns.requireWholeWindows();
    if (distinct) {
      requireSteady(core);
    }
    if (distinct(core.distinct(), columns) && !distinct) {
      throw new GatherFailure("has UNION ALL of distinct rows of several shards", "Use UNION.");
    }
  }
}
