package dev.terrace.config.shape;

import dev.terrace.config.ShardRule;
import dev.terrace.core.place.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A sharding key's columns as a text: {@code tenant, day date}. */
final class ShardColumns {

  /** A column as it is written; the type may be left out. */
  record Written(String name, Optional<KeyType> type) {

    /** The column, a bigint unless it says otherwise. */
    ShardRule.Column column() {
      return new ShardRule.Column(name, type.orElse(KeyType.BIGINT));
    }
  }

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
  private static final Pattern COLUMN = Pattern.compile("\\s*([^\\s]+)(?:\\s+(\\w+))?\\s*");

  /** Other names of types than their first ones. */
  private static final Map<String, KeyType> OTHER_NAMES =
      Map.of(
          "integer", KeyType.BIGINT,
          "int", KeyType.BIGINT,
          "smallint", KeyType.BIGINT,
          "decimal", KeyType.NUMERIC,
          "varchar", KeyType.TEXT,
          "char", KeyType.BPCHAR,
          "bool", KeyType.BOOLEAN);

  private ShardColumns() {}

  /**
   * Reads columns.
   *
   * @throws IllegalArgumentException if they are none
   */
  static List<Written> read(String text) {
    List<Written> columns = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Written column = column(part);
      if (columns.stream().anyMatch(other -> other.name().equals(column.name()))) {
        throw new IllegalArgumentException("'" + text + "' names " + column.name() + " twice");
      }
      columns.add(column);
    }
    return columns;
  }

  private static Written column(String text) {
    Matcher column = COLUMN.matcher(text);
    if (!column.matches() || !NAME.matcher(column.group(1)).matches()) {
      throw new IllegalArgumentException("'" + text.strip() + "' is not a column's name");
    }
    return new Written(
        column.group(1), Optional.ofNullable(column.group(2)).map(ShardColumns::typeNamed));
  }

  private static KeyType typeNamed(String name) {
    KeyType other = OTHER_NAMES.get(name);
    if (other != null) {
      return other;
    }
    return Stream.of(KeyType.values())
        .filter(type -> type.sqlName().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'"
                    + name
                    + "' is not a type of keys: "
                    + Stream.of(KeyType.values())
                        .map(KeyType::sqlName)
                        .collect(Collectors.joining(", "))));
  }

  /** As it is read. */
  static String written(List<ShardRule.Column> key) {
    return key.stream()
        .map(column ->
            column.type() == KeyType.BIGINT
                ? column.name()
                : column.name() + " " + column.type().sqlName())
        .collect(Collectors.joining(", "));
  }
}
