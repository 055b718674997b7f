package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.CountingClients;
import dev.terrace.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks for the same at once, where results are kept, waits for one answer. */
final class CacheJoinTest {

  private static final int CLIENTS = 8;

  private static final String ONE = "select n from counters where id = 1";

  private static final int HELD_UP_BYTES = 7_000_000;
  private static final int TOO_MANY_BYTES = 9_000_000;
  private static final String BUSY =
      "select sum(n) - count(*) from counters, generate_series(1, 9000000) where id = 1";

  private static CachedStore store;
  private static PostgresServer server;

  private long joinedBefore;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeAll
  static void start() throws Exception {
    store =
        CachedStore.start(
            2,
            0,
            CountingClients.TABLE,
            "cache: {memory: 64MB, max-result: 8MB}",
            "counters: {store: shop, shard: hash(id), cache: {ttl: 1h}}");
    try (Connection connection = store.connect()) {
      CountingClients.fill(connection);
    }
    PostgresServer first = store.cluster().primary(0);
    boolean there = TestFront.askServer(first, ONE).equals("0");
    server = there ? first : store.cluster().primary(1);
    store.awaitCatalogue();
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @BeforeEach
  void purge() {
    store.front().purge("shop");
    joinedBefore = joined();
  }

  @AfterEach
  void end() {
    threads.close();
  }

  private static String atServer(String sql) {
    try {
      return TestFront.askServer(server, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static int blocked() {
    return Integer.parseInt(atServer("select count(distinct pid) from pg_locks where not granted"));
  }

  /** Keeps the table's readers waiting until it is closed. */
  private static Connection lock() throws SQLException {
    Connection locks = server.connect();
    locks.setAutoCommit(false);
    run(locks, "lock table counters in access exclusive mode");
    return locks;
  }

  private Future<String> asks(Connection connection, String sql) {
    return threads.submit(() -> ask(connection, sql));
  }

  private static long joined() {
    return store.events("joined");
  }

  private static long sentToServer() {
    return store.statements("primary") + store.statements("replica");
  }

  private void awaitJoined(int more) {
    Await.until(more + " wait for another", () -> joined() == joinedBefore + more);
  }

  private static String large(int bytes) {
    return "select repeat('x', " + bytes + "), n from counters where id = 1";
  }

  @ParameterizedTest
  @CsvSource({
    "preferQueryMode=simple, select n from counters where id = 1",
    "prepareThreshold=0, select n from counters where id = 1",
    "prepareThreshold=1, select n from counters where id = 1",
    "preferQueryMode=simple, select sum(n) from counters",
    "prepareThreshold=0, select sum(n) from counters"
  })
  void oneAsksForAll(String options, String sql) throws Exception {
    List<Connection> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(store.connect(options));
    }
    long sent = sentToServer();
    long hits = store.events("hit");
    List<Future<String>> answers = new ArrayList<>();
    try (Connection locks = lock()) {
      clients.forEach(client -> answers.add(asks(client, sql)));
      awaitJoined(CLIENTS - 1);
      Await.until("one asks", () -> blocked() == 1);
      assertThat(store.events("hit")).isEqualTo(hits);
      locks.rollback();
    }
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("0");
    }
    if (sql.equals(ONE)) {
      assertThat(sentToServer()).isEqualTo(sent + 1);
    }
    assertThat(store.events("hit")).isEqualTo(hits + CLIENTS - 1);
    for (Connection client : clients) {
      assertThat(ask(client, sql)).isEqualTo("0");
      assertThat(run(client, "update counters set n = n where id = 2")).isEqualTo(1);
      client.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=0"})
  void nobodyIsGivenWhatWasAskedForBeforeAWrite(String options) throws Exception {
    try (Connection first = store.connect(options);
        Connection early = store.connect(options);
        Connection late = store.connect(options);
        Connection writer = store.connect()) {
      Future<String> asked = asks(first, BUSY);
      Await.until("it runs", () -> running() == 1);
      Future<String> waits = asks(early, BUSY);
      awaitJoined(1);
      run(writer, "update counters set n = n + 1 where id = 1");
      assertThat(running()).as("what was asked for before is not there yet").isEqualTo(1);
      assertThat(ask(late, BUSY)).isEqualTo("0");
      assertThat(joined()).as("it asked for itself").isEqualTo(joinedBefore + 1);
      assertThat(asked.get()).as("it began before the write").isEqualTo("-9000000");
      assertThat(waits.get()).isEqualTo("0");
      run(writer, "update counters set n = n - 1 where id = 1");
    }
  }

  private static int running() {
    return Integer.parseInt(
        atServer(
            "select count(*) from pg_stat_activity where state = 'active' and backend_xmin is not null"
                + " and query like '%generate_series%' and pid <> pg_backend_pid()"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"preferQueryMode=simple", "prepareThreshold=0"})
  void whoWaitsGoesOnByItselfWhenTheOtherGivesUp(String options) throws Exception {
    for (boolean leaves : new boolean[] {false, true}) {
      long before = joined();
      try (Connection first = store.connect(options);
          Connection second = store.connect(options);
          Connection third = store.connect(options);
          Connection locks = lock();
          Statement statement = first.createStatement()) {
        Future<?> asked = threads.submit(() -> statement.executeQuery(ONE));
        Await.until("it waits for the lock", () -> blocked() == 1);
        List<Future<String>> waiting = List.of(asks(second, ONE), asks(third, ONE));
        Await.until("both wait", () -> joined() == before + 2);
        if (leaves) {
          first.abort(Runnable::run);
        } else {
          statement.cancel();
        }
        assertThatThrownBy(asked::get).isInstanceOf(ExecutionException.class);
        Await.until("both ask", () -> blocked() >= 2);
        locks.rollback();
        for (Future<String> each : waiting) {
          assertThat(each.get()).isEqualTo("0");
        }
      }
      store.front().purge("shop");
    }
  }

  @Test
  void whoWaitsMayBeCancelled() throws Exception {
    try (Connection first = store.connect();
        Connection second = store.connect();
        Connection locks = lock();
        Statement statement = second.createStatement()) {
      Future<String> asked = asks(first, ONE);
      Await.until("it waits for the lock", () -> blocked() == 1);
      Future<?> waits = threads.submit(() -> statement.executeQuery(ONE));
      awaitJoined(1);
      statement.cancel();
      assertThatThrownBy(waits::get)
          .cause()
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      assertThat(ask(second, "select 1")).isEqualTo("1");
      locks.rollback();
      assertThat(asked.get()).isEqualTo("0");
      assertThat(ask(second, ONE)).isEqualTo("0");
    }
  }

  @Test
  void whatIsTooLargeToBeKeptEachAsksFor() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    try (Connection first = store.connect();
        Connection second = store.connect();
        Connection third = store.connect();
        Connection locks = lock()) {
      answers.add(asks(first, large(TOO_MANY_BYTES)));
      Await.until("it waits for the lock", () -> blocked() == 1);
      answers.add(asks(second, large(TOO_MANY_BYTES)));
      answers.add(asks(third, large(TOO_MANY_BYTES)));
      awaitJoined(2);
      locks.rollback();
      for (Future<String> answer : answers) {
        assertThat(answer.get()).hasSize(TOO_MANY_BYTES);
      }
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsNobodyElseUp() throws Exception {
    byte[] query =
        Wire.message('Q', (large(HELD_UP_BYTES) + "\0").getBytes(StandardCharsets.UTF_8));
    try (RawClient deaf = Wire.loggedIn(store.port(), "shop", "shop");
        RawClient other = Wire.loggedIn(store.port(), "shop", "shop");
        Connection locks = lock()) {
      deaf.socket().setReceiveBufferSize(4096);
      deaf.send(query);
      Await.until("it waits for the lock", () -> blocked() == 1);
      other.send(query);
      awaitJoined(1);
      locks.rollback();
      other.socket().getInputStream().skipNBytes(HELD_UP_BYTES);
      assertThat(other.readUntil("Z\0\0\0\u0005I")).contains("SELECT 1");
    }
  }
}
