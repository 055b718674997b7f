package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** Write-back while its database is down: writes go on, pile up within limits, and are stored. */
class KvWriteBackOutageTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  @BeforeAll
  static void start() {
    cluster = PostgresCluster.start(PostgresSpec.of(2, 1));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void writesGoOnWhileTheDatabaseIsDownAndAreStoredOnce() throws Exception {
    try (BackRig back = BackRig.start(cluster, folder, "");
        Jedis c = back.client()) {
      for (int i = 0; i < 50; i++) {
        c.set("bcounter:" + i, "0");
      }
      back.flushed();
      // The keys are known: what they are changed from need not be asked.
      for (int i = 0; i < 50; i++) {
        c.get("bcounter:" + i);
      }
      cluster.primary(0).stop();
      for (int i = 0; i < 5000; i++) {
        c.incr("bcounter:" + i % 50);
      }
      assertThat(c.get("bcounter:7")).isEqualTo("100");
      assertThat(back.state().dirtyKeys()).isEqualTo(50);
      assertThat(back.state().journalBytes()).isLessThan(2_000_000);
      cluster.primary(0).start();
      back.flushed();
      assertThat(back.rig.sql(0, "SELECT DISTINCT n FROM counters")).containsExactly("100");
      c.incr("bcounter:7");
      assertThat(c.get("bcounter:7")).isEqualTo("101");
    }
  }

  @Test
  void whatAStoppedTerraceCouldNotStoreIsStoredAfterItsNextStart() throws Exception {
    try (BackRig back = BackRig.start(cluster, folder, "");
        Jedis c = back.client()) {
      c.set("bcounter:1", "1");
      c.hset("bitem:1", Map.of("name", "x", "stock", "1"));
      back.flushed();
      c.get("bcounter:1");
      cluster.primary(0).stop();
      c.incrBy("bcounter:1", 41);
      back.rig.front.drain(Duration.ofMillis(300)).join();
    }
    try (BackRig back = BackRig.resume(cluster, folder, "");
        Jedis c = back.client()) {
      // Nothing stale is served before the store has it.
      assertThatThrownBy(() -> c.get("bcounter:1")).hasMessageContaining("LOADING");
      cluster.primary(0).start();
      back.flushed();
      Await.until(
          "it is served",
          Duration.ofSeconds(20),
          () -> {
            try {
              return "42".equals(c.get("bcounter:1"));
            } catch (JedisDataException e) {
              return false;
            }
          });
      assertThat(back.rig.sql(0, "SELECT n FROM counters WHERE id = 1")).containsExactly("42");
    }
  }

  @Test
  void aFullJournalSlowsDownThenWritesThroughThenRefuses() throws Exception {
    String small = ", segment: 64KB, limit: 256KB, slow-at: 40%, through-at: 60%";
    try (BackRig back = BackRig.start(cluster, folder, small);
        Jedis c = back.client()) {
      String filler = "x".repeat(4000);
      for (int i = 0; i < 40; i++) {
        c.set("bpage:/full" + i, "0");
      }
      back.flushed();
      for (int i = 0; i < 40; i++) {
        c.get("bpage:/full" + i);
      }
      cluster.primary(0).stop();
      cluster.primary(1).stop();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  c.set("bpage:/full" + i % 40, i + filler);
                }
              })
          .hasMessageContaining("BUSY")
          .hasMessageContaining("kv.journal.limit");
      assertThat(back.state().journalBytes()).isLessThan(256 << 10);
      cluster.primary(0).start();
      cluster.primary(1).start();
      back.flushed();
      assertThat(c.set("bpage:/full1", "after")).isEqualTo("OK");
      assertThat(c.get("bpage:/full1")).isEqualTo("after");
      back.flushed();
      assertThat(back.rig.sql("SELECT count(*) FROM pages WHERE body LIKE '%xxx'"))
          .satisfies(n -> assertThat(n.stream().mapToInt(Integer::parseInt).sum()).isPositive());
    }
  }
}
