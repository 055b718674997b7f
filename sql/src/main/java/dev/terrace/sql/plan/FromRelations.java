package dev.terrace.sql.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Which keys the parts of one FROM list have. */
final class FromRelations {

  private final IdentityHashMap<Tree.From, Map<String, Relation>> keys = new IdentityHashMap<>();
  private final Map<Relation, String> columns = new HashMap<>();

  void add(Tree.From item, Map<String, Relation> found) {
    keys.put(item, found);
    found.forEach((column, relation) -> columns.put(relation, column));
  }

  /** The keys of an item and of all that it joins. */
  Set<Relation> of(Tree.From item) {
    if (item instanceof Tree.Joined join) {
      Set<Relation> both = new HashSet<>(of(join.left()));
      both.addAll(of(join.right()));
      return both;
    }
    return new HashSet<>(keys.getOrDefault(item, Map.of()).values());
  }

  /** The keys that joins within an item may fill with NULLs. */
  Set<Relation> filled(Tree.From item) {
    if (!(item instanceof Tree.Joined join)) {
      return Set.of();
    }
    Set<Relation> filled = new HashSet<>(filled(join.left()));
    filled.addAll(filled(join.right()));
    if (join.kind() == Tree.JoinKind.LEFT || join.kind() == Tree.JoinKind.FULL) {
      filled.addAll(of(join.right()));
    }
    if (join.kind() == Tree.JoinKind.RIGHT || join.kind() == Tree.JoinKind.FULL) {
      filled.addAll(of(join.left()));
    }
    return filled;
  }

  /** The column that a key stands in. */
  String column(Relation relation) {
    return columns.getOrDefault(relation, "");
  }
}
