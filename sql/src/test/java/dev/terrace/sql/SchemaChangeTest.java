package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static dev.terrace.sql.Wire.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Prepared statements that outlive a change of the schema, whoever makes it. */
final class SchemaChangeTest extends FrontTest {

  private static final String ALL = "select * from notes where id = 9100";
  private static final String SOME = "select id, body from notes where id = 9100";
  private static final String EVERYWHERE = "select * from notes";
  private static final String CHANGED = "cached plan must not change result type";
  private static final String READY = "Z\0\0\0\u0005I";
  private static final String READY_IN_TRANSACTION = "Z\0\0\0\u0005T";

  /** Where a change of the schema comes from. */
  enum By {
    /** A client of Terrace's. */
    TERRACE,
    /** Somebody who talks to the servers. */
    ANOTHER_WAY
  }

  @BeforeAll
  static void start() throws Exception {
    front =
        TestFront.over(
            TestFront.sharedCluster(),
            "max-server-connections: 1, acquire-timeout: 2s",
            "{from: primary}",
            1);
  }

  @BeforeEach
  void row() throws SQLException {
    try (Connection connection = front.connect()) {
      run(connection, "insert into notes (id, body) values (9100, 'kept')");
    }
  }

  @AfterEach
  void asBefore() throws SQLException {
    change(By.TERRACE, "alter table notes drop column if exists extra");
    change(By.TERRACE, "delete from notes where id = 9100");
  }

  private static void change(By by, String sql) throws SQLException {
    if (by == By.TERRACE) {
      try (Connection connection = front.connect()) {
        run(connection, sql);
      }
    } else {
      for (int shard = 0; shard < front.cluster().shards(); shard++) {
        front.cluster().primary(shard).execute(sql);
      }
    }
  }

  private static void addColumn(By by) throws SQLException {
    change(by, "alter table notes add column extra int default 7");
  }

  private static byte[] parse(String name, String sql) {
    return Wire.message('P', text(name), text(sql), new byte[2]);
  }

  private static byte[] describe(String name) {
    return Wire.message('D', new byte[] {'S'}, text(name));
  }

  private static byte[] describePortal() {
    return Wire.message('D', new byte[] {'P'}, text(""));
  }

  private static byte[] bind(String name) {
    return Wire.message('B', text(""), text(name), new byte[6]);
  }

  private static byte[] execute() {
    return Wire.message('E', text(""), new byte[4]);
  }

  private static byte[] sync() {
    return Wire.message('S');
  }

  private static String talk(RawClient client, byte[]... messages) throws IOException {
    return talkUntil(client, READY, messages);
  }

  private static String talkUntil(RawClient client, String end, byte[]... messages)
      throws IOException {
    for (byte[] message : messages) {
      client.send(message);
    }
    return client.readUntil(end);
  }

  private static String again(RawClient client, String statement) throws IOException {
    return talk(client, bind(statement), execute(), sync());
  }

  private static RawClient client() throws IOException, ProtocolViolation {
    return Wire.loggedIn(front.port(), "shop", "shop");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsPreparedAnewNeverFails(By by) throws Exception {
    try (RawClient one = client();
        RawClient two = client()) {
      assertThat(talk(one, parse("a", ALL), bind("a"), execute(), sync())).contains("kept");
      addColumn(by);
      String answer = talk(two, parse("b", ALL), describe("b"), bind("b"), execute(), sync());
      assertThat(answer).contains("extra").contains("kept").contains("SELECT 1");
      assertThat(again(two, "b")).contains("kept").contains("SELECT 1");
      // The first client has never been told of any columns, so that it relies on none.
      assertThat(again(one, "a")).contains("kept").contains("SELECT 1");
      assertThat(talk(two, parse("", ALL), bind(""), describePortal(), execute(), sync()))
          .contains("extra")
          .contains("SELECT 1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoReliesOnColumnsIsToldThatTheyChanged(By by) throws Exception {
    try (RawClient one = client();
        RawClient two = client()) {
      assertThat(talk(one, parse("a", ALL), describe("a"), sync())).contains("body");
      assertThat(again(one, "a")).contains("kept");
      addColumn(by);
      assertThat(talk(two, parse("b", ALL), bind("b"), execute(), sync())).contains("SELECT 1");
      for (int i = 0; i < 2; i++) {
        assertThat(again(one, "a"))
            .contains("C0A000\0")
            .contains(CHANGED)
            .contains("RevalidateCachedQuery")
            .doesNotContain("kept");
      }
      assertThat(talk(one, Wire.message('C', new byte[] {'S'}, text("a")), parse("a", ALL), sync()))
          .startsWith("3");
      assertThat(again(one, "a")).contains("SELECT 1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsThatStayAreRunOn(By by) throws Exception {
    try (RawClient one = client()) {
      assertThat(talk(one, parse("a", SOME), describe("a"), sync())).contains("body");
      addColumn(by);
      for (int i = 0; i < 3; i++) {
        assertThat(again(one, "a")).contains("kept").contains("SELECT 1");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoReliesOnColumnsOfAllShardsIsToldToo(By by) throws Exception {
    try (RawClient one = client()) {
      assertThat(talk(one, parse("a", EVERYWHERE), describe("a"), sync())).contains("body");
      assertThat(again(one, "a")).contains("kept");
      addColumn(by);
      assertThat(again(one, "a")).contains(CHANGED).doesNotContain("kept");
      assertThat(talk(one, parse("b", EVERYWHERE), bind("b"), execute(), sync())).contains("kept");
    }
  }

  @Test
  void aWriteIsRunAgainAndDoneOnce() throws Exception {
    String insert =
        "insert into notes (id, body) values (9100, 'x') on conflict (id) do update"
            + " set body = notes.body || '+' returning *";
    try (RawClient one = client();
        RawClient two = client()) {
      assertThat(talk(one, parse("a", insert), bind("a"), execute(), sync())).contains("kept+");
      addColumn(By.ANOTHER_WAY);
      assertThat(talk(two, parse("a", insert), bind("a"), execute(), sync())).contains("kept++");
      assertThat(talk(two, parse("c", SOME), bind("c"), execute(), sync()))
          .contains("kept++")
          .doesNotContain("kept+++");
    }
  }

  @Test
  void withinATransactionTheNextTrySucceeds() throws Exception {
    try (RawClient one = client();
        RawClient two = client()) {
      assertThat(talk(one, parse("a", ALL), bind("a"), execute(), sync())).contains("kept");
      addColumn(By.ANOTHER_WAY);
      String begun = talkUntil(two, READY_IN_TRANSACTION, Wire.message('Q', text("begin")));
      assertThat(begun).contains("BEGIN");
      assertThat(talkUntil(two, "Z\0\0\0\u0005E", parse("b", ALL), bind("b"), execute(), sync()))
          .contains(CHANGED);
      assertThat(talk(two, Wire.message('Q', text("rollback")))).contains("ROLLBACK");
      talkUntil(two, READY_IN_TRANSACTION, Wire.message('Q', text("begin")));
      assertThat(talkUntil(two, READY_IN_TRANSACTION, bind("b"), execute(), sync()))
          .contains("kept");
      assertThat(talk(two, Wire.message('Q', text("commit")))).contains("COMMIT");
    }
  }

  @Test
  void aChangeDuringATransactionOrOnAKeptServerIsNoticed() throws Exception {
    String onShard = "/* terrace: shard=" + front.shardsWith("notes", "id = 9100") + " */ select 1";
    try (TestFront wide = TestFront.over(front.cluster(), "", "{from: primary}", 1);
        RawClient one = Wire.loggedIn(wide.port(), "shop", "shop");
        Connection ddl = wide.connect()) {
      assertThat(talk(one, parse("a", ALL), bind("a"), execute(), sync())).contains("kept");
      talkUntil(one, READY_IN_TRANSACTION, Wire.message('Q', text("begin")));
      talkUntil(one, READY_IN_TRANSACTION, Wire.message('Q', text(onShard)));
      run(ddl, "alter table notes add column extra int default 7");
      String answer =
          talkUntil(
              one,
              READY_IN_TRANSACTION,
              parse("c", ALL),
              describe("c"),
              bind("c"),
              execute(),
              sync());
      assertThat(answer).contains("extra").contains("kept");
      talk(one, Wire.message('Q', text("rollback")));
    }
  }

  @Test
  void aDriverHealsByItself() throws Exception {
    try (Connection one = front.connect("prepareThreshold=1");
        PreparedStatement select = one.prepareStatement(ALL)) {
      for (int i = 0; i < 3; i++) {
        select.executeQuery().close();
      }
      addColumn(By.ANOTHER_WAY);
      try (ResultSet rows = select.executeQuery()) {
        assertThat(rows.getMetaData().getColumnCount()).isEqualTo(3);
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt("extra")).isEqualTo(7);
      }
      change(By.TERRACE, "alter table notes drop column extra");
      one.setAutoCommit(false);
      assertThatThrownBy(select::executeQuery)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
      one.rollback();
      try (ResultSet rows = select.executeQuery()) {
        assertThat(rows.getMetaData().getColumnCount()).isEqualTo(2);
      }
      one.rollback();
    }
  }

  @Test
  void whatSomebodyDeallocatedIsPreparedAgain() throws Exception {
    try (RawClient one = client();
        Connection two = front.connect("preferQueryMode=simple")) {
      assertThat(talk(one, parse("a", ALL), describe("a"), sync())).contains("body");
      run(two, "/* terrace: shard=0 */ create temp table pinning (a int)");
      run(two, "deallocate all");
      run(two, "discard all");
      for (int i = 0; i < 2; i++) {
        assertThat(again(one, "a")).contains("kept");
      }
      assertThat(ask(two, "select 1")).isEqualTo("1");
    }
  }
}
