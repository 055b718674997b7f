package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.ShardRule;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.Table;
import dev.terrace.engine.Table.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A collection's table as the store described it: the type of its keys, and its fields. A hash's
 * fields are all columns but the one with the expiry; a string has one, its value.
 *
 * @param keys how its keys are built
 * @param columns all columns of the table, in order
 * @param fields the names of the collection's fields
 * @param encodedNames the fields' names as bulk strings
 * @param form tells tables of other columns or types apart
 */
record Schema(
    KeyForm keys,
    List<String> columns,
    List<String> fields,
    List<byte[]> encodedNames,
    Map<String, Integer> indexes,
    long form) {

  /**
   * Makes out the collection's fields.
   *
   * @throws KvError if the table does not have the columns that the collection names
   */
  static Schema of(String name, CollectionConfig config, ShardRule rule, int shards, Table table)
      throws KvError {
    List<KeyType> types = new ArrayList<>();
    for (String column : config.keyColumns()) {
      types.add(keyType(name, table, require(name, "key", column, table)));
    }
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
        KeyForm.of(rule, shards, config.keyColumns(), types),
        columns,
        fields,
        fields.stream().map(Schema::encoded).toList(),
        Map.copyOf(indexes),
        Hashing.hash(table.columns() + " " + fields));
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

  /** The index of the field of that name. */
  OptionalInt index(String field) {
    Integer index = indexes.get(field);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Rows by the one form of their keys, where the store may show them in others. */
  Map<RowKey, Row> byKey(Map<RowKey, Row> rows) {
    Map<RowKey, Row> byKey = HashMap.newHashMap(rows.size());
    rows.forEach((key, row) -> byKey.put(keys.plain(key), row));
    return byKey;
  }

  /** The shard of a key, and why. */
  Placement.Located locate(RowKey key) {
    return keys.locate(key);
  }
}
