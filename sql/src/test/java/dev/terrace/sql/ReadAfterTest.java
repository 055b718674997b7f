package dev.terrace.sql;

import static dev.terrace.sql.TestFront.ask;
import static dev.terrace.sql.TestFront.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Tokens by which one session's reads follow another's writes. */
final class ReadAfterTest extends FrontTest {

  private static final String READS = "{from: replicas, max-lag: 10s, read-your-writes: true%s}";

  private static long next = 7_000_000;

  @BeforeAll
  static void start() throws Exception {
    front = TestFront.over(TestFront.sharedCluster(), "", READS.formatted(""), 2);
  }

  @BeforeEach
  void replicasAreCloseAndHoldNothing() {
    front.replicasHold(Duration.ZERO);
  }

  private static long noteOn(int shard) {
    next = SharedPostgres.userOn(shard, next + 1);
    return next;
  }

  private static String write(long note) {
    return "insert into notes (id, body) values (" + note + ", 'x')";
  }

  private static String recovery(long note) {
    return "select pg_is_in_recovery() from (select count(*) from notes where id = " + note + ") n";
  }

  private static void replayed(int shard, LogMark mark) {
    for (PoolMember member : front.pools.get("shop/" + shard + "/replicas").snapshot().members()) {
      front.progress.note(member.id(), new Progress(System.nanoTime(), Duration.ZERO, 0, mark));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepareThreshold=0",
        "prepareThreshold=1",
        "preferQueryMode=simple",
        "preferQueryMode=extendedForPrepared"
      })
  void anotherSessionReadsNothingOlder(String options) throws Exception {
    long note = noteOn(0);
    try (Connection writer = front.connect(options);
        Connection reader = front.connect(options)) {
      assertThat(ask(writer, "show terrace.after")).isEmpty();
      run(writer, write(note));
      String token = ask(writer, "show terrace.after");
      assertThat(ask(writer, "SHOW terrace.after")).as("asked again").isEqualTo(token);
      ReadAfter after = ReadAfter.parse(token);
      assertThat(after.marks()).containsOnlyKeys(0);
      assertThat(ask(reader, recovery(note))).isEqualTo("t");
      run(reader, "set terrace.after = '" + token + "'");
      assertThat(ask(reader, recovery(note))).as("no replica is as far").isEqualTo("f");
      assertThat(ask(reader, recovery(noteOn(1)))).as("the other shard").isEqualTo("t");
      LogMark mark = after.of(0).orElseThrow();
      replayed(0, new LogMark(mark.timeline(), new Lsn(mark.lsn().bytes() - 1)));
      assertThat(ask(reader, recovery(note))).isEqualTo("f");
      replayed(0, mark);
      assertThat(ask(reader, recovery(note))).as("it has come as far").isEqualTo("t");
      assertThat(ask(reader, "show terrace.after")).as("it passes it on").isEqualTo(token);
      run(reader, "reset terrace.after");
      replayed(0, new LogMark(1, Lsn.START));
      assertThat(ask(reader, recovery(note))).isEqualTo("t");
    }
  }

  @Test
  void theTokenIsBehindWhatWasWritten() throws Exception {
    long note = noteOn(0);
    try (Connection writer = front.connect()) {
      String before =
          TestFront.askServer(front.cluster().primary(0), "select pg_current_wal_lsn()");
      run(writer, write(note));
      LogMark mark = ReadAfter.parse(ask(writer, "show terrace.after")).of(0).orElseThrow();
      assertThat(mark.timeline()).isEqualTo(1);
      assertThat(mark.lsn()).isGreaterThan(Lsn.parse(before));
      Await.until(
          "the replica gets that far",
          () -> {
            try {
              return Lsn.parse(
                          TestFront.askServer(
                              front.cluster().replica(0, 0), "select pg_last_wal_replay_lsn()"))
                      .compareTo(mark.lsn())
                  >= 0;
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void writesToSeveralShardsAreInOneToken() throws Exception {
    try (Connection writer = front.connect()) {
      run(writer, write(noteOn(0)));
      run(writer, write(noteOn(1)));
      assertThat(ReadAfter.parse(ask(writer, "show terrace.after")).marks()).containsOnlyKeys(0, 1);
      run(writer, "update labels set text = 'x' where id = -1");
      assertThat(ReadAfter.parse(ask(writer, "show terrace.after")).marks()).containsOnlyKeys(0, 1);
    }
  }

  @Test
  void itMayBeGivenAtTheStart() throws Exception {
    long note = noteOn(1);
    String token;
    try (Connection writer = front.connect()) {
      run(writer, write(note));
      token = ask(writer, "show terrace.after");
    }
    try (Connection reader = front.connect("options=-c%20terrace.after=" + token)) {
      assertThat(ask(reader, recovery(note))).isEqualTo("f");
      assertThat(ask(reader, "show terrace.after")).isEqualTo(token);
    }
    assertThatThrownBy(() -> front.connect("options=-c%20terrace.after=nonsense"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }

  @Test
  void aWrongTokenIsRefusedAndChangesNothing() throws Exception {
    try (Connection connection = front.connect()) {
      for (String wrong : new String[] {"'x'", "'AQABBQ'", "'!!!'", "nonsense"}) {
        assertThatThrownBy(() -> run(connection, "set terrace.after = " + wrong))
            .isInstanceOfSatisfying(
                SQLException.class,
                e -> {
                  assertThat(e.getSQLState()).isEqualTo("22023");
                  assertThat(e.getMessage()).contains("terrace.after", "SHOW terrace.after");
                });
      }
      assertThat(ask(connection, recovery(noteOn(0)))).isEqualTo("t");
    }
    try (Connection simple = front.connect("preferQueryMode=simple")) {
      assertThatThrownBy(() -> ask(simple, "set terrace.after = ''; select 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }
  }

  @Test
  void itIsShownInATransactionAndAsAPreparedStatement() throws Exception {
    try (Connection connection = front.connect("prepareThreshold=1")) {
      run(connection, write(noteOn(0)));
      connection.setAutoCommit(false);
      run(connection, write(noteOn(0)));
      String inside = ask(connection, "show terrace.after");
      assertThat(ReadAfter.parse(inside).marks()).containsOnlyKeys(0);
      connection.commit();
      connection.setAutoCommit(true);
      try (PreparedStatement show = connection.prepareStatement("show terrace.after")) {
        for (int i = 0; i < 3; i++) {
          try (ResultSet rows = show.executeQuery()) {
            assertThat(rows.getMetaData().getColumnLabel(1)).isEqualTo("terrace.after");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isNotEqualTo(inside);
            assertThat(rows.next()).isFalse();
          }
        }
      }
      assertThat(front.inFlight()).isZero();
    }
  }

  @Test
  void aReadMayWaitForAReplica() throws Exception {
    try (TestFront waiting =
            TestFront.over(front.cluster(), "", READS.formatted(", max-wait: 20s"), 2);
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        Connection connection = waiting.connect()) {
      long note = noteOn(0);
      run(connection, write(note));
      later.schedule(() -> waiting.replicasHold(Duration.ofNanos(-1)), 200, TimeUnit.MILLISECONDS);
      assertThat(ask(connection, recovery(note))).as("it has waited").isEqualTo("t");
    }
  }

  @Test
  void theTokenIsReportedUnaskedIfTheFileSaysSo() throws Exception {
    try (TestFront reporting =
        TestFront.over(front.cluster(), "", READS.formatted(", report-token: true"), 2)) {
      for (String options : new String[] {"", "preferQueryMode=simple", "prepareThreshold=1"}) {
        try (Connection connection = reporting.connect(options)) {
          PGConnection driver = connection.unwrap(PGConnection.class);
          assertThat(driver.getParameterStatus("terrace.after")).isNull();
          run(connection, write(noteOn(0)));
          String first = driver.getParameterStatus("terrace.after");
          assertThat(ReadAfter.parse(String.valueOf(first)).marks()).containsOnlyKeys(0);
          assertThat(ask(connection, "show terrace.after")).isEqualTo(first);
          connection.setAutoCommit(false);
          run(connection, write(noteOn(1)));
          assertThat(driver.getParameterStatus("terrace.after")).isEqualTo(first);
          connection.commit();
          assertThat(
                  ReadAfter.parse(String.valueOf(driver.getParameterStatus("terrace.after")))
                      .marks())
              .containsOnlyKeys(0, 1);
        }
      }
    }
  }
}
