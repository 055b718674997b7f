package dev.terrace.sql;

import static dev.terrace.sql.TestFront.run;
import static dev.terrace.sql.Wire.text;
import static dev.terrace.sql.Wire.whole;
import static dev.terrace.testkit.SharedPostgres.userOn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nobody waits for ever, and all is given back, whenever a client leaves, a server dies or messages
 * come in an order that they should not have. The cluster is this test's own.
 */
final class StuckClientsTest {

  private static final byte[] SYNC = Wire.message('S');
  private static final byte[] FLUSH = Wire.message('H');
  private static final String READY = "Z\0\0\0\u0005";
  private static final byte[] FUNCTION_CALL =
      Wire.message('F', new byte[] {0, 0, 0, 1}, new byte[6]);

  private static final byte[] CANCEL = ByteBuffer.allocate(8).putInt(16).putInt(80877102).array();

  private static PostgresCluster cluster;
  private static TestFront front;

  @BeforeAll
  static void start() throws Exception {
    cluster = PostgresCluster.start(PostgresSpec.of(2, 1));
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute(
              """
              create table users (id bigint primary key, name text);
              insert into users select g, 'user ' || g from generate_series(1, 200) g;
              create table notes (id bigint primary key, body text);
              create function vanish() returns int language plpgsql immutable as
                $$begin
                  raise exception using errcode = '26000',
                    message = pg_terminate_backend(pg_backend_pid())::text;
                end$$;
              """);
    }
    cluster.awaitReplicas();
    front = TestFront.over(cluster, "");
  }

  @AfterAll
  static void stop() {
    front.close();
    cluster.close();
  }

  @AfterEach
  void nothingIsInHand() {
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
    Await.until("no memory is used", () -> front.level(Metric.SQL_USER_MEMORY, "shop") == 0);
    for (int shard = 0; shard < 2; shard++) {
      awaitCount(shard, "state like 'idle in transaction%'", 0);
    }
  }

  /** Waits for so many connections to a shard that are like that. */
  private static void awaitCount(int shard, String condition, int count) {
    String question =
        "select count(*) from pg_stat_activity where usename = 'shop' and pid <> pg_backend_pid()"
            + " and "
            + condition;
    Await.until(
        count + " connections with " + condition,
        () -> {
          try {
            String found = TestFront.askServer(cluster.primary(shard), question);
            return found.equals(Integer.toString(count));
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static String update(int shard, String value) {
    return "update users set name = " + value + " where id = " + userOn(shard);
  }

  private static RawClient client() throws Exception {
    return Wire.loggedIn(front.port(), "shop", "shop");
  }

  private static byte[] query(String sql) {
    return Wire.message('Q', text(sql));
  }

  private static String ask(RawClient client, String sql) throws Exception {
    return whole(client.send(query(sql)));
  }

  private static RawClient bind(RawClient client, String sql) throws Exception {
    client.send(Wire.message('P', text(""), text(sql), new byte[2]));
    return client.send(Wire.message('B', text(""), text(""), new byte[6]));
  }

  private static RawClient execute(RawClient client, String sql) throws Exception {
    return bind(client, sql).send(Wire.message('E', text(""), new byte[4]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "savepoint a", "set local work_mem = '5MB'"})
  void whoLeavesBeforeAllServersAreAskedLeavesNothingOpen(String last) throws Exception {
    try (RawClient client = client()) {
      ask(client, "begin");
      ask(client, update(0, "'x'"));
      execute(client, update(1, "pg_sleep(0.7)::text"));
      execute(client, last);
      awaitCount(1, "state = 'active' and query like '%pg_sleep%'", 1);
      client.reset();
    }
    Await.until("nothing is in hand", () -> front.inFlight() == 0);
    try (Connection other = front.connect("")) {
      run(other, "set lock_timeout = '5s'");
      assertThat(run(other, update(0, "'y'"))).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "savepoint a", "set local work_mem = '5MB'"})
  void whoLeavesWhileServersAreAskedLeavesNothingOpen(String last) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = client()) {
        ask(client, "begin");
        ask(client, update(0, "'x'"));
        ask(client, update(1, "'x'"));
        client.send(query(last)).reset();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy users from stdin", "/* terrace: shard=0 */ copy notes from stdin"})
  void onlyDataMayFollowCopyInAPipeline(String copy) throws Exception {
    byte[][] others = {query("select count(*) from users"), query(update(1, "'x'")), FUNCTION_CALL};
    for (byte[] other : others) {
      try (RawClient client = client()) {
        execute(client, copy).send(FLUSH).readUntil("G\0\0\0");
        assertThat(client.send(other).readAll()).contains("SFATAL\0", "C08P01\0");
      }
      try (RawClient client = client()) {
        execute(client, copy).send(other).send(SYNC);
        assertThat(client.readAll()).contains("SFATAL\0", "C08P01\0");
      }
    }
  }

  @Test
  void anotherServersStatementMayNotFollowCopyEither() throws Exception {
    try (RawClient client = client()) {
      execute(client, "/* terrace: shard=0 */ copy notes from stdin");
      execute(client, update(1, "'x'")).send(SYNC);
      assertThat(client.readAll()).contains("SFATAL\0", "C08P01\0");
    }
  }

  @Test
  void whatIsRefusedInTheMidstOfAPipelineEndsIt() throws Exception {
    byte[][] refused = {FUNCTION_CALL, query("declare c cursor for select id from users")};
    for (byte[] message : refused) {
      try (RawClient client = client()) {
        bind(client, update(0, "'x'")).send(message).send(SYNC);
        assertThat(whole(client)).contains("C0A000\0").endsWith("I");
        assertThat(whole(client)).isEqualTo(READY + "I");
        assertThat(ask(client, update(0, "'y'"))).contains("UPDATE 1\0").endsWith("I");
      }
      try (RawClient client = client()) {
        ask(client, "begin");
        bind(client, update(0, "'x'")).send(message).send(SYNC);
        assertThat(whole(client)).contains("C0A000\0").endsWith("E");
        assertThat(whole(client)).isEqualTo(READY + "E");
        assertThat(ask(client, "rollback")).contains("ROLLBACK\0").endsWith("I");
      }
    }
  }

  @Test
  void aServerMayDieWhenItHasRefusedWhatIsRunAgain() throws Exception {
    try (RawClient client = client()) {
      bind(client, "/* terrace: shard=0 */ select vanish()").send(SYNC);
      assertThat(whole(client)).contains("SERROR\0").endsWith("I");
      assertThat(ask(client, "/* terrace: shard=0 */ select 5")).contains("SELECT 1\0");
    }
  }

  @Test
  void aTransactionGoesOnWhenRowsAreNotFetchedToTheEnd() throws Exception {
    try (Connection connection = front.connect("socketTimeout=10")) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(1);
        try (ResultSet rows = statement.executeQuery("select * from users")) {
          assertThat(rows.next()).isTrue();
        }
        assertThat(run(connection, update(0, "'y'"))).isOne();
        try (ResultSet rows = statement.executeQuery("select * from users")) {
          assertThat(rows.next()).isTrue();
        }
      }
      connection.commit();
    }
  }

  @Test
  void cancelIsHeededWhileAClientReadsNothing() throws Exception {
    try (RawClient client = RawClient.connect(front.port())) {
      byte[] key = keyOf(client);
      ask(client, "set extra_float_digits = 0");
      client.send(query("select id, repeat(name, 2000) from users order by id"));
      client.readUntil("T\0");
      try (RawClient canceller = RawClient.connect(front.port())) {
        canceller.send(CANCEL).send(key).readAll();
      }
      String answer = whole(client);
      assertThat(answer.contains("C57014\0") || answer.contains("SELECT 200\0")).isTrue();
    }
  }

  @Test
  void cancelIsHeededWhileSnapshotsAreTaken() throws Exception {
    try (Connection connection = front.connect("")) {
      connection.setAutoCommit(false);
      run(connection, update(0, "'x'"));
      run(connection, update(1, "'x'"));
      connection.commit();
    }
    try (RawClient client = RawClient.connect(front.port())) {
      byte[] key = keyOf(client);
      for (int i = 0; i < 100; i++) {
        client.send(query("/* terrace: primary */ select count(*) from users"));
        try (RawClient canceller = RawClient.connect(front.port())) {
          canceller.send(CANCEL).send(key).readAll();
        }
        assertThat(whole(client)).endsWith("I");
      }
    }
  }

  @Test
  void cancelIsHeededWhileAServerIsWaitedFor() throws Exception {
    try (TestFront narrow =
            TestFront.over(cluster, "max-server-connections: 1, acquire-timeout: 1m");
        Connection busy = narrow.connect("");
        RawClient client = RawClient.connect(narrow.port())) {
      byte[] key = keyOf(client);
      busy.setAutoCommit(false);
      run(busy, update(0, "'x'"));
      for (String sql : List.of(update(0, "'y'"), "update users set name = 'y'")) {
        client.send(query(sql));
        Await.until("it waits", () -> waiting(narrow) > 0);
        try (RawClient canceller = RawClient.connect(narrow.port())) {
          canceller.send(CANCEL).send(key).readAll();
        }
        assertThat(whole(client)).contains("C57014\0").endsWith("I");
      }
      busy.rollback();
      assertThat(ask(client, update(0, "'y'"))).contains("UPDATE 1\0");
      Await.until("nothing is in hand", () -> narrow.inFlight() == 0);
    }
  }

  @Test
  void whoReadsNoAnswersIsNotReadFrom() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection other = front.connect("");
        RawClient client = client()) {
      Future<?> sending = threads.submit(() -> sendMany(client, sent));
      Await.until(
          "it is stopped", Duration.ofMinutes(1), () -> sent.get() > 3 && stands(sent, other));
      assertThat(sending.isDone()).isFalse();
      for (int i = 0; i < 2000; i++) {
        assertThat(whole(client)).endsWith("I");
      }
      client.reset();
    }
  }

  @Test
  void whoReadsNothingKeepsNoLocksForEver() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        TestFront hasty = TestFront.over(cluster, "idle-transaction-timeout: 500ms");
        RawClient client = Wire.loggedIn(hasty.port(), "shop", "shop")) {
      ask(client, "begin");
      ask(client, update(0, "'x'"));
      ask(client, update(1, "'x'"));
      threads.submit(() -> sendMany(client, new AtomicInteger()));
      Await.until("all is given back", Duration.ofSeconds(30), () -> hasty.inFlight() == 0);
    }
  }

  /** Sends empty queries without end, nearly. */
  private static Void sendMany(RawClient client, AtomicInteger sent) throws IOException {
    byte[] one = query("");
    ByteBuffer many = ByteBuffer.allocate(1000 * one.length);
    while (many.hasRemaining()) {
      many.put(one);
    }
    for (int i = 0; i < 10_000; i++) {
      client.send(many.array());
      sent.incrementAndGet();
    }
    return null;
  }

  /** Whether the count does not grow while another client is served a few times. */
  private static boolean stands(AtomicInteger count, Connection other) {
    int before = count.get();
    try {
      for (int i = 0; i < 200; i++) {
        TestFront.ask(other, "select 1");
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return count.get() == before;
  }

  private static double waiting(TestFront at) {
    return at.signals.samples().stream()
        .filter(sample -> sample.series().metric() == Metric.SQL_WAITING)
        .mapToDouble(sample -> sample instanceof Signals.Sample.Value of ? of.value() : 0)
        .sum();
  }

  /** Logs in; the key by which the client's statements are cancelled. */
  private static byte[] keyOf(RawClient client) throws Exception {
    client.send(Wire.startup(3 << 16, "user\0shop\0database\0shop\0"));
    Wire.logIn(client, "shop");
    client.readUntil("K\0\0\0\u000c");
    byte[] key = client.read(8);
    whole(client);
    return key;
  }
}
