package dev.terrace.config;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rule of a table's placement, before the number of shards is known. */
public sealed interface ShardRule {

  /** The sharding key's columns; none if rows are not told apart by a key. */
  List<String> columns();

  /** The placement over that many shards. */
  Placement over(int shards);

  /** A column of a sharding key. */
  record Column(String name, KeyType type) {}

  /** {@code hash(user_id)}, {@code hash(email text)}, {@code hash(tenant, day date)}. */
  record Hash(List<Column> key) implements ShardRule {

    public Hash {
      key = List.copyOf(key);
    }

    @Override
    public List<String> columns() {
      return key.stream().map(Column::name).toList();
    }

    @Override
    public Placement over(int shards) {
      return new Placement.Hash(key.stream().map(Column::type).toList(), shards);
    }
  }

  /**
   * {@code {range: day, splits: ["2026-01-01"], shards: [0, 1]}}, {@code {range: "land text, id",
   * splits: ["de, 100"]}}; without shards, in turn.
   */
  record Range(List<Column> key, List<Key> splits, Optional<List<Integer>> owners)
      implements ShardRule {

    public Range {
      key = List.copyOf(key);
      splits = List.copyOf(splits);
    }

    @Override
    public List<String> columns() {
      return key.stream().map(Column::name).toList();
    }

    @Override
    public Placement over(int shards) {
      List<KeyType> types = key.stream().map(Column::type).toList();
      return owners.isPresent()
          ? new Placement.Range(types, shards, splits, owners.get())
          : Placement.Range.inTurn(types, shards, splits);
    }
  }

  /**
   * {@code {list: country, at: {de: 0, us: 1}, others: 1}} or {@code {hash: tenant, at: {"42":
   * 3}}}: some values on the shards that are named, others on one shard or else by hash.
   */
  record Directory(String name, KeyType type, Map<Key, Integer> at, Optional<Integer> others)
      implements ShardRule {

    public Directory {
      at = Collections.unmodifiableMap(new LinkedHashMap<>(at));
    }

    @Override
    public List<String> columns() {
      return List.of(name);
    }

    @Override
    public Placement over(int shards) {
      Placement rest =
          others.isPresent()
              ? new Placement.Single(type, shards, others.get())
              : new Placement.Hash(type, shards);
      return new Placement.Directory(at, rest);
    }
  }

  /** {@code everywhere}: all shards hold all rows. */
  record Everywhere() implements ShardRule {
    @Override
    public List<String> columns() {
      return List.of();
    }

    @Override
    public Placement over(int shards) {
      return new Placement.Everywhere(KeyType.BIGINT, shards);
    }
  }

  /** {@code single}: the table is on the first shard alone. */
  record Single() implements ShardRule {
    @Override
    public List<String> columns() {
      return List.of();
    }

    @Override
    public Placement over(int shards) {
      return new Placement.Single(KeyType.BIGINT, shards, 0);
    }
  }
}
