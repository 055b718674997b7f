package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names that a query's expressions can use, with the facts known of their keys. */
final class Scope {

  /** One item of FROM: what it is called, and those of its columns that hold keys. */
  record Entry(@Nullable String alias, Map<String, Relation> keys) {}

  private final @Nullable Scope parent;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Map<String, Relation>> ctes = new HashMap<>();
  final Facts facts;

  /** The sharded tables of this query block alone, in order. */
  final List<Occurrence> sharded = new ArrayList<>();

  /** What this block does that needs all rows in one place, if anything. */
  @Nullable String needsAllRows;

  /** Whether this block's rows are the statement's. */
  boolean outermost;

  /** Whether it is a subquery, which one server evaluates once. */
  boolean inside;

  /** The window functions of this block. */
  final List<Expr.Call> windows = new ArrayList<>();

  private Scope(@Nullable Scope parent, Facts facts) {
    this.parent = parent;
    this.facts = facts;
  }

  static Scope outermost() {
    return new Scope(null, new Facts());
  }

  /** The scope of a query within this one. */
  Scope inner() {
    return new Scope(this, facts.copy());
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  List<Entry> entries() {
    return entries;
  }

  void addCte(String name, Map<String, Relation> keys) {
    ctes.put(name, keys);
  }

  /** The common table expression that a name means here. */
  Optional<Map<String, Relation>> cte(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Map<String, Relation> found = scope.ctes.get(name);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /**
   * The key that a column is.
   *
   * <p>Without the catalogue a bare name is only sure in the block it stands in: a table there that
   * is sharded by that name has such a column, and if another had it too, PostgreSQL would call the
   * name ambiguous. A bare name that means an outer query's column is therefore never resolved.
   */
  Optional<Relation> resolve(Expr expression) {
    if (!(expression instanceof Expr.Column(List<String> path))) {
      return Optional.empty();
    }
    return switch (path.size()) {
      case 1 -> bare(path.getFirst());
      case 2 -> qualified(path.getFirst(), path.getLast());
      default -> Optional.empty();
    };
  }

  /** The key of that name in this block; of tables joined by USING, any. */
  Optional<Relation> bare(String column) {
    for (Entry entry : entries) {
      Relation key = entry.keys.get(column);
      if (key != null) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private Optional<Relation> qualified(String alias, String column) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      List<Entry> named = scope.entries.stream().filter(e -> alias.equals(e.alias)).toList();
      if (!named.isEmpty()) {
        return named.size() == 1
            ? Optional.ofNullable(named.getFirst().keys.get(column))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
