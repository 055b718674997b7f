package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engines.postgresql.PostgresHealth.ShardProbes;
import dev.terrace.net.health.Probe;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresHealthTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  private final ReplicaProgress progress = new ReplicaProgress();
  private final Signals signals = new Signals();
  private final PostgresHealth health = new PostgresHealth(progress, signals);
  private final ShardProbes probes =
      health.probes(PostgresEngineTest.settings(TIMEOUT), 1, Duration.ofMillis(300)).getFirst();
  private final Member primary = Member.of(cluster.primary(0).address());
  private final Member replica = Member.of(cluster.replica(0, 0).address());

  @BeforeAll
  static void start() {
    cluster = PostgresCluster.start(PostgresSpec.of(1, 1));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @AfterEach
  void close() {
    health.close();
  }

  private static String reason(Probe probe, Member member) {
    try {
      return probe.probe(member, TIMEOUT) instanceof ProbeResult.Failed(String why)
          ? why
          : "passed";
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachPassesInItsRoleAndFailsInTheOther() {
    assertThat(reason(probes.primary(), primary)).isEqualTo("passed");
    assertThat(reason(probes.replica(), replica)).isEqualTo("passed");
    assertThat(reason(probes.primary(), replica)).contains("replica");
    assertThat(reason(probes.replica(), primary)).contains("not a replica");
  }

  @Test
  void sameStoreSameProbes() {
    assertThat(health.probes(PostgresEngineTest.settings(TIMEOUT), 1, Duration.ofMillis(300)))
        .isEqualTo(List.of(probes));
  }

  @Test
  void aReplicaIsProvenToHoldAWriteOnceBothWereChecked() throws Exception {
    cluster.primary(0).execute("CREATE TABLE IF NOT EXISTS lag (id int)");
    cluster.primary(0).execute("INSERT INTO lag VALUES (1)");
    long written = System.nanoTime();
    assertThat(progress.holds(replica.id(), written)).isFalse();
    Await.until(
        "the replica holds the write",
        () ->
            reason(probes.primary(), primary).equals("passed")
                && reason(probes.replica(), replica).equals("passed")
                && progress.holds(replica.id(), written));
    assertThat(signals.samples()).anyMatch(s -> s.series().metric() == Metric.SQL_REPLICA_LAG);
  }

  @Test
  void aReplicaThatDoesNotReplayFallsBehindAndRecovers() throws Exception {
    reason(probes.primary(), primary);
    cluster.replica(0, 0).execute("SELECT pg_wal_replay_pause()");
    try {
      cluster.primary(0).execute("CREATE TABLE IF NOT EXISTS lag (id int)");
      cluster.primary(0).execute("INSERT INTO lag VALUES (2)");
      long written = System.nanoTime();
      Await.until(
          "it is said to lag",
          () -> {
            reason(probes.primary(), primary);
            return reason(probes.replica(), replica).contains("behind");
          });
      assertThat(progress.holds(replica.id(), written)).isFalse();
    } finally {
      cluster.replica(0, 0).execute("SELECT pg_wal_replay_resume()");
    }
    Await.until(
        "it caught up",
        () -> {
          reason(probes.primary(), primary);
          return reason(probes.replica(), replica).equals("passed");
        });
  }

  @Test
  void aServerThatHangsFailsInTime() throws Exception {
    reason(probes.replica(), replica);
    cluster.replica(0, 0).pause();
    try {
      long start = System.nanoTime();
      assertThat(reason(probes.replica(), replica)).contains("no answer");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    } finally {
      cluster.replica(0, 0).resume();
    }
    Await.until("it answers again", () -> reason(probes.replica(), replica).equals("passed"));
    assertThat(reason(probes.primary(), Member.of("127.0.0.1:1"))).contains("cannot connect");
  }
}
