package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The sharded table that rows are copied into, and how they come. */
public final class CopyTarget {

  private final Place.Sharded table;
  private final String name;
  private final CopyFormat format;
  private final List<Integer> columns;

  /**
   * A target.
   *
   * @param name the table as the statement has it
   * @param columns which of the row's columns are the key; none if the statement does not say
   */
  CopyTarget(Place.Sharded table, String name, CopyFormat format, List<Integer> columns) {
    this.table = table;
    this.name = name;
    this.format = format;
    this.columns = List.copyOf(columns);
  }

  /** How rows come. */
  public CopyFormat format() {
    return format;
  }

  /** Which of a row's columns are the key, counted from 0; none if a server must be asked. */
  public List<Integer> columns() {
    return columns;
  }

  /** How many columns the key has. */
  public int width() {
    return table.columns().size();
  }

  /** What to ask a server for them: a row for each, in order; none for what the table lacks. */
  public String question() {
    return "SELECT n FROM (SELECT attname, row_number() OVER (ORDER BY attnum) - 1 AS n"
        + " FROM pg_catalog.pg_attribute WHERE attrelid = "
        + Quoted.text(name)
        + "::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '')"
        + " AS c JOIN (VALUES "
        + IntStream.range(0, width())
            .mapToObj(i -> "(" + i + ", " + Quoted.text(table.columns().get(i)) + ")")
            .collect(Collectors.joining(", "))
        + ") AS k (i, name) ON attname = name ORDER BY i";
  }

  /** The key's columns for messages. */
  public String key() {
    return table.key();
  }

  /** The table for messages. */
  public String table() {
    return table.table();
  }

  /** The types of the key's columns for messages. */
  public String types() {
    return table.types();
  }

  /** The shard of a row with those values of the key's columns; empty if one cannot be read. */
  public OptionalInt shardOf(List<byte[]> fields) {
    List<Key> row = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      Optional<Key> key = key(fields.get(i), table.placement().keyTypes().get(i));
      if (key.isEmpty()) {
        return OptionalInt.empty();
      }
      row.add(key.get());
    }
    Key key = row.size() == 1 ? row.getFirst() : new Key.Row(row);
    return OptionalInt.of(table.placement().shardOf(key));
  }

  private Optional<Key> key(byte[] field, KeyType type) {
    return format.kind() == CopyFormat.Kind.BINARY
        ? KeyBytes.key(ByteBuffer.wrap(field), type)
        : KeyText.key(new String(field, StandardCharsets.UTF_8), type);
  }
}
