package dev.terrace.sql.plan;

import dev.terrace.core.place.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** The sharded table that rows are copied into, and how they come. */
public final class CopyTarget {

  private final Place.Sharded table;
  private final String name;
  private final CopyFormat format;
  private final OptionalInt column;

  /**
   * A target.
   *
   * @param name the table as the statement has it
   * @param column which of the row's columns is the key; empty if the statement does not say
   */
  CopyTarget(Place.Sharded table, String name, CopyFormat format, OptionalInt column) {
    this.table = table;
    this.name = name;
    this.format = format;
    this.column = column;
  }

  /** How rows come. */
  public CopyFormat format() {
    return format;
  }

  /** Which of a row's columns is the key, counted from 0; empty if a server must be asked. */
  public OptionalInt column() {
    return column;
  }

  /** What to ask a server for it: a row with the column, none if the table has no such column. */
  public String question() {
    return "SELECT n FROM (SELECT attname, row_number() OVER (ORDER BY attnum) - 1 AS n"
        + " FROM pg_catalog.pg_attribute WHERE attrelid = "
        + Quoted.text(name)
        + "::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '')"
        + " AS c WHERE attname = "
        + Quoted.text(table.column());
  }

  /** The key's column for messages. */
  public String key() {
    return table.column();
  }

  /** The table for messages. */
  public String table() {
    return table.table();
  }

  /** The key's type for messages. */
  public String type() {
    return table.keyType().sqlName();
  }

  /** The shard of a row with that key; empty if that is not to be read. */
  public OptionalInt shardOf(byte[] field) {
    Optional<Key> key =
        format.kind() == CopyFormat.Kind.BINARY
            ? KeyBytes.key(ByteBuffer.wrap(field), table.keyType())
            : KeyText.key(new String(field, StandardCharsets.UTF_8), table.keyType());
    return key.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(table.placement().shardOf(key.get()));
  }
}
