package dev.terrace.sql.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sharding keys that a query's output passes on to the query around it. */
final class Exports {

  private Exports() {}

  /** By the names of the output's columns; only keys that are bounded are worth passing on. */
  static Map<String, Relation> of(Tree.Core core, Scope scope) {
    Map<String, Relation> keys = new HashMap<>();
    for (Tree.Item item : core.items()) {
      switch (item.expression()) {
        case Expr.Star(List<String> qualifier) -> star(qualifier, scope, keys);
        case Expr.Column column ->
            scope
                .resolve(column)
                .ifPresent(r -> keys.put(name(item.name(), column), pass(r, scope)));
        default -> {
          // A computed column is no key.
        }
      }
    }
    return keys;
  }

  private static String name(@Nullable String given, Expr.Column column) {
    return given == null ? column.name() : given;
  }

  private static void star(List<String> qualifier, Scope scope, Map<String, Relation> keys) {
    for (Scope.Entry entry : scope.entries()) {
      boolean meant =
          qualifier.isEmpty()
              || (qualifier.size() == 1 && qualifier.getFirst().equals(entry.alias()));
      if (meant) {
        entry.keys().forEach((column, relation) -> keys.put(column, pass(relation, scope)));
      }
    }
  }

  private static Relation pass(Relation relation, Scope inner) {
    return Relation.of(relation.type(), inner.facts.bounds(relation));
  }
}
