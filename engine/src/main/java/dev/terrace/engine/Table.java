package dev.terrace.engine;

import java.util.List;
import java.util.Optional;

/** A table as a server describes it. */
public record Table(String name, List<Column> columns) {

  public Table {
    columns = List.copyOf(columns);
  }

  /** The column of that name. */
  public Optional<Column> column(String columnName) {
    return columns.stream().filter(c -> c.name().equals(columnName)).findFirst();
  }

  /**
   * One column.
   *
   * @param type as the server calls it: "bigint", "character varying(20)"
   * @param binary whether its values are raw bytes and not text
   * @param required whether it must not be NULL
   * @param filled whether the server gives it a value when none is given
   */
  public record Column(String name, String type, boolean binary, boolean required, boolean filled) {

    /** A column that may be NULL. */
    public Column(String name, String type, boolean binary) {
      this(name, type, binary, false, false);
    }
  }
}
