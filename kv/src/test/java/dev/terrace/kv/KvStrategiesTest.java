package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.signal.Metric;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What each collection may say of how its values are kept and written. */
class KvStrategiesTest {

  private static final String COLLECTIONS =
      """
        eager: {table: items, key: id, cache: {ttl: 10m, jitter: 0%, refresh-ahead: 50%}}
        firm: {table: items, key: id, cache: {ttl: 1m, jitter: 0%, stale-if-error: 1h}}
        spread: {table: items, key: id, cache: {ttl: 100m, jitter: 50%}}
        absent: {table: items, key: id, cache: {ttl: 10m, jitter: 0%, missing: 1m}}
        around: {table: items, key: id, cache: {ttl: 10m, write: around}}
        fixed: {table: items, key: id, cache: {ttl: 10m, write: read-only}}
        part: {table: parts, key: "{n}:{part}", value: v, cache: {ttl: 10m}}
      """;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = SharedPostgres.get();
    for (int shard = 0; shard < 2; shard++) {
      cluster
          .primary(shard)
          .execute(
              "DROP TABLE IF EXISTS parts;"
                  + " CREATE TABLE parts (n int, part text, v text, PRIMARY KEY (n, part))");
    }
    rig = KvRig.start(cluster, "");
    rig.configure(
        rig.file("")
                .replace(
                    "  counters: {store: shop}",
                    "  counters: {store: shop}\n  parts: {store: shop, shard: hash(n)}")
            + COLLECTIONS);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static void sql(String statement) throws Exception {
    for (int shard = 0; shard < 2; shard++) {
      rig.cluster.primary(shard).execute(statement);
    }
  }

  private static String engineReads(Jedis jedis, String key, String field) {
    long before = rig.reads();
    String value = jedis.hget(key, field);
    return value + " after " + (rig.reads() - before);
  }

  @Test
  void aWriteLeavesTheRowAsTheStoreHasIt() {
    try (Jedis jedis = rig.client()) {
      jedis.hset("item:9001", Map.of("name", "pen", "price", "1.5"));
      assertThat(engineReads(jedis, "item:9001", "price")).isEqualTo("1.50 after 0");
      jedis.hset("item:9001", "price", "2");
      assertThat(engineReads(jedis, "item:9001", "price")).isEqualTo("2.00 after 0");
      jedis.del("item:9001");
      assertThat(engineReads(jedis, "item:9001", "price")).isEqualTo("null after 0");
    }
  }

  @Test
  void aWriteAroundLeavesNothing() {
    try (Jedis jedis = rig.client()) {
      jedis.hset("around:9002", Map.of("name", "pen", "price", "1.5"));
      assertThat(engineReads(jedis, "around:9002", "price")).isEqualTo("1.50 after 1");
      jedis.hset("around:9002", "price", "2");
      assertThat(engineReads(jedis, "around:9002", "price")).isEqualTo("2.00 after 1");
    }
  }

  @Test
  void whatIsReadOnlyIsRead() throws Exception {
    sql("INSERT INTO items (id, name) VALUES (9003, 'ink')");
    try (Jedis jedis = rig.client()) {
      assertThat(jedis.hget("fixed:9003", "name")).isEqualTo("ink");
      assertThatThrownBy(() -> jedis.hset("fixed:9003", "name", "other"))
          .hasMessageContaining("'fixed' is read-only");
      assertThatThrownBy(() -> jedis.del("fixed:9003")).hasMessageContaining("read-only");
    }
    assertThat(rig.sql("SELECT DISTINCT name FROM items WHERE id = 9003")).contains("ink");
    sql("DELETE FROM items WHERE id = 9003");
  }

  @Test
  void concurrentWritersEndWithWhatTheStoreHas() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 10; round++) {
        List<Future<?>> all = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
          String name = "w" + round + writer;
          all.add(threads.submit(() -> write(name)));
        }
        for (Future<?> one : all) {
          one.get();
        }
        try (Jedis jedis = rig.client()) {
          String kept = jedis.hget("item:9004", "name");
          assertThat(rig.sql("SELECT name FROM items WHERE id = 9004")).containsExactly(kept);
        }
      }
    }
  }

  private static void write(String name) {
    try (Jedis jedis = rig.client()) {
      for (int i = 0; i < 10; i++) {
        jedis.hset("item:9004", "name", name + i);
      }
    }
  }

  @Test
  void aValueInTheLastPartOfItsTimeIsLoadedBehindTheAnswer() throws Exception {
    try (Jedis jedis = rig.client()) {
      jedis.hset("eager:9005", "name", "old");
      assertThat(engineReads(jedis, "eager:9005", "name")).isEqualTo("old after 0");
      sql("UPDATE items SET name = 'new' WHERE id = 9005");
      rig.awaitReplicas();
      assertThat(jedis.hget("eager:9005", "name")).isEqualTo("old");
      rig.aheadMillis.addAndGet(Duration.ofMinutes(6).toMillis());
      // This read may be answered with the old one, and has the new one fetched.
      assertThat(jedis.hget("eager:9005", "name")).isIn("old", "new");
      Await.until("it is loaded", () -> "new".equals(jedis.hget("eager:9005", "name")));
    }
  }

  @Test
  void aMissingRowIsBelievedMissingAsLongAsTheFileSays() throws Exception {
    try (Jedis jedis = rig.client()) {
      assertThat(engineReads(jedis, "absent:9006", "name")).isEqualTo("null after 1");
      sql("INSERT INTO items (id, name) VALUES (9006, 'late')");
      rig.awaitReplicas();
      rig.aheadMillis.addAndGet(Duration.ofSeconds(55).toMillis());
      assertThat(engineReads(jedis, "absent:9006", "name")).isEqualTo("null after 0");
      rig.aheadMillis.addAndGet(Duration.ofSeconds(6).toMillis());
      assertThat(engineReads(jedis, "absent:9006", "name")).isEqualTo("late after 1");
    }
    sql("DELETE FROM items WHERE id = 9006");
  }

  @Test
  void whatIsLoadedTogetherDoesNotEndTogether() throws Exception {
    sql("INSERT INTO items (id, name) SELECT n, 'x' FROM generate_series(9100, 9199) n");
    rig.awaitReplicas();
    String[] keys = new String[100];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "spread:" + (9100 + i);
    }
    try (Jedis jedis = rig.client()) {
      jedis.exists(keys);
      rig.aheadMillis.addAndGet(Duration.ofMinutes(75).toMillis());
      long before = rig.count(Metric.KV_CACHE, "spread", "miss");
      jedis.exists(keys);
      long gone = rig.count(Metric.KV_CACHE, "spread", "miss") - before;
      assertThat(gone).isBetween(20L, 80L);
    }
    sql("DELETE FROM items WHERE id BETWEEN 9100 AND 9199");
  }

  @Test
  void keysOfSeveralColumnsFindTheirRows() throws Exception {
    Set<String> shards = new HashSet<>();
    try (Jedis jedis = rig.client()) {
      for (int n = 0; n < 8; n++) {
        jedis.set("part:" + n + ":a:b", "v" + n);
        assertThat(jedis.get("part:0" + n + ":a:b")).isEqualTo("v" + n);
      }
      assertThatThrownBy(() -> jedis.get("part:5")).hasMessageContaining("part:{n}:{part}");
      assertThatThrownBy(() -> jedis.get("part:x:a")).hasMessageContaining("parts.n");
      rig.awaitReplicas();
      rig.front.purge("part:*");
      assertThat(jedis.mget("part:3:a:b", "part:4:a:b", "part:4:a"))
          .containsExactly("v3", "v4", null);
      for (int shard = 0; shard < 2; shard++) {
        shards.addAll(rig.sql(shard, "SELECT n || part FROM parts"));
      }
      assertThat(rig.sql(0, "SELECT count(*) FROM parts")).doesNotContain("0", "8");
    }
    assertThat(shards).contains("0a:b", "7a:b").hasSize(8);
  }

  @Test
  void anOldValueServesWhileTheStoreCannotBeAsked() throws Exception {
    try (Jedis jedis = rig.client()) {
      jedis.hset("firm:9007", "name", "kept");
      jedis.hset("item:9007", "note", "x");
      rig.aheadMillis.addAndGet(Duration.ofMinutes(2).toMillis());
      int shard = rig.sql(0, "SELECT 1 FROM items WHERE id = 9007").isEmpty() ? 1 : 0;
      rig.cluster.primary(shard).stop();
      rig.cluster.replica(shard, 0).stop();
      try {
        long stale = rig.count(Metric.KV_CACHE, "firm", "stale");
        assertThat(jedis.hget("firm:9007", "name")).isEqualTo("kept");
        assertThat(jedis.hget("firm:9007", "name")).isEqualTo("kept");
        assertThat(rig.count(Metric.KV_CACHE, "firm", "stale")).isGreaterThanOrEqualTo(stale + 2);
        rig.aheadMillis.addAndGet(Duration.ofHours(2).toMillis());
        assertThatThrownBy(() -> jedis.hget("firm:9007", "name")).hasMessageContaining("firm");
      } finally {
        rig.cluster.primary(shard).start();
        rig.cluster.replica(shard, 0).start();
      }
      Await.until("it is read anew", () -> "kept".equals(read(jedis)));
    }
  }

  private static String read(Jedis jedis) {
    try {
      return jedis.hget("firm:9007", "name");
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
