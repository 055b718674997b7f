package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.place.KeyType;
import dev.terrace.core.place.PartitionHash;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Our partition hash beside PostgreSQL's own: {@code satisfies_hash_partition} must say yes to the
 * remainder that we compute, and can then say yes to no other.
 */
class PartitionHashTest {

  private static final long SEED = 18_06;
  private static final int KEYS = 2000;
  private static final List<Integer> MODULI = List.of(1, 2, 3, 7, 16, 1000, 32_768, 2_000_000_011);

  private static Connection connection;

  @BeforeAll
  static void tables() throws SQLException {
    connection = SharedPostgres.get().primary(0).connect();
    try (Statement statement = connection.createStatement()) {
      for (String type :
          List.of(
              "smallint",
              "integer",
              "bigint",
              "numeric",
              "text",
              "bpchar",
              "bytea",
              "boolean",
              "varchar",
              "uuid",
              "date",
              "timestamp",
              "timestamptz")) {
        statement.execute(
            "CREATE TEMP TABLE by_" + type + " (key " + type + ") PARTITION BY HASH (key)");
      }
    }
  }

  @Test
  void keysOfSeveralColumnsAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    String sql = "SELECT satisfies_hash_partition('by_three'::regclass, ?, ?, ?, ?, ?::uuid)";
    try (Statement statement = connection.createStatement();
        PreparedStatement satisfied = connection.prepareStatement(sql)) {
      statement.execute(
          "CREATE TEMP TABLE by_three (a bigint, b text, c uuid) PARTITION BY HASH (a, b, c)");
      for (int i = 0; i < 500; i++) {
        Key.Whole a = new Key.Whole(random.nextLong());
        Key.Text b = new Key.Text(text(random, random.nextInt(20), true));
        Key.Uuid c = new Key.Uuid(new UUID(random.nextLong(), random.nextLong()));
        int modulus = MODULI.get(i % MODULI.size());
        satisfied.setInt(1, modulus);
        satisfied.setInt(2, PartitionHash.remainder(new Key.Row(List.of(a, b, c)), modulus));
        satisfied.setLong(3, a.value());
        satisfied.setString(4, b.value());
        satisfied.setString(5, c.text());
        try (ResultSet result = satisfied.executeQuery()) {
          result.next();
          assertThat(result.getBoolean(1)).as("%s %s %s modulo %d", a, b, c, modulus).isTrue();
        }
      }
    }
  }

  @Test
  void daysAndMomentsAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    assertSame(
        "date",
        list(
            500,
            () -> new Key.Day(LocalDate.of(2000, 1, 1).plusDays(random.nextInt(-9999, 9999)))));
    for (KeyType type : List.of(KeyType.TIMESTAMP, KeyType.TIMESTAMPTZ)) {
      assertSame(
          type.sqlName(),
          list(
              KEYS,
              () ->
                  new Key.Moment(
                      type, random.nextLong(1L << 52) * (random.nextBoolean() ? 1 : -1))));
    }
  }

  @AfterAll
  static void disconnect() throws SQLException {
    connection.close();
  }

  /** All keys in one statement, which returns those that PostgreSQL places elsewhere. */
  private static void assertSame(String type, List<? extends Key> keys) throws SQLException {
    String[] texts = new String[keys.size()];
    Integer[] moduli = new Integer[keys.size()];
    Integer[] remainders = new Integer[keys.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = keys.get(i).text();
      moduli[i] = MODULI.get(i % MODULI.size());
      remainders[i] = PartitionHash.remainder(keys.get(i), moduli[i]);
    }
    String sql =
        """
        SELECT k, m, r FROM unnest(?::text[], ?::int[], ?::int[]) AS t(k, m, r)
        WHERE satisfies_hash_partition('by_%s'::regclass, m, r, k::%s) IS NOT TRUE
        """
            .formatted(type, type);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", texts));
      statement.setArray(2, connection.createArrayOf("int4", moduli));
      statement.setArray(3, connection.createArrayOf("int4", remainders));
      List<String> elsewhere = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          elsewhere.add(result.getString(1) + " modulo " + result.getInt(2));
        }
      }
      assertThat(elsewhere).as("seed %d: %s keys placed elsewhere", SEED, type).isEmpty();
    }
  }

  private static <K> List<K> list(int count, Supplier<K> next) {
    List<K> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(next.get());
    }
    return list;
  }

  @Test
  void wholeNumbersOfEverySizeAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    List<Key.Whole> keys = new ArrayList<>();
    for (long edge :
        new long[] {
          0,
          1,
          -1,
          Integer.MAX_VALUE,
          Integer.MIN_VALUE,
          1L << 32,
          -1L << 32,
          Long.MAX_VALUE,
          Long.MIN_VALUE
        }) {
      // Each with each kind of modulus.
      keys.addAll(list(MODULI.size(), () -> new Key.Whole(edge)));
    }
    keys.addAll(list(KEYS, () -> new Key.Whole(random.nextLong() >> random.nextInt(64))));
    assertSame("bigint", keys);
    assertSame("integer", list(300, () -> new Key.Whole(random.nextInt())));
    assertSame("smallint", list(300, () -> new Key.Whole((short) random.nextInt())));
  }

  @Test
  void numbersOfEveryPrecisionAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    List<Key> keys = new ArrayList<>();
    for (String edge : List.of("0", "NaN", "Infinity", "-Infinity", "1", "-1", "10000", "0.0001")) {
      keys.addAll(list(MODULI.size(), () -> KeyType.NUMERIC.parse(edge)));
    }
    keys.addAll(list(2 * KEYS, () -> number(random)));
    assertSame("numeric", keys);
  }

  /** A number of up to 60 digits on both sides of the point, many of them zeros. */
  private static Key number(Seeded random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
    String digits = random.nextBoolean() ? "0123456789" : "0001";
    for (int i = random.nextInt(1, 60); i > 0; i--) {
      text.append(digits.charAt(random.nextInt(digits.length())));
    }
    if (random.nextBoolean()) {
      text.insert(random.nextInt(1, text.length() + 1), ".");
    }
    return KeyType.NUMERIC.parse(
        random.nextInt(3) > 0 ? text.toString() : text + "e" + random.nextInt(-40, 40));
  }

  @Test
  void bytesAndPaddedTextsHaveTheSameOrder() throws SQLException {
    Seeded random = Seeded.of(SEED);
    List<Key> bytes = new ArrayList<>();
    List<Key> padded = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String text = text(random, random.nextInt(6), random.nextBoolean());
      bytes.add(Key.Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
      padded.add(new Key.Padded(text));
    }
    assertSameOrder("k", "k::bytea", bytes);
    assertSameOrder("k", "k::bpchar COLLATE \"C\"", padded);
  }

  @Test
  void numbersHaveTheSameOrder() throws SQLException {
    Seeded random = Seeded.of(SEED);
    List<Key> keys = new ArrayList<>(list(KEYS, () -> number(random)));
    keys.addAll(list(300, () -> KeyType.NUMERIC.parse("" + random.nextInt(-20, 20))));
    for (String special : List.of("NaN", "Infinity", "-Infinity", "0")) {
      keys.add(KeyType.NUMERIC.parse(special));
    }
    assertSameOrder("trim_scale(k::numeric)", "k::numeric", keys);
  }

  private static void assertSameOrder(String shown, String by, List<Key> keys) throws SQLException {
    String sql = "SELECT %s FROM unnest(?::text[]) AS t (k) ORDER BY %s".formatted(shown, by);
    List<String> ordered = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      String[] texts = keys.stream().map(Key::text).toArray(String[]::new);
      statement.setArray(1, connection.createArrayOf("text", texts));
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          ordered.add(result.getString(1));
        }
      }
    }
    assertThat(keys.stream().sorted().map(Key::text)).isEqualTo(ordered);
  }

  @Test
  void textsOfEveryLengthAndScriptAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    List<Key.Text> keys = new ArrayList<>();
    for (int length = 0; length <= 100; length++) {
      for (int k = 0; k < KEYS / 100; k++) {
        keys.add(new Key.Text(text(random, length, k % 2 == 0)));
      }
    }
    assertSame("text", keys);
    assertSame("varchar", keys.subList(0, 300));
    List<Key> padded = new ArrayList<>();
    keys.forEach(key -> padded.add(new Key.Padded(key.value() + " ".repeat(random.nextInt(3)))));
    assertSame("bpchar", padded);
  }

  @Test
  void bytesAndTruthsAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    assertSame(
        "bytea",
        list(
            KEYS,
            () -> {
              byte[] bytes = new byte[random.nextInt(60)];
              random.nextBytes(bytes);
              return Key.Bytes.of(bytes);
            }));
    assertSame("boolean", list(4 * MODULI.size(), () -> new Key.Truth(random.nextBoolean())));
  }

  /** Text without NUL and lone surrogates, which PostgreSQL cannot store. */
  private static String text(Seeded random, int length, boolean ascii) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      int codePoint = ascii ? random.nextInt(1, 128) : random.nextInt(1, 0x11_0000);
      if (codePoint < 0xD800 || codePoint > 0xDFFF) {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }

  @Test
  void uuidsAgree() throws SQLException {
    Seeded random = Seeded.of(SEED);
    assertSame(
        "uuid", list(KEYS, () -> new Key.Uuid(new UUID(random.nextLong(), random.nextLong()))));
  }
}
