package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a query's conditions say of sharding keys: which are equal, and which values they may have.
 *
 * <p>Equal keys form classes (union-find); a class has bounds, each of which holds. The condition
 * of an outer join bounds only the side that it may fill with NULLs: that is an edge from that
 * side's key to the other's.
 */
final class Facts {

  private final Map<Relation, Relation> parents;
  private final Map<Relation, List<Bound>> values;
  private final Map<Relation, List<Relation>> followed;

  Facts() {
    this(new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  private Facts(
      Map<Relation, Relation> parents,
      Map<Relation, List<Bound>> values,
      Map<Relation, List<Relation>> followed) {
    this.parents = parents;
    this.values = values;
    this.followed = followed;
  }

  /** The same facts, to which a subquery adds its own. */
  Facts copy() {
    Map<Relation, List<Bound>> valuesCopy = new HashMap<>();
    values.forEach((relation, lists) -> valuesCopy.put(relation, new ArrayList<>(lists)));
    Map<Relation, List<Relation>> followedCopy = new HashMap<>();
    followed.forEach((relation, list) -> followedCopy.put(relation, new ArrayList<>(list)));
    return new Facts(new HashMap<>(parents), valuesCopy, followedCopy);
  }

  /** The keys of two relations are equal in every row that counts. */
  void equal(Relation a, Relation b) {
    Relation rootA = root(a);
    Relation rootB = root(b);
    if (rootA != rootB) {
      parents.put(rootA, rootB);
      List<Bound> moved = values.remove(rootA);
      if (moved != null) {
        values.computeIfAbsent(rootB, r -> new ArrayList<>()).addAll(moved);
      }
    }
  }

  /** A relation's key is within a bound in every row that counts. */
  void within(Relation relation, Bound bound) {
    values.computeIfAbsent(root(relation), r -> new ArrayList<>()).add(bound);
  }

  /** Of a relation only those rows count whose key equals that of another. */
  void follows(Relation relation, Relation other) {
    followed.computeIfAbsent(relation, r -> new ArrayList<>()).add(other);
  }

  /** All that bounds a relation's key. */
  List<Bound> bounds(Relation relation) {
    List<Bound> bounds = new ArrayList<>();
    for (Relation reached : reach(relation)) {
      List<Bound> own = values.get(reached);
      if (own != null) {
        bounds.addAll(own);
      }
    }
    return bounds;
  }

  /** Whether a relation's rows only count beside rows of another that have the same key. */
  boolean beside(Relation relation, Relation other) {
    return reach(relation).contains(root(other));
  }

  /** The roots of a relation's class and of those that one of the class follows. */
  private Set<Relation> reach(Relation relation) {
    Set<Relation> reached = new HashSet<>();
    List<Relation> open = new ArrayList<>(List.of(root(relation)));
    while (!open.isEmpty()) {
      Relation next = open.removeLast();
      if (reached.add(next)) {
        followed.forEach((follower, others) -> {
          if (root(follower) == next) {
            others.forEach(other -> open.add(root(other)));
          }
        });
      }
    }
    return reached;
  }

  private Relation root(Relation relation) {
    Relation at = relation;
    Relation parent = parents.get(at);
    while (parent != null) {
      at = parent;
      parent = parents.get(at);
    }
    return at;
  }
}
