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

  /** Whether these expressions of GROUP BY or DISTINCT ON have all columns of a key. */
  boolean hasKey(List<Expr> expressions) {
    Set<Relation> columns = new HashSet<>();
    for (Expr expression : expressions) {
      Optional<Expr> meant =
          expression instanceof Expr.Literal literal
              ? item(text.position(literal))
              : Optional.of(expression);
      meant.flatMap(scope::resolve).ifPresent(columns::add);
    }
    return haveKey(columns);
  }

  /**
   * Whether these expressions of DISTINCT ON have all columns of a key. There a bare name means a
   * column of the select list before it means one of a table.
   */
  boolean tellByKey(List<Expr> expressions) {
    return hasKey(expressions.stream().map(this::chosen).toList());
  }

  private Expr chosen(Expr expression) {
    return expression instanceof Expr.Column(List<String> path) && path.size() == 1
        ? core.items().stream()
            .filter(item -> path.getFirst().equals(name(item)))
            .map(Tree.Item::expression)
            .findFirst()
            .orElse(expression)
        : expression;
  }

  /** What a column of the select list is called, as far as that can be seen. */
  private static @Nullable String name(Tree.Item item) {
    Expr named = item.expression();
    while (item.name() == null && named instanceof Expr.Cast(Expr inner, Expr.TypeName type)) {
      named = inner;
    }
    return item.name() == null && named instanceof Expr.Column column ? column.name() : item.name();
  }

  /** NULLs that an outer join fills in may be on every shard. */
  private boolean haveKey(Set<Relation> columns) {
    return scope.sharded.stream()
        .anyMatch(occurrence -> !occurrence.nullable() && columns.containsAll(occurrence.key()));
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

  /** Whether the select list has a key. */
  boolean selectsKey() {
    Set<Relation> columns = new HashSet<>();
    for (Tree.Item item : core.items()) {
      if (item.expression() instanceof Expr.Star(List<String> qualifier)) {
        scope.entries().stream()
            .filter(entry ->
                qualifier.isEmpty()
                    || (qualifier.size() == 1 && qualifier.getFirst().equals(entry.alias())))
            .forEach(entry -> columns.addAll(entry.keys().values()));
      } else {
        scope.resolve(item.expression()).ifPresent(columns::add);
      }
    }
    return haveKey(columns);
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
      Set<Relation> columns = new HashSet<>();
      at.partition().forEach(e -> scope.resolve(e).ifPresent(columns::add));
      if (haveKey(columns)) {
        return true;
      }
      String base = at.base();
      at = base != null && seen.add(base) ? core.windows().get(base) : null;
    }
    return false;
  }
}
