package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One occurrence in a query of a column that holds a sharding key: of a sharded table, or of a
 * subquery that passes one on. Told apart by identity.
 */
final class Relation {

  private final KeyType type;
  private final Place.@Nullable Sharded place;

  /** Whether an outer join may fill its columns with NULLs. */
  private final boolean nullable;

  private final List<List<Operand>> bounds;

  private Relation(
      KeyType type, Place.@Nullable Sharded place, boolean nullable, List<List<Operand>> bounds) {
    this.type = type;
    this.place = place;
    this.nullable = nullable;
    this.bounds = bounds;
  }

  /** The key of a sharded table. */
  static Relation of(Place.Sharded place, boolean nullable) {
    return new Relation(place.keyType(), place, nullable, List.of());
  }

  /** A subquery's column that has the values of a key, with what bounds it inside. */
  static Relation passedOn(KeyType type, List<List<Operand>> bounds) {
    return new Relation(type, null, false, bounds);
  }

  List<List<Operand>> bounds() {
    return bounds;
  }

  KeyType type() {
    return type;
  }

  Place.@Nullable Sharded place() {
    return place;
  }

  boolean nullable() {
    return nullable;
  }
}
