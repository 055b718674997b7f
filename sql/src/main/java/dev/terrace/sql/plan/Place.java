package dev.terrace.sql.plan;

import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import java.util.List;
import java.util.stream.Collectors;

/** Where a table's rows are. */
sealed interface Place {

  /** What messages call it. */
  String table();

  /** Each row on the shard of its key. */
  record Sharded(String table, List<String> columns, Placement placement) implements Place {

    public Sharded {
      columns = List.copyOf(columns);
    }

    /** The key's columns for messages. */
    String key() {
      return String.join(", ", columns);
    }

    /** The types of the key's columns for messages. */
    String types() {
      return placement.keyTypes().stream().map(KeyType::sqlName).collect(Collectors.joining(", "));
    }
  }

  /** All rows on every shard. */
  record Everywhere(String table) implements Place {}

  /** All rows on one shard. */
  record Single(String table, int shard) implements Place {}

  /** PostgreSQL's own catalogue, which each shard has of itself. */
  record Catalog(String table) implements Place {}

  /** What Terrace itself knows, for operators. */
  record Known(String table) implements Place {}

  /** The file does not say. */
  record Unknown(String table) implements Place {}
}
