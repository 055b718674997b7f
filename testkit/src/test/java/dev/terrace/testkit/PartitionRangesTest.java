package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Our ranges beside PostgreSQL's: a row is in the one that {@code PARTITION BY RANGE} puts it in.
 */
class PartitionRangesTest {

  private static final long SEED = 18_07;
  private static final int ROWS = 60;
  private static final List<KeyType> TYPES = List.of(KeyType.values());

  private static Key value(KeyType type, Seeded random) {
    return type.parse(
        switch (type) {
          case BIGINT -> "" + random.nextInt(-3, 4);
          case NUMERIC ->
              List.of("-1.5", "0", "0.001", "0.1", "2", "10", "Infinity", "-Infinity", "NaN")
                  .get(random.nextInt(9));
          case TEXT, BPCHAR -> List.of("", "a", "B", "ä", "ab", "a b").get(random.nextInt(6));
          case BYTEA -> List.of("\\x", "\\x00", "\\x0000", "\\x61", "\\xff").get(random.nextInt(5));
          case BOOLEAN -> "" + random.nextBoolean();
          case UUID -> random.nextInt(10) + "0000000-0000-0000-0000-00000000000f";
          case DATE -> "2026-01-0" + random.nextInt(1, 9);
          case TIMESTAMP -> "2026-01-01 00:00:0" + random.nextInt(9);
          case TIMESTAMPTZ -> "2026-01-01 00:00:0" + random.nextInt(9) + "+00";
        });
  }

  private static Key row(List<KeyType> types, int width, Seeded random) {
    List<Key> row = new ArrayList<>();
    for (KeyType type : types.subList(0, width)) {
      row.add(value(type, random));
    }
    return new Key.Row(row);
  }

  private static String values(Key key) {
    return ((Key.Row) key)
        .columns().stream()
            .map(column -> "'" + column.text().replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
  }

  private static String bound(Key split, int width) {
    int given = ((Key.Row) split).columns().size();
    List<String> bounds = new ArrayList<>(List.of(values(split)));
    bounds.addAll(Collections.nCopies(width - given, "minvalue"));
    return String.join(", ", bounds);
  }

  private static String schema(Placement.Range range) {
    int width = range.keyTypes().size();
    String columns =
        IntStream.range(0, width)
            .mapToObj(i -> {
              KeyType type = range.keyTypes().get(i);
              return "c" + i + " " + type.sqlName() + (type.isCollated() ? " collate \"C\"" : "");
            })
            .collect(Collectors.joining(", "));
    String names =
        IntStream.range(0, width).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    StringBuilder sql = new StringBuilder("drop table if exists ranges;");
    sql.append("create table ranges (" + columns + ") partition by range (" + names + ");");
    List<Key> splits = range.splits();
    for (int i = 0; i <= splits.size(); i++) {
      String from =
          i == 0
              ? String.join(", ", Collections.nCopies(width, "minvalue"))
              : bound(splits.get(i - 1), width);
      String to =
          i == splits.size()
              ? String.join(", ", Collections.nCopies(width, "maxvalue"))
              : bound(splits.get(i), width);
      sql.append(
          "create table ranges_%d partition of ranges for values from (%s) to (%s);"
              .formatted(i, from, to));
    }
    return sql.toString();
  }

  @Test
  void rowsAreWherePostgresqlPartitionsThem() throws SQLException {
    try (Connection connection = SharedPostgres.get().primary(0).connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create schema ranges_test; set search_path = ranges_test");
      try {
        Seeded.rounds(SEED, 40, random -> round(connection, statement, random));
      } finally {
        statement.execute("drop schema ranges_test cascade");
      }
    }
  }

  private static void round(Connection connection, Statement statement, Seeded random)
      throws SQLException {
    List<KeyType> types =
        IntStream.range(0, random.nextInt(1, 4))
            .mapToObj(i -> TYPES.get(random.nextInt(TYPES.size())))
            .toList();
    TreeSet<Key> splits = new TreeSet<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      splits.add(row(types, random.nextInt(3) > 0 ? types.size() : 1, random));
    }
    Placement.Range range = Placement.Range.inTurn(types, 3, List.copyOf(splits));
    statement.execute(schema(range));
    for (int i = 0; i < ROWS; i++) {
      Key key = row(types, types.size(), random);
      try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into ranges values (%s) returning tableoid::regclass::text"
                      .formatted(values(key)));
          ResultSet placed = insert.executeQuery()) {
        placed.next();
        assertThat("ranges_" + range.rangeOf(key))
            .as("%s %s", types, range.locate(key).reason())
            .isEqualTo(placed.getString(1));
      }
    }
  }
}
