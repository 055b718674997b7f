package dev.terrace.sql.plan;

import dev.terrace.core.place.Placement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One use of a sharded table in a query block.
 *
 * @param nullable whether an outer join may fill its columns with NULLs
 * @param key the columns of its sharding key
 */
record Occurrence(Place.Sharded place, boolean nullable, List<Relation> key) {

  Occurrence {
    key = List.copyOf(key);
  }

  static Occurrence of(Place.Sharded place, boolean nullable) {
    return new Occurrence(
        place,
        nullable,
        place.placement().keyTypes().stream().map(type -> Relation.of(type, List.of())).toList());
  }

  /** The columns of its key by their names. */
  Map<String, Relation> byColumn() {
    Map<String, Relation> byColumn = new HashMap<>();
    for (int i = 0; i < key.size(); i++) {
      byColumn.put(place.columns().get(i), key.get(i));
    }
    return byColumn;
  }

  /** What is known of its key: ranges are told by the first columns alone, hashes by all. */
  List<Bound> bounds(Facts facts) {
    if (key.size() == 1) {
      return facts.bounds(key.getFirst());
    }
    List<List<Bound>> columns = key.stream().map(facts::bounds).toList();
    boolean some =
        place.placement() instanceof Placement.Range
            ? !columns.getFirst().isEmpty()
            : columns.stream().noneMatch(List::isEmpty);
    return some ? List.of(new Bound.Columns(columns)) : List.of();
  }

  /** Whether its rows only count beside rows of another that are on the same shard. */
  boolean beside(Occurrence other, Facts facts) {
    if (!place.placement().equals(other.place.placement())) {
      return false;
    }
    for (int i = 0; i < key.size(); i++) {
      if (!facts.beside(key.get(i), other.key.get(i))) {
        return false;
      }
    }
    return true;
  }
}
