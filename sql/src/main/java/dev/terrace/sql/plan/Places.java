package dev.terrace.sql.plan;

import dev.terrace.config.ShardRule;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TableConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.place.Placement;
import dev.terrace.sql.plan.Functions.Nature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the tables of one store are, by the file. */
final class Places {

  private static final String DEFAULT_SCHEMA = "public";

  private final int shards;
  private final boolean coordinated;
  private final Map<String, Place> places = new HashMap<>();
  private final Set<String> readOnlyFunctions;

  Places(TerraceConfig file, String store) {
    StoreConfig config = file.databases().get(store);
    if (config == null) {
      throw new IllegalArgumentException("no store '" + store + "'");
    }
    this.shards = config.shards().size();
    this.coordinated = config.coordinator().isPresent();
    this.readOnlyFunctions = Set.copyOf(file.sql().readOnlyFunctions());
    for (Map.Entry<String, TableConfig> table : file.tables().entrySet()) {
      if (table.getValue().store().equals(store)) {
        places.put(table.getKey(), place(table.getKey(), table.getValue().shard()));
      }
    }
  }

  private Place place(String table, ShardRule rule) {
    Placement placement = rule.over(shards);
    return switch (rule) {
      case ShardRule.Hash _, ShardRule.Range _, ShardRule.Directory _ ->
          new Place.Sharded(table, rule.columns(), placement);
      case ShardRule.Everywhere() -> new Place.Everywhere(table);
      case ShardRule.Single() -> new Place.Single(table, 0);
    };
  }

  /** The nature of a function by its name and what qualifies it; empty if it may do anything. */
  Optional<Nature> nature(List<String> path) {
    Optional<Nature> known = Functions.nature(path);
    return known.isEmpty() && readOnlyFunctions.contains(String.join(".", path))
        ? Optional.of(Nature.READER)
        : known;
  }

  int shards() {
    return shards;
  }

  /** Whether the store has a coordinator for reads that need several shards together. */
  boolean coordinated() {
    return coordinated;
  }

  /** The place of a table by its name and what qualifies it. */
  Place find(List<String> path) {
    String name = path.getLast();
    String schema = path.size() > 1 ? path.get(path.size() - 2) : "";
    if (schema.equals("pg_catalog") || schema.equals("information_schema")) {
      return new Place.Catalog(name);
    }
    String key = schema.isEmpty() || schema.equals(DEFAULT_SCHEMA) ? name : schema + "." + name;
    Place place = places.get(key);
    if (place == null && !schema.isEmpty()) {
      place = places.get(schema + "." + name);
    }
    if (place != null) {
      return place;
    }
    if (View.find(path).isPresent()) {
      return new Place.Known(key);
    }
    return schema.isEmpty() && name.startsWith("pg_")
        ? new Place.Catalog(name)
        : new Place.Unknown(String.join(".", path));
  }
}
