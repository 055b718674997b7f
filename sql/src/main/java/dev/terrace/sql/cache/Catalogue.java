package dev.terrace.sql.cache;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What reads and writes reach beside the tables that they name, by the catalogues of a store's
 * servers. Tables go by their names without a schema: which schema is meant depends on a session's
 * search_path, so those of one name are taken for one. Immutable.
 *
 * @param relations tables and what can be read like them, by name
 * @param functions names of functions that are the database's own and not immutable
 */
public record Catalogue(Map<String, Relation> relations, Set<String> functions) {

  /**
   * All tables of one name.
   *
   * @param oddity why a result of it depends on more than rows that are written to it; empty for an
   *     ordinary table
   * @param acts why a write to it may write anywhere; empty if it may not
   * @param heirs its partitions and children: read and written with it
   * @param cascades the tables whose rows its foreign keys change
   * @param sources what its views and policies read
   */
  public record Relation(
      String oddity, String acts, Set<String> heirs, Set<String> cascades, Set<String> sources) {}

  /** What a statement reaches. */
  public sealed interface Reach {
    /** These tables. */
    record Known(Set<String> tables) implements Reach {}

    /** Nobody can tell. */
    record Unknown(String why) implements Reach {}
  }

  public Catalogue {
    relations = Map.copyOf(relations);
    functions = Set.copyOf(functions);
  }

  /** The name of a table without its schema. */
  static String bare(String table) {
    return table.substring(table.lastIndexOf('.') + 1);
  }

  /** The first of some functions that the database has a version of its own of. */
  Optional<String> own(Set<String> calls) {
    return functions.isEmpty()
        ? Optional.empty()
        : calls.stream().filter(functions::contains).findFirst();
  }

  /** The tables that a write to some tables may change. */
  Reach write(Collection<String> tables) {
    return reach(
        tables,
        Relation::acts,
        "is not known",
        relation -> List.of(relation.heirs(), relation.cascades()));
  }

  /**
   * The tables that the rows of some tables are made of.
   *
   * @param asked whether the statement's author has asked for its result to be kept
   */
  Reach read(Collection<String> tables, boolean asked) {
    return reach(
        tables,
        relation ->
            asked || relation.oddity().isEmpty()
                ? ""
                : relation.oddity() + "; a comment in the statement may ask for it",
        "is not in the servers' catalogue",
        relation -> List.of(relation.heirs(), relation.sources()));
  }

  /**
   * Tables and all that follows from them.
   *
   * @param obstacle why it cannot be told what follows from one; empty if it can
   * @param unknown what to say of one that is not known
   */
  private Reach reach(
      Collection<String> tables,
      Function<Relation, String> obstacle,
      String unknown,
      Function<Relation, List<Set<String>>> next) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    tables.forEach(table -> open.add(bare(table)));
    while (!open.isEmpty()) {
      String name = open.remove();
      if (!reached.add(name)) {
        continue;
      }
      Relation relation = relations.get(name);
      String why = relation == null ? unknown : obstacle.apply(relation);
      if (relation == null || !why.isEmpty()) {
        return new Reach.Unknown(name + " " + why);
      }
      next.apply(relation).forEach(open::addAll);
    }
    return new Reach.Known(reached);
  }
}
