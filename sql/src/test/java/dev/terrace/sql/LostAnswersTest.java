package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static dev.terrace.sql.Wire.text;
import static dev.terrace.sql.Wire.whole;
import static dev.terrace.testkit.SharedPostgres.userOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.place.Key;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.SharedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a client is told of its pipelines and transactions is so, whatever order the messages have
 * and whenever a server is lost; and it sees its writes that may have been done. The cluster is
 * this test's own.
 */
final class LostAnswersTest {

  private static final byte[] SYNC = Wire.message('S');
  private static final byte[] FLUSH = Wire.message('H');
  private static final String SIMPLE = "preferQueryMode=simple";

  private static PostgresCluster cluster;
  private static TestFront front;
  private static long last = 1000;

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
              create function note(bigint) returns bigint language sql
                as 'insert into users values ($1, ''noted'') returning id';
              create table words (word text primary key, n int);
              create function refuse() returns trigger language plpgsql
                as 'begin raise exception ''refused at the end''; end';
              create constraint trigger late after insert on words
                deferrable initially deferred for each row execute function refuse();
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
  }

  private static long freshOn(int shard) {
    last = userOn(shard, last + 1);
    return last;
  }

  private static String insert(long id) {
    return "insert into users (id, name) values (" + id + ", 'new')";
  }

  private static String update(int shard) {
    return "update users set name = 'x' where id = " + userOn(shard);
  }

  private static String primary(String what, int shard) {
    return "/* terrace: primary */ select " + what + " from users where id = " + userOn(shard);
  }

  private static boolean isThere(long id) throws SQLException {
    int shard = SharedPostgres.placement("users").locate(new Key.Whole(id)).shard();
    String count = "select count(*) from users where id = " + id;
    return TestFront.askServer(cluster.primary(shard), count).equals("1");
  }

  /** Cuts all connections to a primary, one of which is in use, which Terrace notices. */
  private static void cut(int shard) throws Exception {
    int before = front.inFlight();
    TestFront.askServer(
        cluster.primary(shard),
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type ="
            + " 'client backend' and usename = 'shop' and pid <> pg_backend_pid()");
    Await.until("the loss is noticed", () -> front.inFlight() < before);
  }

  private static RawClient client() throws Exception {
    return Wire.loggedIn(front.port(), "shop", "shop");
  }

  private static String query(RawClient client, String sql) throws Exception {
    return whole(client.send(Wire.message('Q', text(sql))));
  }

  /** Sends statements as one pipeline. */
  private static RawClient pipeline(RawClient client, byte[] end, String... statements)
      throws Exception {
    for (String sql : statements) {
      client.send(Wire.message('P', text(""), text(sql), new byte[2]));
      client.send(Wire.message('B', text(""), text(""), new byte[6]));
      client.send(Wire.message('E', text(""), new byte[4]));
    }
    return client.send(end);
  }

  private static boolean tellsOfALoss(String answer) {
    return answer.contains("C57P01\0") || answer.contains("C08006\0");
  }

  @Test
  void aTransactionMayBeginInTheMidstOfAPipeline() throws Exception {
    long id = freshOn(0);
    try (RawClient client = client()) {
      String read = primary("name", 0);
      assertThat(whole(pipeline(client, SYNC, read, "begin"))).contains("BEGIN\0").endsWith("T");
      query(client, insert(id));
      query(client, "rollback");
      query(client, "begin");
      query(client, update(0));
      assertThat(whole(pipeline(client, SYNC, "commit", "begin"))).endsWith("T");
      query(client, insert(id));
      query(client, "rollback");
    }
    assertThat(isThere(id)).isFalse();
  }

  @Test
  void settingsOfThatTransactionAreItsOwn() throws Exception {
    try (RawClient client = client()) {
      query(client, "begin");
      query(client, "set work_mem = '7MB'");
      query(client, primary("name", 0));
      whole(pipeline(client, SYNC, "commit", "begin", "commit"));
      assertThat(query(client, primary("current_setting('work_mem')", 0))).contains("7MB");
      String read = primary("name", 0);
      whole(pipeline(client, SYNC, read, "begin", "set work_mem = '9MB'", read, "rollback"));
      assertThat(query(client, primary("current_setting('work_mem')", 0))).contains("7MB");
      assertThat(query(client, "show work_mem")).contains("7MB");
    }
    try (Connection other = front.connect(SIMPLE)) {
      for (int i = 0; i < 5; i++) {
        assertThat(ask(other, primary("current_setting('work_mem')", 0))).isEqualTo("4MB");
      }
    }
  }

  @Test
  void aTransactionThatTheServerRefusesIsNone() throws Exception {
    long id = freshOn(0);
    try (Connection connection = front.connect(SIMPLE)) {
      run(connection, "begin tran");
      assertThatThrownBy(() -> run(connection, insert(id)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42601"));
      run(connection, "rollback");
      run(connection, "begin tran");
      run(connection, "set local work_mem = '5MB'");
      assertThatThrownBy(() -> run(connection, insert(id))).isInstanceOf(SQLException.class);
      run(connection, "rollback");
      assertThat(ask(connection, primary("1", 0))).isEqualTo("1");
    }
    assertThat(isThere(id)).isFalse();
  }

  @Test
  void whatFollowsAFailureInAPipelineIsSkippedOverShardsToo() throws Exception {
    try (RawClient client = client()) {
      query(client, "begin");
      query(client, update(0));
      String fails = "update users set name = (1 / (id - id))::text where id = " + userOn(1);
      assertThat(whole(pipeline(client, SYNC, fails, "commit")))
          .contains("C22012\0")
          .doesNotContain("ROLLBACK")
          .endsWith("E");
      assertThat(query(client, "rollback")).contains("ROLLBACK\0").endsWith("I");
    }
  }

  @Test
  void aSimpleQueryEndsThePipelineBeforeIt() throws Exception {
    long id = freshOn(0);
    for (String sql : new String[] {"", "show terrace.after", primary("1", 1), primary("1", 0)}) {
      try (RawClient client = client()) {
        String statement = id == last ? insert(id) : update(0);
        pipeline(client, FLUSH, statement).readUntil(" 1\0");
        assertThat(query(client, sql)).as(sql).endsWith("I");
        assertThat(isThere(id)).isTrue();
      }
      last = userOn(0, last + 1);
    }
  }

  @Test
  void whatWasAnsweredBeforeASyncIsNotDoneWithoutIt() throws Exception {
    long first = freshOn(0);
    long second = freshOn(0);
    try (RawClient client = client()) {
      pipeline(client, FLUSH, insert(first)).readUntil("INSERT 0 1\0");
      cut(0);
      String answer = whole(client.send(SYNC));
      assertThat(tellsOfALoss(answer)).as(answer).isTrue();
      pipeline(client, FLUSH, insert(first)).readUntil("INSERT 0 1\0");
      cut(0);
      answer = whole(pipeline(client, SYNC, insert(second)));
      assertThat(tellsOfALoss(answer)).as(answer).isTrue();
      pipeline(client, FLUSH, "set work_mem = '7MB'").readUntil("SET\0");
      int shard = front.inFlight("shop/0/primary") > 0 ? 0 : 1;
      cut(shard);
      answer = whole(pipeline(client, SYNC, insert(second)));
      assertThat(tellsOfALoss(answer)).as(answer).isTrue();
      assertThat(query(client, "show work_mem")).contains("4MB");
    }
    assertThat(isThere(first) || isThere(second)).isFalse();
  }

  @Test
  void aServerIsLostWhileTheOthersWaitForTheEnd() throws Exception {
    try (RawClient client = client()) {
      query(client, "begin");
      query(client, update(0));
      String slow = "update users set name = 'x' || pg_sleep(30)::text where id = " + userOn(1);
      pipeline(client, SYNC, slow, "commit");
      awaitSleeper(1);
      cut(1);
      String answer = whole(client);
      assertThat(tellsOfALoss(answer)).as(answer).isTrue();
      assertThat(answer).doesNotContain("COMMIT");
      query(client, "rollback");
      assertThat(query(client, update(0))).contains("UPDATE 1").endsWith("I");
    }
  }

  private static void awaitSleeper(int shard) {
    String sleeper =
        "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and state = 'active'";
    Await.until(
        "it sleeps",
        () -> {
          try {
            return TestFront.askServer(cluster.primary(shard), sleeper).equals("1");
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void whoHasLeftSomethingAtALostServerIsSentAway() throws Exception {
    try (Connection connection = front.connect(SIMPLE + "&socketTimeout=8")) {
      run(connection, "/* terrace: shard=0 */ create temp table mine (i int)");
      connection.setAutoCommit(false);
      run(connection, update(0));
      run(connection, update(1));
      cut(0);
      assertThatThrownBy(connection::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
    }
  }

  @Test
  void aChainedTransactionIsOneAfterALossToo() throws Exception {
    long id = freshOn(0);
    try (Connection connection = front.connect(SIMPLE)) {
      run(connection, "begin");
      run(connection, update(0));
      cut(0);
      run(connection, "rollback and chain");
      run(connection, insert(id));
      run(connection, "rollback");
    }
    assertThat(isThere(id)).isFalse();
  }

  private static void seesOnThePrimary(TestFront its, Connection connection, long id)
      throws SQLException {
    assertThat(isThere(id)).isTrue();
    its.replicasHold(Duration.ofMinutes(1));
    String where = "select pg_is_in_recovery() from users where id = " + id;
    assertThat(ask(connection, where)).as("a replica is asked that may lack it").isEqualTo("f");
  }

  @Test
  void aWriteThatMayHaveBeenDoneIsSeenAfterwards() throws Exception {
    long id = freshOn(0);
    String all =
        "begin; " + insert(id) + "; commit; select pg_sleep(30) from users where id = " + id;
    try (Connection connection = front.connect(SIMPLE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> cutting =
          threads.submit(() -> {
            awaitSleeper(0);
            cut(0);
            return null;
          });
      assertThatThrownBy(() -> run(connection, all)).isInstanceOf(SQLException.class);
      cutting.get();
      seesOnThePrimary(front, connection, id);
    }
  }

  @Test
  void aWriteThatACommitAndChainHasDoneIsSeenAfterwards() throws Exception {
    long id = freshOn(0);
    try (Connection connection = front.connect(SIMPLE)) {
      run(connection, "begin");
      run(connection, insert(id));
      run(connection, "commit and chain");
      cut(0);
      assertThatThrownBy(() -> run(connection, update(0))).isInstanceOf(SQLException.class);
      run(connection, "rollback");
      seesOnThePrimary(front, connection, id);
    }
  }

  @Test
  void aWriteBesideASettingIsSeenAfterwards() throws Exception {
    long id = freshOn(0);
    String both = "/* terrace: shard=0 */ select set_config('app.x', '1', false), note(" + id + ")";
    try (Connection connection = front.connect(SIMPLE)) {
      ask(connection, both);
      seesOnThePrimary(front, connection, id);
    }
  }

  @Test
  void itIsCommittedWithTheOthersOrNot() throws Exception {
    long id = freshOn(0);
    String both = "/* terrace: shard=0 */ select set_config('app.x', '1', true), note(" + id + ")";
    String late = "/* terrace: shard=1 */ insert into words (word, n) values ('w', 1)";
    try (Connection connection = front.connect(SIMPLE)) {
      run(connection, "begin");
      ask(connection, both);
      run(connection, late);
      assertThatThrownBy(() -> run(connection, "commit"))
          .hasMessageContaining("refused at the end");
      assertThat(isThere(id)).isFalse();
    }
    try (TestFront oneByOne = TestFront.over(cluster, "across-shards: one-by-one");
        Connection connection = oneByOne.connect(SIMPLE)) {
      run(connection, "begin");
      run(connection, insert(id));
      run(connection, late);
      assertThatThrownBy(() -> run(connection, "commit"))
          .hasMessageContaining("refused at the end");
      seesOnThePrimary(oneByOne, connection, id);
    }
  }
}
