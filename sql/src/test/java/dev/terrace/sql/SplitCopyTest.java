package dev.terrace.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/** COPY over several shards, against one server that is sent the same. */
final class SplitCopyTest {

  private static final long SEED = 20261130;
  private static final int ROUNDS = 60;
  private static final List<String> TEXTS =
      List.of(
          "plain",
          "it's \"so\"",
          "a\\b",
          "日本",
          "two\nlines",
          "tab\there",
          "",
          "x,y|z",
          "\\N",
          "ß;",
          "\r",
          "\\.");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ShardedTables tables;

  @BeforeAll
  static void start() throws Exception {
    tables = ShardedTables.start(SEED, "");
  }

  @AfterAll
  static void stop() {
    tables.close();
  }

  @BeforeEach
  void empty() throws Exception {
    for (Connection connection : List.of(tables.sharded(""), tables.plain(""))) {
      try (connection;
          Statement statement = connection.createStatement()) {
        statement.execute("delete from purchases where id >= 1000");
        statement.execute("delete from goods where id >= 1000");
      }
    }
  }

  private static CopyManager copy(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  private record Style(String options, boolean csv, char delimiter, String nothing, char escape) {}

  private static final List<Style> STYLES =
      List.of(
          new Style("", false, '\t', "\\N", '\\'),
          new Style("with (format text, delimiter '|', null 'nil')", false, '|', "nil", '\\'),
          new Style("delimiter as E'\\x2c' null as ''", false, ',', "", '\\'),
          new Style("(format csv)", true, ',', "", '"'),
          new Style("with csv header", true, ',', "", '"'),
          new Style(
              "with (format 'csv', header, delimiter ';', null 'n', quote '''', escape '!')",
              true,
              ';',
              "n",
              '!'),
          new Style("with (format csv, escape '\\')", true, ',', "", '\\'));

  private static String field(Style style, String value) {
    if (style.csv()) {
      char quote = style.options().contains("quote ''''") ? '\'' : '"';
      StringBuilder out = new StringBuilder().append(quote);
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        out.append(c == quote || c == style.escape() ? style.escape() + "" + c : "" + c);
      }
      return out.append(quote).toString();
    }
    String escaped =
        value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    return escaped.replace(
        String.valueOf(style.delimiter()),
        "\\" + (style.delimiter() == '\t' ? 't' : style.delimiter()));
  }

  private static byte[] data(RandomGenerator random, Style style, String lineEnd) {
    StringBuilder out = new StringBuilder();
    if (style.options().contains("header")) {
      out.append("\"status\nis\"").append(style.delimiter()).append("b").append(lineEnd);
    }
    int rows = 1 + random.nextInt(60);
    for (int i = 0; i < rows; i++) {
      String status =
          random.nextInt(6) == 0
              ? style.nothing()
              : field(style, TEXTS.get(random.nextInt(TEXTS.size())));
      out.append(
          String.join(
              String.valueOf(style.delimiter()),
              status,
              "" + (1000 + i),
              key(random, style, i),
              "7"));
      out.append(i == rows - 1 && random.nextBoolean() ? "" : lineEnd);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String key(RandomGenerator random, Style style, int row) {
    String plain = Integer.toString(row * 37);
    if (style.csv()) {
      return random.nextBoolean() ? plain : field(style, plain);
    }
    return random.nextInt(4) > 0 ? plain : "\\x3" + plain.charAt(0) + plain.substring(1);
  }

  private static String send(Connection connection, String sql, byte[] data, RandomGenerator random)
      throws SQLException {
    CopyIn in = copy(connection).copyIn(sql);
    try {
      int at = 0;
      while (at < data.length) {
        int length = Math.min(data.length - at, 1 + random.nextInt(90));
        in.writeToCopy(data, at, length);
        at += length;
      }
      return "rows " + in.endCopy();
    } catch (SQLException e) {
      return "error " + e.getSQLState();
    }
  }

  private static String all(Connection connection, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("select t::text from " + table + " t where id >= 1000")) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows.stream().sorted().toList().toString();
  }

  private static String kind(String outcome) {
    return outcome.startsWith("error 22P0") ? "error 22P0" : outcome;
  }

  @Test
  void shardsTakeRowsAsOneServerDoes() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      Seeded.rounds(
          SEED,
          ROUNDS,
          random -> {
            empty();
            Style style = STYLES.get(random.nextInt(STYLES.size()));
            String lineEnd = List.of("\n", "\n", "\r\n", "\r").get(random.nextInt(4));
            byte[] data = data(random, style, lineEnd);
            String sql =
                "copy purchases (status, id, customer_id, qty) from stdin " + style.options();
            String one = send(plain, sql, data, random);
            // Of several mistakes it is left open which is told of.
            assertThat(kind(send(sharded, sql, data, random))).as(sql).isEqualTo(kind(one));
            assertThat(all(sharded, "purchases")).as(sql).isEqualTo(all(plain, "purchases"));
          });
    }
  }

  @Test
  void binaryAndWholeTablesAreSplit() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      for (String format : List.of("text", "csv", "binary")) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy(plain)
            .copyOut(
                "copy (select id + 2000, customer_id, product, amount, qty, made, status, weight,"
                    + " span from purchases where id < 1000) to stdout (format "
                    + format
                    + ")",
                out);
        empty();
        String sql = "copy purchases from stdin (format " + format + ")";
        Seeded.run(
            SEED,
            random -> {
              String one = send(plain, sql, out.toByteArray(), random);
              assertThat(one).isEqualTo("rows " + ShardedTables.PURCHASES);
              assertThat(send(sharded, sql, out.toByteArray(), random)).isEqualTo(one);
            });
        assertThat(all(sharded, "purchases")).isEqualTo(all(plain, "purchases"));
      }
    }
  }

  @Test
  void rowsOfATableThatIsEverywhereGoToAll() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      byte[] data = "1001\tone\n1002\ttwo\n".getBytes(StandardCharsets.UTF_8);
      Seeded.run(
          SEED,
          random -> {
            for (Connection connection : List.of(sharded, plain)) {
              assertThat(send(connection, "copy goods (id, label) from stdin", data, random))
                  .isEqualTo("rows 2");
            }
          });
      for (int i = 0; i < 6; i++) {
        assertThat(all(sharded, "goods")).isEqualTo(all(plain, "goods"));
      }
    }
  }

  private static byte[] rows(int count, String last) {
    StringBuilder out = new StringBuilder();
    IntStream.range(0, count)
        .forEach(i -> out.append(5000 + i).append('\t').append(i).append('\n'));
    return out.append(last).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anErrorAnywhereLeavesNoRow() throws Exception {
    String sql = "copy purchases (id, customer_id) from stdin";
    try (Connection sharded = tables.sharded("")) {
      assertThatThrownBy(() -> load(sharded, sql, rows(5, "9\tnine\n")))
          .hasMessageContaining("line 6, column customer_id");
      assertThatThrownBy(() -> load(sharded, sql, rows(5, "9\t\\N\n")))
          .hasMessageContaining("must not be null, line 6");
      assertThatThrownBy(() -> load(sharded, sql, rows(5, "9\n"))).hasMessageContaining("line 6");
      // One shard refuses a row; the others have theirs already.
      assertThatThrownBy(() -> load(sharded, sql, rows(20_000, "nine\t9\n")))
          .hasMessageContaining("invalid input syntax");
      assertThatThrownBy(() -> load(sharded, sql, rows(5, "5001\t1\n")))
          .hasMessageContaining("duplicate key");
      CopyIn broken = copy(sharded).copyIn(sql);
      broken.writeToCopy(rows(5, ""), 0, 10);
      broken.cancelCopy();
      assertThat(all(sharded, "purchases")).isEqualTo("[]");

      sharded.setAutoCommit(false);
      assertThat(load(sharded, sql, rows(2_000, ""))).isEqualTo(2_000);
      sharded.rollback();
      assertThat(all(sharded, "purchases")).isEqualTo("[]");
      sharded.rollback();
      sharded.setAutoCommit(true);
      assertThat(load(sharded, sql, rows(50_000, ""))).isEqualTo(50_000);
    }
  }

  private static long load(Connection connection, String sql, byte[] data)
      throws SQLException, IOException {
    return copy(connection).copyIn(sql, new ByteArrayInputStream(data));
  }

  @Test
  void rowsComeOutOfAllShardsWithOneHeader() throws Exception {
    try (Connection sharded = tables.sharded("");
        Connection plain = tables.plain("")) {
      String sql = "copy purchases to stdout (format csv, header)";
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      ByteArrayOutputStream many = new ByteArrayOutputStream();
      long count = copy(plain).copyOut(sql, one);
      assertThat(copy(sharded).copyOut(sql, many)).isEqualTo(count);
      List<String> expected = one.toString(StandardCharsets.UTF_8).lines().toList();
      List<String> found = many.toString(StandardCharsets.UTF_8).lines().toList();
      assertThat(found.getFirst()).isEqualTo(expected.getFirst());
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }
  }
}
