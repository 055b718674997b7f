package dev.terrace.sql.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sharding keys that a query's output passes on to the query around it. */
final class Exports {

  private final Scope scope;
  private final Map<String, Relation> keys = new HashMap<>();

  /** Names that columns of the select list have, apart from those of a star. */
  private final Set<String> named = new HashSet<>();

  private Exports(Scope scope) {
    this.scope = scope;
  }

  /**
   * By the names of the output's columns; only keys that are bounded are worth passing on, and only
   * under a name that no other column has.
   */
  static Map<String, Relation> of(Tree.Core core, Scope scope) {
    if (core.grouping().sets()) {
      // NULL stands for a key that a set leaves out.
      return Map.of();
    }
    Exports exports = new Exports(scope);
    core.items().stream()
        .filter(item -> item.expression() instanceof Expr.Star)
        .forEach(item -> exports.star(((Expr.Star) item.expression()).qualifier()));
    core.items().forEach(exports::item);
    Map<String, Relation> passed = new HashMap<>();
    exports.keys.forEach((name, relation) ->
        passed.put(name, Relation.of(relation.type(), scope.facts.bounds(relation))));
    return passed;
  }

  private void item(Tree.Item item) {
    String name =
        item.name() == null && item.expression() instanceof Expr.Column column
            ? column.name()
            : item.name();
    if (name == null) {
      return;
    }
    boolean another = !named.add(name) || keys.containsKey(name);
    keys.remove(name);
    if (!another) {
      scope.resolve(item.expression()).ifPresent(relation -> keys.put(name, relation));
    }
  }

  private void star(List<String> qualifier) {
    for (Scope.Entry entry : scope.entries()) {
      boolean meant =
          qualifier.isEmpty()
              || (qualifier.size() == 1 && qualifier.getFirst().equals(entry.alias()));
      if (meant) {
        entry.keys().forEach((column, relation) -> keys.merge(column, relation, this::merged));
      }
    }
  }

  /** Of two columns that USING makes one, the key that the other follows; else neither. */
  private @Nullable Relation merged(Relation first, Relation second) {
    if (scope.facts.beside(second, first)) {
      return first;
    }
    return scope.facts.beside(first, second) ? second : null;
  }
}
