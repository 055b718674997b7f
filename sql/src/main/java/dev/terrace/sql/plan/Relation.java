package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
import java.util.List;

/**
 * One occurrence in a query of a column of a sharding key: of a sharded table, or of a subquery
 * that passes one on. Told apart by identity.
 */
final class Relation {

  private final KeyType type;
  private final List<Bound> bounds;

  private Relation(KeyType type, List<Bound> bounds) {
    this.type = type;
    this.bounds = bounds;
  }

  /** A column with what bounds it where it comes from. */
  static Relation of(KeyType type, List<Bound> bounds) {
    return new Relation(type, bounds);
  }

  List<Bound> bounds() {
    return bounds;
  }

  KeyType type() {
    return type;
  }
}
