package dev.terrace.engines.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.LagLimit;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.engine.StoreSettings;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresHealthTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  private static final LagLimit LIMIT = LagLimit.of(Duration.ofMillis(300));

  private final StoreRoles roles = new StoreRoles();
  private final ReplicaProgress progress = new ReplicaProgress();
  private final PostgresHealth health = new PostgresHealth(roles, progress);
  private final StoreSettings settings = PostgresEngineTest.settings(TIMEOUT);
  private final ShardProbes probes = health.probes(settings, 1, LIMIT).getFirst();
  private final Member primary = Member.of(cluster.primary(0).address());
  private final Member replica = Member.of(cluster.replica(0, 0).address());

  @BeforeEach
  void declare() {
    roles.declare(new Shard(settings.store(), 0), primary.id(), List.of(replica.id()));
  }

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

  /** Checks both as they are checked in turn; what came of the replica's check. */
  private String replicaAfterPrimary() {
    reason(probes.primary(), primary);
    return reason(probes.replica(), replica);
  }

  private static String reason(Probe probe, Member member) {
    try {
      return switch (probe.probe(member, TIMEOUT)) {
        case ProbeResult.Passed() -> "passed";
        case ProbeResult.Failed(String why) -> why;
        case ProbeResult.Undecided(String why) -> "undecided: " + why;
      };
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachPassesInItsRoleAndFailsInTheOther() {
    assertThat(reason(probes.primary(), primary)).contains("undecided", "not all others");
    assertThat(reason(probes.replica(), replica)).contains("undecided", "how far");
    assertThat(reason(probes.primary(), primary)).isEqualTo("passed");
    Await.until("it follows", () -> reason(probes.replica(), replica).equals("passed"));
    assertThat(reason(probes.primary(), replica)).contains("it is a replica");
    assertThat(reason(probes.replica(), primary)).contains("not a replica");
  }

  @Test
  void sameStoreSameProbes() {
    assertThat(health.probes(settings, 1, LagLimit.of(Duration.ofMillis(300))))
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
        () -> replicaAfterPrimary().equals("passed") && progress.holds(replica.id(), written));
  }

  @Test
  void aReplicaThatDoesNotReplayFallsBehindAndRecovers() throws Exception {
    reason(probes.primary(), primary);
    reason(probes.replica(), replica);
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
    reason(probes.primary(), primary);
    reason(probes.replica(), replica);
    cluster.replica(0, 0).pause();
    try {
      long start = System.nanoTime();
      assertThat(reason(probes.replica(), replica)).contains("no answer");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    } finally {
      cluster.replica(0, 0).resume();
    }
    Await.until("it answers again", () -> replicaAfterPrimary().equals("passed"));
    roles.declare(
        new Shard(settings.store(), 0), primary.id(), List.of(replica.id(), "127.0.0.1:1"));
    assertThat(reason(probes.primary(), Member.of("127.0.0.1:1"))).contains("cannot connect");
  }
}
