package dev.terrace.app.server;

import java.util.List;
import java.util.Map;

/** Tables with keys of the rarer types, whose row g, from 1 to 600, has a key that tells of g. */
final class KeyTables {

  static final String SCHEMA =
      """
      create table amounts (k numeric primary key, n int);
      create table prices (k numeric(12,3) primary key, n int);
      create table codes (k char(8) primary key, n int);
      create table blobs (k bytea primary key, n int);
      create table flags (k boolean, n int, primary key (k, n));
      create table trips (land text, k numeric, n int, primary key (land, k));
      """;

  /** The rows as SQL expressions of g. */
  private static final Map<String, String> ROWS =
      Map.of(
          "amounts", "(g - 200) * 0.750, g",
          "prices", "(g - 200) * 0.75, g",
          "codes", "rpad(g::text, 5), g",
          "blobs", "g::text::bytea, g",
          "flags", "g % 3 = 0, g",
          "trips", "case g % 2 when 0 then 'de' else 'at' end, g, g");

  private KeyTables() {}

  static Iterable<String> names() {
    return ROWS.keySet();
  }

  /** The rules by which some rows are on a shard, all others on the first; hashes on all. */
  static String rules(int shard) {
    return """
      amounts: {store: shop, shard: hash(k numeric)}
      prices: {store: shop, shard: {range: k, type: numeric, splits: [-1.5, 100.25], shards: [0, SHARD, 0]}}
      codes: {store: shop, shard: hash(k char)}
      blobs: {store: shop, shard: {range: k, type: bytea, splits: ['\\x30', '\\x33'], shards: [0, SHARD, 0]}}
      flags: {store: shop, shard: {list: k, at: {true: SHARD}, others: 0}}
      trips: {store: shop, shard: {range: "land text, k numeric", splits: ["de, 100.5", fr], shards: [0, SHARD, 0]}}
    """
        .replace("SHARD", Integer.toString(shard));
  }

  /** What inserts all rows. */
  static String rows() {
    StringBuilder sql = new StringBuilder();
    ROWS.forEach((table, row) ->
        sql.append("insert into " + table + " select " + row + " from generate_series(1, 600) g;"));
    return sql.toString();
  }

  /** Queries for n that find row g by its key. */
  static List<String> findRow(int g) {
    return List.of(
        "select n from amounts where k = " + (g - 200) * 0.75,
        "select n from prices where k = " + (g - 200) * 0.75,
        "select n from codes where k = '" + g + "'",
        "select n from blobs where k = '" + g + "'",
        "select n from flags where k = " + (g % 3 == 0) + " and n = " + g,
        "select n from trips where land = '" + (g % 2 == 0 ? "de" : "at") + "' and k = " + g);
  }
}
