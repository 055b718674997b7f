package dev.terrace.kv.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.engine.Table.Column;
import dev.terrace.kv.back.ColumnValue.Misfit;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.SharedPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes without the store is taken by the store, which prints it the same. */
class ColumnValueTest {

  private static final List<String> TYPES =
      List.of(
          "smallint",
          "integer",
          "bigint",
          "numeric",
          "numeric(5,2)",
          "numeric(3,0)",
          "boolean",
          "text",
          "character varying(3)",
          "character(4)",
          "uuid",
          "date",
          "timestamp with time zone",
          "timestamp without time zone");

  private static final List<String> VALUES =
      List.of(
          "0",
          "-7",
          " 12 ",
          "+5",
          "32767",
          "32768",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "1.005",
          "-1.005",
          "999.994",
          "999.995",
          "1e3",
          ".5",
          "5.",
          "12x",
          "",
          " ",
          "t",
          "YES",
          "off",
          "abc   ",
          "abcd",
          "Grüße",
          "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
          "a0eebc999c0b4ef8bb6d6bb9bd380a11",
          "2026-02-28",
          "2026-02-30",
          "2026-01-31 12:30",
          "2026-01-31T12:30:00.1200Z",
          "2026-01-31 23:30:00-05:30",
          "2026-01-31 12:30:00.123456+02",
          "2026-01-31 24:00:00");

  private static String printed(String type, String value) throws Misfit {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return new String(
        ColumnValue.printed(new Column("c", type, false), bytes), StandardCharsets.UTF_8);
  }

  @Test
  void whatPassesIsTakenAndPrintedTheSame() throws Exception {
    PostgresServer server = SharedPostgres.get().primary(0);
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'");
      int passed = 0;
      for (String type : TYPES) {
        for (String value : VALUES) {
          String here;
          try {
            here = printed(type, value);
          } catch (Misfit e) {
            continue;
          }
          passed++;
          statement.execute("CREATE TEMP TABLE typed (c " + type + ")");
          statement.execute("INSERT INTO typed VALUES ('" + value + "')");
          // As the driver asks for it: a cast to text would cut blanks off.
          try (ResultSet rows = statement.executeQuery("SELECT c FROM typed")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).as("%s of %s", value, type).isEqualTo(here);
          }
          statement.execute("DROP TABLE typed");
        }
      }
      assertThat(passed).isGreaterThan(80);
    }
  }

  @Test
  void whatIsNoTextIsRefused() {
    assertThatThrownBy(
            () -> ColumnValue.printed(new Column("c", "text", false), new byte[] {(byte) 0xC3, 1}))
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> printed("text", "a\0b")).hasMessageContaining("UTF-8");
  }
}
