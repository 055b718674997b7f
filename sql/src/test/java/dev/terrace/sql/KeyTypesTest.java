package dev.terrace.sql;

import static dev.terrace.sql.ShardedTables.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/**
 * Keys of the rarer types, by every way into the tables, against one server that is sent the same.
 */
final class KeyTypesTest {

  private static final long SEED = 20261129;

  /** The tables, each with values of its key as literals, some equal in other notations. */
  enum Sharded {
    AMOUNTS("numeric", "hash(k numeric)", Sharded.NUMBERS),
    PRICES(
        "numeric",
        "{range: k, splits: [\"-2\", 0.5, 10, NaN], shards: [2, 1, 0, 1, 2], type: numeric}",
        Sharded.NUMBERS),
    RATES("numeric(9,2)", "{list: k, at: {1.50: 1, -2: 2}, others: 0}", Sharded.SMALL),
    FLAGS("boolean", "{list: k, at: {true: 1, false: 2}, others: 0}", Sharded.TRUTHS),
    MARKS("boolean", "{range: k, splits: [true], shards: [1, 2]}", Sharded.TRUTHS),
    SWITCHES("boolean", "hash(k boolean)", Sharded.TRUTHS),
    BLOBS("bytea", "hash(k bytea)", Sharded.BYTES),
    PARTS(
        "bytea",
        "{range: k, type: bytea, splits: ['\\x01', '\\x61', '\\x80'], shards: [2, 0, 1, 2]}",
        Sharded.BYTES),
    CODES("char(6)", "hash(k char)", Sharded.CODED),
    LANDS("char(4)", "{list: k, type: bpchar, at: {de: 1, '': 2}, others: 0}", Sharded.CODED),
    REGIONS(
        "char(5) collate \"C\"",
        "{range: k, type: bpchar, splits: [d, 'de '], shards: [2, 1, 0]}",
        Sharded.CODED);

    private static final String NUMBERS =
        "0 0.00 -0.0 1 1.0 1.50 '1.5' -2 '-2.000' 1e1 10 9.99 0.5 '.5' 'NaN' 'nan' 'Infinity' '-inf'"
            + " 123456789012345678901234567890.5 '1e-30' -12345.6789 100000000 10000";
    private static final String SMALL = "0 0.00 1 1.5 '1.50' -2 10 9.99 '1e1'";
    private static final String TRUTHS = "true false 't' 'NO' 'yes' 'off' '1' '_on' 'f_'";
    private static final String BYTES =
        "'' '\\x' '\\x00' '\\x0001' '\\x01' '\\x61' 'a' 'ab' '\\x7F' '\\xff' '\\xFFFE00'";
    private static final String CODED = "'de' 'de__' 'd' '' '__' 'DE' '_de' 'äöü' 'a_b' 'z'";

    final String type;
    final String rule;
    private final String values;

    Sharded(String type, String rule, String values) {
      this.type = type;
      this.rule = rule;
      this.values = values;
    }

    String table() {
      return name().toLowerCase(Locale.ROOT);
    }

    List<String> literals() {
      return Stream.of(values.split(" ")).map(v -> v.replace('_', ' ')).toList();
    }

    String literal(Seeded random) {
      return literals().get(random.nextInt(literals().size()));
    }

    boolean isRange() {
      return rule.startsWith("{range");
    }
  }

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    StringBuilder schema = new StringBuilder();
    StringBuilder rules = new StringBuilder();
    for (Sharded table : Sharded.values()) {
      schema.append("create table " + table.table() + " (n int, k " + table.type + ");\n");
      String rule =
          table.isRange() || table.rule.startsWith("{") ? table.rule : '"' + table.rule + '"';
      rules.append("  " + table.table() + ": {store: shop, shard: " + rule + "}\n");
    }
    tables =
        ShardedTables.start(
            SEED,
            "",
            "coordinator: {database: shop_all, every: 200ms, patience: 20s}",
            new ShardedTables.More(schema.toString(), rules.toString()));
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  /** The literal's text as PostgreSQL's input function takes it. */
  private static String text(String literal) {
    return literal.startsWith("'") ? literal.substring(1, literal.length() - 1) : literal;
  }

  private static List<String> values(Sharded table, Seeded random) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      values.add(table.literal(random));
    }
    return values;
  }

  /** By INSERT of one row and of many, with parameters, and by COPY in all formats. */
  private static void fill(Connection connection, Sharded table, Seeded random)
      throws SQLException, IOException {
    String name = table.table();
    rows(connection, "delete from " + name);
    List<String> values = values(table, random);
    String several = values.stream().map(v -> "(1, " + v + ")").collect(Collectors.joining(", "));
    rows(connection, "insert into " + name + " (n, k) values " + several);
    for (String value : values.subList(0, 20)) {
      rows(connection, "insert into " + name + " (k, n) values (" + value + ", 2)");
    }
    String sql = "insert into " + name + " (n, k) values (3, ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (String value : values.subList(20, 40)) {
        insert.setObject(1, text(value), java.sql.Types.OTHER);
        insert.executeUpdate();
      }
    }
    for (String format : List.of("text", "csv")) {
      StringBuilder lines = new StringBuilder();
      values.forEach(v -> lines.append(line(format, text(v))));
      copy(connection, name, format, lines.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String line(String format, String text) {
    return format.equals("csv") ? "\"" + text + "\",4\n" : text.replace("\\", "\\\\") + "\t5\n";
  }

  private static void copy(Connection connection, String table, String format, byte[] rows)
      throws SQLException, IOException {
    String sql = "copy " + table + " (k, n) from stdin (format " + format + ")";
    connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new ByteArrayInputStream(rows));
  }

  private static String statement(Sharded table, Seeded random) {
    String a = table.literal(random);
    String b = table.literal(random);
    String name = table.table();
    String where =
        switch (random.nextInt(10)) {
          case 0 -> "k = " + a;
          case 1 -> a + " = k";
          case 2 -> "k in (" + a + ", " + b + ")";
          case 3 -> "k = any('{" + text(a).replace("\\", "\\\\") + "}')";
          case 4 -> "k between " + a + " and " + b;
          case 5 -> "k < " + a;
          case 6 -> "k >= " + a + " and k < " + b;
          case 7 -> "k = " + a + " or k = " + b;
          case 8 -> "k = cast(" + a + " as " + table.type.replaceAll(" .*", "") + ")";
          default -> "k > " + a;
        };
    return switch (random.nextInt(7)) {
      case 0 -> "select count(*), sum(n) from " + name + " group by k";
      case 1 -> "update " + name + " set n = n + 1 where " + where;
      case 2 ->
          "select count(*) from %s a join %s b using (k) where a.n = 2 and (%s)"
              .formatted(name, name, where);
      default -> "select * from " + name + " where " + where;
    };
  }

  @ParameterizedTest
  @EnumSource(Sharded.class)
  void statementsSayWhatOneServerSays(Sharded table) throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      fill(sharded, table, Seeded.of(SEED));
      fill(plain, table, Seeded.of(SEED));
      String all = "select * from " + table.table();
      assertThat(rows(sharded, all)).isEqualTo(rows(plain, all)).hasSizeGreaterThan(300);
      Seeded.rounds(
          41,
          250,
          random -> {
            String sql = statement(table, random);
            assertThat(rows(sharded, sql)).as(sql).isEqualTo(rows(plain, sql));
          });
    }
  }

  /** In binary format as a server writes it. */
  @ParameterizedTest
  @EnumSource(Sharded.class)
  void binaryRowsAreCopiedToTheirShards(Sharded table) throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      fill(plain, table, Seeded.of(SEED + 1));
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      String out = "copy " + table.table() + " (k, n) to stdout (format binary)";
      plain.unwrap(PGConnection.class).getCopyAPI().copyOut(out, rows);
      rows(sharded, "delete from " + table.table());
      copy(sharded, table.table(), "binary", rows.toByteArray());
      for (String value : table.literals()) {
        String sql = "select * from " + table.table() + " where k = " + value;
        assertThat(rows(sharded, sql)).as(sql).isNotEmpty().isEqualTo(rows(plain, sql));
      }
    }
  }

  /** Bound as drivers bind them, in text and in binary format. */
  @ParameterizedTest
  @EnumSource(Sharded.class)
  void parametersLeadToTheSameRows(Sharded table) throws Exception {
    for (String options : List.of("", "prepareThreshold=-1&binaryTransfer=true")) {
      try (Connection sharded = tables.sharded(options);
          Connection plain = tables.plain("")) {
        fill(sharded, table, Seeded.of(SEED + 2));
        fill(plain, table, Seeded.of(SEED + 2));
        String sql = "select n, k::text from " + table.table() + " where k = ? and n < 9";
        for (String value : table.literals()) {
          Object object = object(plain, value + "::" + table.type.replaceAll(" .*", ""));
          // Java has no NaN among its decimals.
          if (!(object instanceof Double)) {
            assertThat(bound(sharded, sql, object))
                .as(value)
                .isNotEmpty()
                .isEqualTo(bound(plain, sql, object));
          }
        }
      }
    }
  }

  private static Object object(Connection connection, String expression) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select " + expression)) {
      result.next();
      Object object = result.getObject(1);
      // A driver sends texts as such, of which all blanks count.
      return object instanceof String text ? text.stripTrailing() : object;
    }
  }

  private static List<String> bound(Connection connection, String sql, Object value)
      throws SQLException {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, value);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(result.getInt(1) + " " + result.getString(2));
        }
      }
    }
    Collections.sort(rows);
    return rows;
  }

  /** The coordinator finds all rows by its partitions, and a condition on the key chooses well. */
  @Test
  void theCoordinatorHasTheSameRows() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      for (Sharded table : Sharded.values()) {
        fill(sharded, table, Seeded.of(SEED + 3));
        fill(plain, table, Seeded.of(SEED + 3));
        for (String value : table.literals()) {
          String sql =
              "select a.n, a.k, b.n from %s a join %s b on b.n = a.n + 1 where a.k = %s"
                  .formatted(table.table(), table.table(), value);
          assertThat(rows(sharded, sql)).as(sql).isNotEmpty().isEqualTo(rows(plain, sql));
        }
      }
    }
  }
}
