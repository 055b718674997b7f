package dev.terrace.sql.coordinate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which tables a coordinator cannot have, and why: those that shards do not have alike. */
final class LeftOut {

  private LeftOut() {}

  /**
   * The reasons by the tables' names in the file.
   *
   * @param known the types and collations of users that the coordinator has
   */
  static Map<String, String> of(List<Table> tables, List<ShardCatalog> shards, Set<String> known) {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Table table : tables) {
      String reason = reason(table, shards, known);
      if (!reason.isEmpty()) {
        reasons.put(table.inFile(), reason);
      }
    }
    return reasons;
  }

  /** The types and collations that not every PostgreSQL has. */
  static List<String> wanted(List<Table> tables, List<ShardCatalog> shards) {
    List<String> wanted = new ArrayList<>();
    for (Table table : tables) {
      for (Column column : shards.getFirst().tables().getOrDefault(table.path(), List.of())) {
        if (!column.builtIn()) {
          wanted.add(column.type());
        }
        if (!column.collation().isEmpty()) {
          wanted.add(column.collation());
        }
      }
    }
    return wanted;
  }

  private static String reason(Table table, List<ShardCatalog> shards, Set<String> known) {
    for (int shard = 0; shard < shards.size(); shard++) {
      if (!shards.get(shard).tables().containsKey(table.path())) {
        return "shard " + shard + " has no such table";
      }
      String unfit = shards.get(shard).unfit().get(table.path());
      if (unfit != null) {
        return unfit;
      }
    }
    List<Column> columns = shards.getFirst().tables().getOrDefault(table.path(), List.of());
    for (int shard = 1; shard < shards.size(); shard++) {
      List<Column> others = shards.get(shard).tables().getOrDefault(table.path(), List.of());
      if (!Set.copyOf(columns).equals(Set.copyOf(others))) {
        return "shard " + shard + " has other columns than shard 0";
      }
    }
    for (Column column : columns) {
      if (!column.builtIn() && !known.contains(column.type())) {
        return "the coordinator has no type " + column.type() + ", of column " + column.name();
      }
      if (!column.collation().isEmpty() && !known.contains(column.collation())) {
        return "the coordinator has no collation " + column.collation();
      }
    }
    return table.key().stream()
        .filter(key -> columns.stream().noneMatch(c -> c.name().equals(key)))
        .findFirst()
        .map(key -> "it has no column " + key)
        .orElse("");
  }
}
