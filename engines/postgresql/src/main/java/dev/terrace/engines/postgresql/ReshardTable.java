package dev.terrace.engines.postgresql;

import dev.terrace.core.place.Placement;
import java.util.List;

/**
 * A table whose rows go elsewhere.
 *
 * @param name as the file has it: {@code orders} or {@code app.orders}
 * @param columns the sharding key that it is to have; none if there is none
 * @param after where its rows are to be
 */
public record ReshardTable(String name, List<String> columns, Placement after) {

  public ReshardTable {
    columns = List.copyOf(columns);
  }

  /** The schema, public if the file says none. */
  String schema() {
    int dot = name.indexOf('.');
    return dot < 0 ? "public" : name.substring(0, dot);
  }

  /** The name within its schema. */
  String plain() {
    return name.substring(name.indexOf('.') + 1);
  }

  /** The whole name, quoted. */
  String quoted() {
    return Statements.quoted(schema()) + "." + Statements.quoted(plain());
  }

  /** The table that PostgreSQL partitions as this one's rows are hashed, quoted. */
  String hashed() {
    return ReshardSource.SCHEMA + "." + Statements.quoted(name);
  }

  /** The condition that a row belongs on that shard. */
  RowFilter at(int shard) {
    return new RowFilter(columns, after, shard, hashed());
  }
}
