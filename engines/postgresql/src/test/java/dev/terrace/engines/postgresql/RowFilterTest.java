package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.Placement;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL finds those rows that Terrace's placements put on a shard, and publishes them. */
class RowFilterTest {

  private static final int SHARDS = 3;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    cluster = PostgresCluster.start(PostgresSpec.of(1, 0));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Key key(KeyType type, RandomGenerator random) {
    return switch (type) {
      case BIGINT -> new Key.Whole(random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(50));
      case NUMERIC -> type.parse(number(random));
      case TEXT -> new Key.Text(text(random));
      case BPCHAR -> new Key.Padded(text(random));
      case BYTEA -> Key.Bytes.of(text(random).getBytes(StandardCharsets.UTF_8));
      case BOOLEAN -> new Key.Truth(random.nextBoolean());
      case UUID -> new Key.Uuid(new UUID(random.nextLong(), random.nextLong()));
      case DATE -> new Key.Day(LocalDate.of(2026, 1, 1).plusDays(random.nextInt(-400, 400)));
      case TIMESTAMP, TIMESTAMPTZ ->
          new Key.Moment(type, random.nextLong(-50, 50) * (random.nextBoolean() ? 1 : 999_983));
    };
  }

  private static String number(RandomGenerator random) {
    return switch (random.nextInt(12)) {
      case 0 -> "NaN";
      case 1 -> random.nextBoolean() ? "Infinity" : "-Infinity";
      case 2 -> random.nextLong() + "e" + random.nextInt(-60, 60);
      default -> random.nextInt(-50, 50) + (random.nextBoolean() ? ".5" : ".0");
    };
  }

  private static String text(RandomGenerator random) {
    String[] parts = {"a", "B", "'", "\\", "\"", "ä", "Z", " ", "%", "😀", "_"};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < random.nextInt(5); i++) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private static Placement placement(KeyType type, RandomGenerator random) {
    int kind = random.nextInt(3);
    if (kind == 0) {
      TreeSet<Key> splits = new TreeSet<>();
      List<Integer> owners = new ArrayList<>(List.of(random.nextInt(SHARDS)));
      for (int i = 0; i < 4; i++) {
        if (splits.add(key(type, random))) {
          owners.add(random.nextInt(SHARDS));
        }
      }
      return new Placement.Range(type, SHARDS, List.copyOf(splits), owners);
    }
    Placement rest =
        random.nextBoolean()
            ? new Placement.Single(type, SHARDS, random.nextInt(SHARDS))
            : new Placement.Hash(type, SHARDS);
    if (kind == 1) {
      return rest;
    }
    Map<Key, Integer> at = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      at.put(key(type, random), random.nextInt(SHARDS));
    }
    return new Placement.Directory(at, rest);
  }

  private static Key row(List<KeyType> types, RandomGenerator random) {
    return new Key.Row(types.stream().map(type -> key(type, random)).toList());
  }

  /** Splits of all columns, or of the first alone. */
  private static Placement ranges(List<KeyType> types, RandomGenerator random) {
    TreeSet<Key> splits = new TreeSet<>();
    List<Integer> owners = new ArrayList<>(List.of(random.nextInt(SHARDS)));
    for (int i = 0; i < 5; i++) {
      if (splits.add(row(random.nextInt(3) == 0 ? types.subList(0, 1) : types, random))) {
        owners.add(random.nextInt(SHARDS));
      }
    }
    return new Placement.Range(types, SHARDS, List.copyOf(splits), owners);
  }

  @Test
  void aRowOfSeveralColumnsIsFoundInItsRange() throws SQLException {
    RandomGenerator random = Seeded.of(8);
    List<KeyType> types = List.of(KeyType.TEXT, KeyType.NUMERIC, KeyType.BOOLEAN);
    try (Connection connection = DriverManager.getConnection(cluster.primary(0).jdbcUrl())) {
      Steps.run(connection, "drop table if exists rows");
      Steps.run(connection, "drop publication if exists drawn");
      Steps.run(
          connection,
          "create table rows (a text, b numeric, c boolean, n int, primary key (a, b, c, n))");
      List<Key> keys = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        Key.Row key = (Key.Row) row(types, random);
        keys.add(key);
        Steps.run(
            connection,
            "insert into rows values (%s, '%s', '%s', %d)"
                .formatted(
                    RowFilter.literal(key.columns().get(0).text()),
                    key.columns().get(1).text(),
                    key.columns().get(2).text(),
                    i));
      }
      for (int i = 0; i < 30; i++) {
        Placement placement = ranges(types, random);
        for (int shard = 0; shard < SHARDS; shard++) {
          int here = shard;
          String condition = new RowFilter(List.of("a", "b", "c"), placement, shard, "none").sql();
          assertThat(Steps.rows(connection, "select n from rows where " + condition))
              .as("%s on %d: %s", placement, here, condition)
              .containsExactlyInAnyOrderElementsOf(
                  IntStream.range(0, keys.size())
                      .filter(n -> placement.shardOf(keys.get(n)) == here)
                      .mapToObj(n -> List.of("" + n))
                      .toList());
          Steps.run(
              connection, "create publication drawn for table rows where (" + condition + ")");
          Steps.run(connection, "drop publication drawn");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void aRowIsFoundWhereItsKeyIsPlaced(KeyType type) throws SQLException {
    RandomGenerator random = Seeded.of(7);
    String sqlType = type.name().toLowerCase(java.util.Locale.ROOT);
    try (Connection connection = DriverManager.getConnection(cluster.primary(0).jdbcUrl())) {
      Steps.run(connection, "set time zone 'UTC'");
      Steps.run(connection, "drop table if exists keys, hashed");
      Steps.run(connection, "drop publication if exists drawn");
      Steps.run(connection, "create table keys (\"The Key\" " + sqlType + " primary key)");
      Steps.run(connection, "create table hashed (key " + sqlType + ") partition by hash (key)");
      Map<String, Key> keys = new LinkedHashMap<>();
      try (var insert =
          connection.prepareStatement(
              "insert into keys values (?::text::" + sqlType + ") on conflict do nothing")) {
        for (int i = 0; i < 150; i++) {
          Key key = key(type, random);
          keys.put(key.text(), key);
          insert.setString(1, key.text());
          insert.execute();
        }
      }
      for (int i = 0; i < 40; i++) {
        Placement placement = placement(type, random);
        for (int shard = 0; shard < SHARDS; shard++) {
          int here = shard;
          String condition =
              new RowFilter(List.of("The Key"), placement, shard, "public.hashed").sql();
          List<String> found =
              Steps.rows(connection, "select \"The Key\"::text from keys where " + condition)
                  .stream()
                  .map(List::getFirst)
                  .toList();
          assertThat(found)
              .as("%s on %d: %s", placement, here, condition)
              .containsExactlyInAnyOrderElementsOf(
                  keys.values().stream()
                      .filter(key -> placement.shardOf(key) == here)
                      .map(Key::text)
                      .toList());
          Steps.run(
              connection, "create publication drawn for table keys where (" + condition + ")");
          Steps.run(connection, "drop publication drawn");
        }
      }
    }
  }
}
