package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.place.Key;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/** What is kept, for how long, and that it never stands against a write. */
class KvCacheTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void aSecondReadDoesNotTouchTheStore() throws Exception {
    insertItem(1, "kept");
    try (Jedis c = rig.client()) {
      c.hgetAll("item:1");
      long before = rig.reads();
      assertThat(c.hgetAll("item:1")).containsEntry("name", "kept");
      assertThat(c.hget("item:01", "name")).isEqualTo("kept");
      assertThat(c.exists("item:1")).isTrue();
      assertThat(rig.reads()).isEqualTo(before);
      assertThat(rig.count(Metric.KV_CACHE, "item", "hit")).isGreaterThanOrEqualTo(3);
    }
  }

  private static void insertItem(int id, String name) throws Exception {
    int shard = shard(id);
    rig.cluster
        .primary(shard)
        .execute("INSERT INTO items (id, name) VALUES (" + id + ", '" + name + "')");
    rig.awaitReplicas();
  }

  private static int shard(long id) {
    return SharedPostgres.placement("users").locate(new Key.Whole(id)).shard();
  }

  @Test
  void readsGoToReplicasAndAfterAWriteWhereItIs() throws Exception {
    insertItem(2, "two");
    try (Jedis c = rig.client()) {
      long replicas = rig.count(Metric.KV_ENGINE_READS, "replica");
      c.hgetAll("item:2");
      assertThat(rig.count(Metric.KV_ENGINE_READS, "replica")).isEqualTo(replicas + 1);
      int shard = shard(2);
      rig.cluster.replica(shard, 0).execute("SELECT pg_wal_replay_pause()");
      try {
        c.hset("item:2", "name", "written");
        assertThat(c.hget("item:2", "name")).isEqualTo("written");
        assertThat(rig.count(Metric.KV_ENGINE_READS, "replica")).isEqualTo(replicas + 1);
        assertThat(c.hget("item:2", "name")).isEqualTo("written");
      } finally {
        rig.cluster.replica(shard, 0).execute("SELECT pg_wal_replay_resume()");
      }
    }
  }

  @Test
  void aLoadThatBeganBeforeAWriteDoesNotFillAfterIt() throws Exception {
    insertItem(6, "old");
    int shard = shard(6);
    rig.cluster.replica(shard, 0).execute("SELECT pg_wal_replay_pause()");
    try (Jedis reader = rig.client();
        Jedis writer = rig.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long replicas = rig.count(Metric.KV_ENGINE_READS, "replica");
      rig.cluster.replica(shard, 0).pause();
      Future<String> old = threads.submit(() -> reader.hget("item:6", "name"));
      try {
        Await.until(
            "the replica is asked",
            () -> rig.count(Metric.KV_ENGINE_READS, "replica") == replicas + 1);
        writer.hset("item:6", "name", "new");
      } finally {
        rig.cluster.replica(shard, 0).resume();
      }
      assertThat(old.get()).isEqualTo("old");
      assertThat(reader.hget("item:6", "name")).isEqualTo("new");
    } finally {
      rig.cluster.replica(shard, 0).execute("SELECT pg_wal_replay_resume()");
    }
  }

  @Test
  void entriesAgeMissingOnesFaster() throws Exception {
    insertItem(3, "three");
    try (Jedis c = rig.client()) {
      c.hgetAll("item:3");
      c.hgetAll("item:33");
      long before = rig.reads();
      rig.aheadMillis.addAndGet(1_000);
      c.hgetAll("item:3");
      c.hgetAll("item:33");
      assertThat(rig.reads()).isEqualTo(before);
      rig.aheadMillis.addAndGet(1_500);
      c.hgetAll("item:3");
      assertThat(rig.reads()).isEqualTo(before);
      c.hgetAll("item:33");
      assertThat(rig.reads()).isEqualTo(before + 1);
      rig.aheadMillis.addAndGet(600_000);
      c.hgetAll("item:3");
      assertThat(rig.reads()).isEqualTo(before + 2);
    }
  }

  @Test
  void aHerdIsOneLoad() throws Exception {
    insertItem(4, "four");
    List<Jedis> clients = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clients.add(rig.client());
      clients.getLast().ping();
    }
    long before = rig.reads();
    int shard = shard(4);
    // While the table is locked against reading, all of them come together.
    try (Connection primary = rig.cluster.primary(shard).connect();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      primary.setAutoCommit(false);
      primary.createStatement().execute("LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
      rig.front.purge("item:4");
      long misses = rig.count(Metric.KV_CACHE, "item", "miss");
      List<Future<String>> all = new ArrayList<>();
      for (Jedis c : clients) {
        all.add(threads.submit(() -> c.hget("item:4", "name")));
      }
      Await.until("all wait", () -> rig.count(Metric.KV_CACHE, "item", "miss") == misses + 200);
      primary.rollback();
      for (Future<String> one : all) {
        assertThat(one.get()).isEqualTo("four");
      }
    }
    assertThat(rig.reads()).isEqualTo(before + 1);
    clients.forEach(Jedis::close);
  }

  @Test
  void purgeForgetsKeysAndPatterns() throws Exception {
    try (Jedis c = rig.client()) {
      c.mset("page:/p/1", "a", "page:/p/2", "b", "page:/q", "c");
      c.mget("page:/p/1", "page:/p/2", "page:/q");
      assertThat(rig.front.purge("page:/q")).isEqualTo(1);
      assertThat(rig.front.purge("page:/p/*")).isEqualTo(2);
      assertThat(rig.front.purge("page:/p/*")).isZero();
      assertThat(c.mget("page:/p/1", "page:/q")).containsExactly("a", "c");
    }
  }

  @Test
  void memoryStaysBounded() throws Exception {
    String big = "x".repeat(100_000);
    try (Jedis c = rig.client()) {
      for (int i = 0; i < 150; i++) {
        c.set("page:/big/" + i, big);
        c.get("page:/big/" + i);
      }
    }
    assertThat(rig.count(Metric.KV_CACHE_BYTES, "page")).isBetween(1L << 20, 8L << 20);
    assertThat(rig.count(Metric.KV_CACHE_ENTRIES, "page")).isBetween(10L, 90L);
    rig.front.purge("page:*");
    assertThat(rig.count(Metric.KV_CACHE_BYTES, "page")).isZero();
    assertThat(rig.count(Metric.KV_CACHE_ENTRIES, "page")).isZero();
  }

  /** Writers, readers and purges of few keys; at the end the cache says what the database says. */
  @Test
  void racesLeaveNothingStale() throws Exception {
    long seed = 42;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int worker = 0; worker < 12; worker++) {
        Random random = new Random(seed + worker);
        boolean writes = worker % 3 == 0;
        all.add(
            threads.submit(() -> {
              try (Jedis c = rig.client()) {
                for (int i = 0; i < 150; i++) {
                  String key = "page:/race/" + random.nextInt(4);
                  if (!writes) {
                    c.get(key);
                  } else if (random.nextInt(10) == 0) {
                    c.del(key);
                  } else {
                    String value = Long.toString(random.nextLong());
                    c.set(key, value);
                  }
                  if (random.nextInt(50) == 0) {
                    rig.front.purge("page:/race/*");
                  }
                }
              }
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    try (Jedis c = rig.client()) {
      for (int k = 0; k < 4; k++) {
        List<String> row = rig.sql("SELECT body FROM pages WHERE path = '/race/" + k + "'");
        String kept = c.get("page:/race/" + k);
        assertThat(kept == null ? List.of() : List.of(kept)).as("seed %d", seed).isEqualTo(row);
      }
    }
  }

  /** One writer per key: it must read what it wrote, whatever others read meanwhile. */
  @Test
  void everyoneReadsWhatWasAcknowledged() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int k = 0; k < 6; k++) {
        String key = "page:/own/" + k;
        all.add(
            threads.submit(() -> {
              try (Jedis writer = rig.client();
                  Jedis reader = rig.client()) {
                for (int i = 0; i < 100; i++) {
                  writer.set(key, Integer.toString(i));
                  assertThat(reader.get(key)).isEqualTo(Integer.toString(i));
                }
              }
            }));
        all.add(
            threads.submit(() -> {
              try (Jedis noise = rig.client()) {
                for (int i = 0; i < 300; i++) {
                  noise.get(key);
                }
              }
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  @Test
  void pipelinesAreAnsweredInOrder() throws Exception {
    try (Jedis c = rig.client()) {
      Pipeline p = c.pipelined();
      List<Response<String>> gets = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      Random random = new Random(3);
      String[] now = new String[50];
      for (int i = 0; i < 10_000; i++) {
        int k = random.nextInt(50);
        if (random.nextInt(40) == 0) {
          now[k] = "v" + i;
          p.set("page:/pipe/" + k, now[k]);
        } else {
          gets.add(p.get("page:/pipe/" + k));
          expected.add(now[k] == null ? "" : now[k]);
        }
      }
      p.sync();
      for (int i = 0; i < gets.size(); i++) {
        String got = gets.get(i).get();
        assertThat(got == null ? "" : got).as("read %d", i).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void manyKeysOfOneShardAreOneStatement() throws Exception {
    try (Jedis c = rig.client()) {
      String[] keys = new String[60];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = "counter:" + (1000 + i);
      }
      c.incr("counter:1003");
      long before = rig.reads();
      List<String> values = c.mget(keys);
      assertThat(values.get(3)).isEqualTo("1");
      assertThat(values.get(4)).isNull();
      assertThat(rig.reads()).isEqualTo(before + 1);
    }
  }
}
