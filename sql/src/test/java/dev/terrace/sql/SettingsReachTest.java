package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings made in a transaction, or in a pipeline before its Sync, reach what follows there. */
final class SettingsReachTest extends FrontTest {

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "");
    try (Connection connection = front.connect()) {
      for (int id = 79_000_000; id < 79_000_020; id++) {
        TestFront.run(connection, "insert into notes (id, body) values (" + id + ", 'x')");
      }
    }
  }

  @AfterAll
  static void leaveNothing() throws Exception {
    try (Connection connection = front.connect()) {
      TestFront.run(connection, "delete from notes where id >= 79000000");
    }
  }

  private static byte[] run(String sql) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(
        message('P', new byte[1], (sql + "\0").getBytes(StandardCharsets.UTF_8), new byte[2]));
    all.writeBytes(message('B', new byte[2], new byte[6]));
    all.writeBytes(message('E', new byte[1], ByteBuffer.allocate(4).array()));
    return all.toByteArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "set terrace_test.tenant to '42'; select 'is ' || current_setting('terrace_test.tenant', true)",
        "select set_config('terrace_test.tenant', '42', true);"
            + " select 'is ' || current_setting('terrace_test.tenant', true)",
        "set terrace_test.tenant to '42'; select distinct 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes",
        "select set_config('terrace_test.tenant', '42', false); select distinct 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes",
        "select set_config('terrace_test.tenant', '42', true); select distinct 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes",
        "select set_config('terrace_test.tenant', '42', true); select 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes where id = 79000001",
        "select set_config('terrace_test.tenant', '42', true); select 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes where id = 79000002",
        "select set_config('terrace_test.tenant', '42', true); select 'is '"
            + " || current_setting('terrace_test.tenant', true) from notes where id = 79000003",
      })
  void whatFollowsSeesThem(String set, String read) throws Exception {
    try (RawClient client = Wire.loggedIn(front.port(), "shop", "shop")) {
      client.send(run(set));
      client.send(run(read));
      client.send(message('S'));
      String answer = client.readUntil("Z\0\0\0\u0005I");
      assertThat(answer)
          .satisfiesAnyOf(
              said -> assertThat(said).contains("is 42"),
              said -> assertThat(said).contains("C0A000"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select current_setting('terrace_test.tenant', true)",
        "select distinct current_setting('terrace_test.tenant', true) from notes",
        "select distinct current_setting('terrace_test.tenant', true) from notes"
            + " where id in (select 79000000)",
      })
  void settingsOfATransactionHoldForReadsBeforeItHasAShard(String read) throws Exception {
    try (Connection connection = front.connect()) {
      connection.setAutoCommit(false);
      for (String set :
          List.of(
              "set local terrace_test.tenant to '42'",
              "set terrace_test.tenant to '42'",
              "select set_config('terrace_test.tenant', '42', true)")) {
        execute(connection, set);
        try {
          assertThat(ask(connection, read)).as(set).isEqualTo("42");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).as(set + ": " + e.getMessage()).isEqualTo("0A000");
        }
        connection.rollback();
      }
      assertThat(ask(connection, read)).isNotEqualTo("42");
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
