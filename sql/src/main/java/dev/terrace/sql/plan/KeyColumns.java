package dev.terrace.sql.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which expressions of a query block are a sharding key, so that equal values share a shard. */
final class KeyColumns {

  private final Tree.Core core;
  private final Scope scope;
  private final SqlText text;

  KeyColumns(Gathered.Branch branch, SqlText text) {
    this.core = branch.core();
    this.scope = branch.scope();
    this.text = text;
  }

  /** Whether one of these expressions of GROUP BY or DISTINCT ON is a key. */
  boolean hasKey(List<Expr> expressions) {
    return expressions.stream().anyMatch(this::isKey);
  }

  private boolean isKey(Expr expression) {
    if (expression instanceof Expr.Literal literal) {
      Optional<Expr> item = item(text.position(literal));
      return item.isPresent() && isKeyColumn(item.get());
    }
    return isKeyColumn(expression);
  }

  /** The expression at a position of the select list, counted from 1, if that is known. */
  private Optional<Expr> item(int position) {
    if (position < 1 || position > core.items().size()) {
      return Optional.empty();
    }
    boolean sure =
        core.items().subList(0, position).stream()
            .noneMatch(i -> i.expression() instanceof Expr.Star);
    return sure ? Optional.of(core.items().get(position - 1).expression()) : Optional.empty();
  }

  /** NULLs that an outer join fills in may be on every shard. */
  private boolean isKeyColumn(Expr expression) {
    return scope.resolve(expression).filter(KeyColumns::isSure).isPresent();
  }

  private static boolean isSure(Relation relation) {
    return relation.place() != null && !relation.nullable();
  }

  /** Whether the select list has a key. */
  boolean selectsKey() {
    return core.items().stream()
        .anyMatch(i ->
            i.expression() instanceof Expr.Star(List<String> qualifier)
                ? covers(qualifier)
                : isKeyColumn(i.expression()));
  }

  private boolean covers(List<String> qualifier) {
    return scope.entries().stream()
        .filter(e ->
            qualifier.isEmpty()
                || (qualifier.size() == 1 && qualifier.getFirst().equals(e.alias())))
        .anyMatch(e -> e.keys().values().stream().anyMatch(KeyColumns::isSure));
  }

  /** Window functions look at rows of one shard alone only if they partition by a key. */
  void requireWholeWindows() throws GatherFailure {
    for (Expr.Call call : scope.windows) {
      if (!partitionsByKey(call.form().window())) {
        throw new GatherFailure(
            "has the window function " + call.name().getLast() + " over rows of several shards",
            "Put the sharding key into its PARTITION BY.");
      }
    }
  }

  private boolean partitionsByKey(Expr.@Nullable Window window) {
    Set<String> seen = new HashSet<>();
    Expr.Window at = window;
    while (at != null) {
      if (at.partition().stream().anyMatch(this::isKeyColumn)) {
        return true;
      }
      String base = at.base();
      at = base != null && seen.add(base) ? core.windows().get(base) : null;
    }
    return false;
  }
}
