package dev.terrace.kv.data;

import dev.terrace.config.ShardRule;
import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.core.place.Placement.Located;
import dev.terrace.engine.RowKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How the keys of a collection are built: {@code order:{user_id}:{id}} has two parts, each of its
 * column's type, and some of them tell the shard. The last part may itself hold colons.
 *
 * @param columns the columns that the parts are in
 * @param types the columns' types
 * @param placing which of the parts the placement goes by
 */
record KeyForm(
    List<String> columns, List<KeyType> types, Placement placement, List<Integer> placing) {

  /** By a rule whose columns are all among the key's. */
  static KeyForm of(ShardRule rule, int shards, List<String> columns, List<KeyType> types) {
    List<Integer> placing = rule.columns().stream().map(columns::indexOf).toList();
    return new KeyForm(columns, types, placement(rule, types.getFirst(), shards), placing);
  }

  /** The rule's placement; one that does not tell rows apart takes keys of the column's type. */
  private static Placement placement(ShardRule rule, KeyType type, int shards) {
    return switch (rule) {
      case ShardRule.Hash hash -> hash.over(shards);
      case ShardRule.Range range -> range.over(shards);
      case ShardRule.Directory directory -> directory.over(shards);
      case ShardRule.Everywhere everywhere -> new Placement.Everywhere(type, shards);
      case ShardRule.Single single -> new Placement.Single(type, shards, 0);
    };
  }

  /** The parts of a key's text behind the collection's name; too few if colons are missing. */
  static List<String> parts(String text, int count) {
    List<String> parts = new ArrayList<>(count);
    int from = 0;
    for (int colon = text.indexOf(':');
        colon >= 0 && parts.size() < count - 1;
        colon = text.indexOf(':', from)) {
      parts.add(text.substring(from, colon));
      from = colon + 1;
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** The key in the form that its row has, of a text that may say it otherwise: 042, 1.5. */
  RowKey parse(Collection c, String text) throws KvError {
    List<String> parts = parts(text, columns.size());
    if (parts.size() < columns.size()) {
      throw KvError.of(
          "key '"
              + c.name()
              + ":"
              + text
              + "' lacks a part: keys are "
              + c.name()
              + ":{"
              + String.join("}:{", columns)
              + "}");
    }
    List<String> values = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      try {
        values.add(types.get(i).parse(parts.get(i)).text());
      } catch (IllegalArgumentException e) {
        throw KvError.of(
            "key '"
                + c.name()
                + ":"
                + text
                + "': "
                + e.getMessage()
                + " ("
                + c.tableName()
                + "."
                + columns.get(i)
                + " is "
                + types.get(i).sqlName()
                + ")");
      }
    }
    return new RowKey(values);
  }

  /** Whether a row's key may be shown by the store in another form than ours: 1.50, blanks. */
  private boolean mayDiffer() {
    return types.contains(KeyType.NUMERIC) || types.contains(KeyType.BPCHAR);
  }

  /** The key that a store gave, in the one form. */
  RowKey plain(RowKey given) {
    if (!mayDiffer()) {
      return given;
    }
    List<String> values = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      values.add(types.get(i).parse(given.values().get(i)).text());
    }
    return new RowKey(values);
  }

  /** Whether the key is one whole number, and so found out without parsing. */
  boolean isWhole() {
    return types.size() == 1 && types.getFirst() == KeyType.BIGINT;
  }

  /** Whether the key is one text, which is as it is. */
  boolean isText() {
    return types.size() == 1 && types.getFirst() == KeyType.TEXT;
  }

  /** The key of a canonical text. */
  RowKey row(byte[] key, int start) {
    String text = new String(key, start, key.length - start, StandardCharsets.UTF_8);
    return new RowKey(parts(text, columns.size()));
  }

  /** The shard of a key, and why. */
  Located locate(RowKey key) {
    return locate(placement, placing, key.values());
  }

  /** The same by a placement whose key is made of some of the values. */
  static Located locate(Placement placement, List<Integer> placing, List<String> values) {
    if (placing.size() <= 1) {
      return placement.locate(values.get(placing.isEmpty() ? 0 : placing.getFirst()));
    }
    List<Key> row = new ArrayList<>(placing.size());
    for (int i = 0; i < placing.size(); i++) {
      row.add(placement.keyTypes().get(i).parse(values.get(placing.get(i))));
    }
    return placement.locate(new Key.Row(row));
  }
}
