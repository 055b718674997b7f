package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.place.Key;
import dev.terrace.core.signal.Metric;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresSpec;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** What clients see when servers of the store are gone, slow or full. */
class KvFailureTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static PostgresCluster cluster;

  @SuppressWarnings("NullAway.Init") // set before each test
  private KvRig rig;

  @BeforeAll
  static void startCluster() {
    cluster = PostgresCluster.start(PostgresSpec.of(2, 1));
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void start() throws Exception {
    rig = KvRig.start(cluster, "max-waiting: 8");
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /** A key of an item on that shard. */
  private static String item(int shard, int nth) {
    for (long id = 1; ; id++) {
      boolean there = SharedPostgres.placement("users").locate(new Key.Whole(id)).shard() == shard;
      if (there && nth-- == 0) {
        return "item:" + id;
      }
    }
  }

  private static void refused(Runnable call, String... parts) {
    assertThatThrownBy(call::run)
        .isInstanceOf(JedisDataException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void aPrimaryThatIsGoneFailsWritesOfItsShardOnlyAndComesBack() throws Exception {
    try (Jedis c = rig.client()) {
      c.hset(item(0, 0), "name", "a");
      c.hset(item(1, 0), "name", "b");
      c.hset("word:1", "word", "w");
      rig.awaitReplicas();
      c.hget(item(0, 0), "name");
      cluster.primary(0).kill();
      try {
        refused(() -> c.hset(item(0, 0), "name", "x"), "UNREACHABLE", "collection 'item'");
        c.hset(item(1, 0), "name", "c");
        // What is kept is still served, as the write that failed changed nothing.
        assertThat(c.hget(item(0, 0), "name")).isEqualTo("a");
        refused(() -> c.hset("word:1", "word", "half"), "UNREACHABLE");
        assertThat(rig.sql(1, "SELECT word FROM words")).containsExactly("w");
        assertThat(c.hget("word:1", "word")).isEqualTo("w");
      } finally {
        cluster.primary(0).start();
      }
      Await.until(
          "writes work again",
          () -> {
            try {
              return c.hset(item(0, 0), "name", "back") >= 0;
            } catch (JedisDataException e) {
              return false;
            }
          });
      assertThat(c.hget(item(0, 0), "name")).isEqualTo("back");
    }
  }

  @Test
  void aReplicaThatIsGoneIsReplacedByThePrimary() throws Exception {
    try (Jedis c = rig.client()) {
      c.hset(item(0, 0), "name", "a");
      rig.awaitReplicas();
      cluster.replica(0, 0).kill();
      try {
        rig.front.purge("item:*");
        long primary = rig.count(Metric.KV_ENGINE_READS, "primary");
        assertThat(c.hget(item(0, 0), "name")).isEqualTo("a");
        assertThat(rig.count(Metric.KV_ENGINE_READS, "primary")).isEqualTo(primary + 1);
      } finally {
        cluster.replica(0, 0).start();
      }
    }
  }

  @Test
  void aWriteThatTakesTooLongSaysSoAndChangesNothing() throws Exception {
    try (Jedis c = rig.client();
        Connection lock = cluster.primary(0).connect()) {
      c.hset(item(0, 0), "name", "held");
      lock.setAutoCommit(false);
      lock.createStatement().execute("SELECT * FROM items FOR UPDATE");
      refused(() -> c.hset(item(0, 0), "name", "late"), "TIMEOUT", "took too long");
      assertThat(c.hget(item(0, 0), "name")).isEqualTo("held");
      lock.rollback();
      c.hset(item(0, 0), "name", "free");
      assertThat(c.hget(item(0, 0), "name")).isEqualTo("free");
    }
  }

  @Test
  void moreThanMayWaitAreTurnedAwayAtOnce() throws Exception {
    try (Connection lock = cluster.primary(0).connect();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      lock.setAutoCommit(false);
      lock.createStatement().execute("LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
      List<Future<String>> all = new ArrayList<>();
      List<Jedis> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Jedis c = rig.client();
        clients.add(c);
        String key = item(0, i);
        all.add(
            threads.submit(() -> {
              try {
                c.hset(key, "name", "x");
                return "done";
              } catch (JedisDataException e) {
                return String.valueOf(e.getMessage());
              }
            }));
      }
      Await.until("12 are turned away", () -> rig.count(Metric.KV_COMMANDS, "hset", "error") == 12);
      lock.rollback();
      int done = 0;
      for (Future<String> one : all) {
        String answer = one.get();
        if (answer.equals("done")) {
          done++;
        } else {
          assertThat(answer).startsWith("BUSY 8 commands wait");
        }
      }
      assertThat(done).isEqualTo(8);
      clients.forEach(Jedis::close);
    }
  }
}
