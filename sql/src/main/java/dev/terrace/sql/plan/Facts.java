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
 * <p>Equal keys form classes (union-find); a class has lists of operands, each of which bounds it.
 * The condition of an outer join bounds only the side that it may fill with NULLs: that is an edge
 * from that side's key to the other's.
 */
final class Facts {

  private final Map<Relation, Relation> parents;
  private final Map<Relation, List<List<Operand>>> values;
  private final Map<Relation, List<Relation>> followed;

  Facts() {
    this(new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  private Facts(
      Map<Relation, Relation> parents,
      Map<Relation, List<List<Operand>>> values,
      Map<Relation, List<Relation>> followed) {
    this.parents = parents;
    this.values = values;
    this.followed = followed;
  }

  /** The same facts, to which a subquery adds its own. */
  Facts copy() {
    Map<Relation, List<List<Operand>>> valuesCopy = new HashMap<>();
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
      List<List<Operand>> moved = values.remove(rootA);
      if (moved != null) {
        values.computeIfAbsent(rootB, r -> new ArrayList<>()).addAll(moved);
      }
    }
  }

  /** A relation's key has one of these values in every row that counts. */
  void oneOf(Relation relation, List<Operand> operands) {
    values.computeIfAbsent(root(relation), r -> new ArrayList<>()).add(operands);
  }

  /** Of a relation only those rows count whose key equals that of another. */
  void follows(Relation relation, Relation other) {
    followed.computeIfAbsent(relation, r -> new ArrayList<>()).add(other);
  }

  /** All lists of values that bound a relation's key. */
  List<List<Operand>> bounds(Relation relation) {
    List<List<Operand>> bounds = new ArrayList<>();
    for (Relation reached : reach(relation)) {
      List<List<Operand>> own = values.get(reached);
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
