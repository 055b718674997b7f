package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.ShardRule;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.engine.Row;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A collection's table as the store described it: the type of its keys, and its fields. A hash's
 * fields are all columns but the one with the expiry; a string has one, its value.
 *
 * @param columns all columns of the table, in order
 * @param fields the names of the collection's fields
 * @param encodedNames the fields' names as bulk strings
 */
record Schema(
    KeyType keyType,
    Placement placement,
    List<String> columns,
    List<String> fields,
    List<byte[]> encodedNames,
    Map<String, Integer> indexes) {

  /**
   * Makes out the collection's fields.
   *
   * @throws KvError if the table does not have the columns that the collection names
   */
  static Schema of(String name, CollectionConfig config, ShardRule rule, int shards, Table table)
      throws KvError {
    Column key = require(name, "key", config.key(), table);
    KeyType type = keyType(name, table, key);
    if (config.expires().isPresent()) {
      Column expires = require(name, "expires", config.expires().get(), table);
      if (!expires.type().startsWith("timestamp")) {
        throw KvError.of(
            "collection '"
                + name
                + "': "
                + table.name()
                + "."
                + expires.name()
                + " is "
                + expires.type()
                + "; expires needs a timestamptz column");
      }
    }
    List<String> columns = table.columns().stream().map(Column::name).toList();
    List<String> fields;
    if (config.value().isPresent()) {
      fields = List.of(require(name, "value", config.value().get(), table).name());
    } else {
      fields = columns.stream().filter(c -> !config.expires().equals(Optional.of(c))).toList();
    }
    Map<String, Integer> indexes = new HashMap<>();
    fields.forEach(f -> indexes.put(f, indexes.size()));
    return new Schema(
        type,
        placement(rule, type, shards),
        columns,
        fields,
        fields.stream().map(Schema::encoded).toList(),
        Map.copyOf(indexes));
  }

  private static byte[] encoded(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return ("$" + bytes.length + "\r\n" + name + "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Column require(String collection, String role, String name, Table table)
      throws KvError {
    return table
        .column(name)
        .orElseThrow(() ->
            KvError.of(
                "collection '"
                    + collection
                    + "': table "
                    + table.name()
                    + " has no column '"
                    + name
                    + "' for its "
                    + role
                    + ", only "
                    + table.columns().stream().map(Column::name).toList()));
  }

  private static KeyType keyType(String collection, Table table, Column key) throws KvError {
    return switch (key.type()) {
      case "smallint", "integer", "bigint" -> KeyType.BIGINT;
      case "uuid" -> KeyType.UUID;
      case "date" -> KeyType.DATE;
      case "text" -> KeyType.TEXT;
      default -> {
        if (key.type().startsWith("numeric")) {
          yield KeyType.NUMERIC;
        }
        if (key.type().startsWith("character(") || key.type().equals("bpchar")) {
          yield KeyType.BPCHAR;
        }
        if (key.type().startsWith("character varying")) {
          yield KeyType.TEXT;
        }
        throw KvError.of(
            "collection '"
                + collection
                + "': "
                + table.name()
                + "."
                + key.name()
                + " is "
                + key.type()
                + "; a key column is an integer, numeric, text, varchar, char, uuid or date");
      }
    };
  }

  /** The rule's placement; one that does not tell rows apart takes keys of the column's type. */
  static Placement placement(ShardRule rule, KeyType type, int shards) {
    return switch (rule) {
      case ShardRule.Hash hash -> hash.over(shards);
      case ShardRule.Range range -> range.over(shards);
      case ShardRule.Directory directory -> directory.over(shards);
      case ShardRule.Everywhere everywhere -> new Placement.Everywhere(type, shards);
      case ShardRule.Single single -> new Placement.Single(type, shards, 0);
    };
  }

  /** The index of the field of that name. */
  OptionalInt index(String field) {
    Integer index = indexes.get(field);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /**
   * Rows by the one form of their keys, where the store may show them in others: 1.50, blanks
   * behind.
   */
  Map<String, Row> byId(Map<String, Row> rows) {
    if (keyType != KeyType.NUMERIC && keyType != KeyType.BPCHAR) {
      return rows;
    }
    Map<String, Row> byId = HashMap.newHashMap(rows.size());
    rows.forEach((text, row) -> byId.put(keyType.parse(text).text(), row));
    return byId;
  }

  /** The shard of a key, and why. */
  Placement.Located locate(String id) {
    return placement.locate(id);
  }
}
