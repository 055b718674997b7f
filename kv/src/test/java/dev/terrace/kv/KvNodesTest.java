package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.sandbox.MemcachedServer;
import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Two nodes that serve the same collections, share caches and tell one another what they wrote. */
@NeedsProgram({"redis-server", "memcached"})
class KvNodesTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RedisServer redis;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static MemcachedServer memcached;

  private static final String COLLECTIONS =
      """
        redis: {table: items, key: id, expires: expires_at, cache: {ttl: 10m, shared: redis}}
        memcached: {table: items, key: id, cache: {ttl: 10m, shared: memcached}}
        alone: {table: items, key: id, cache: {ttl: 10m}}
      """;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig one;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig two;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    memcached = MemcachedServer.start();
    one = KvRig.start(SharedPostgres.get(), "");
    one.configure(file());
    two = KvRig.beside(one, file());
    awaitTrust();
  }

  private static String file() {
    String stores =
        """
        stores:
          redis: {engine: redis, shards: [{primary: "%s"}]}
          memcached: {engine: memcached, shards: [{primary: "%s"}]}
        """
            .formatted(redis.address(), memcached.address());
    return one.file("shared-timeout: 100ms, nodes: {store: redis, beat: 100ms, patience: 300ms}")
            .replace("stores:\n", stores)
        + COLLECTIONS;
  }

  private static void awaitTrust() {
    for (KvRig node : List.of(one, two)) {
      Await.until("the nodes hear each other", () -> node.count(Metric.KV_NODES_HEARD) == 1);
    }
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
    redis.close();
    memcached.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached"})
  void whatOneNodeLoadedTheOtherNeedNot(String collection) throws Exception {
    String key = collection + ":8001";
    try (Jedis first = one.client();
        Jedis second = two.client()) {
      first.hset(key, "name", "shared");
      one.front.purge(key);
      assertThat(first.hget(key, "name")).isEqualTo("shared");
      long reads = two.reads();
      assertThat(second.hget(key, "name")).isEqualTo("shared");
      assertThat(two.reads()).isEqualTo(reads);
      assertThat(second.hget(collection + ":8002", "name")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached", "alone"})
  void theOtherNodeSeesAWriteSoon(String collection) {
    String key = collection + ":8003";
    try (Jedis first = one.client();
        Jedis second = two.client()) {
      for (int i = 0; i < 20; i++) {
        String value = "v" + i;
        second.hget(key, "name");
        first.hset(key, "name", value);
        Await.until("it is seen", () -> value.equals(second.hget(key, "name")));
        second.hset(key, "note", value);
        Await.until("it is seen", () -> value.equals(first.hget(key, "note")));
      }
    }
  }

  /** Writers on both nodes count each key up; nobody may see a key go back for good. */
  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached", "alone"})
  void bothNodesEndWithWhatTheStoreHas(String collection) throws Exception {
    int keys = 5;
    AtomicIntegerArray written = new AtomicIntegerArray(keys);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        KvRig node = writer % 2 == 0 ? one : two;
        Random random = new Random(writer);
        all.add(
            threads.submit(() -> {
              try (Jedis jedis = node.client()) {
                for (int i = 0; i < 60; i++) {
                  int n = random.nextInt(keys);
                  String key = collection + ":" + (8100 + n);
                  if (random.nextInt(3) == 0) {
                    jedis.hset(key, Map.of("name", "x", "stock", "0"));
                    jedis.hincrBy(key, "stock", 1);
                    written.incrementAndGet(n);
                  } else {
                    jedis.hget(key, "stock");
                  }
                }
              }
              return null;
            }));
      }
      for (Future<?> future : all) {
        future.get();
      }
    }
    try (Jedis first = one.client();
        Jedis second = two.client()) {
      for (int n = 0; n < keys; n++) {
        String key = collection + ":" + (8100 + n);
        String stored = one.sql("SELECT stock FROM items WHERE id = " + (8100 + n)).getFirst();
        Await.until(
            key + " is " + stored,
            () ->
                stored.equals(first.hget(key, "stock"))
                    && stored.equals(second.hget(key, "stock")));
      }
    }
  }

  @Test
  void nothingIsKeptLongWhileNobodyIsHeard() throws Exception {
    try (Jedis first = one.client();
        Jedis second = two.client()) {
      first.hset("alone:8010", "name", "before");
      Await.until("it is seen", () -> "before".equals(second.hget("alone:8010", "name")));
      redis.pause();
      try {
        Await.until("the loss is noticed", () -> two.count(Metric.KV_NODES_HEARD) == 0);
        first.hset("alone:8010", "name", "during");
        // In less than the ttl of ten minutes, as nobody tells.
        Await.until("it is seen", () -> "during".equals(second.hget("alone:8010", "name")));
      } finally {
        redis.resume();
      }
      awaitTrust();
      first.hset("alone:8010", "name", "after");
      Await.until("it is seen", () -> "after".equals(second.hget("alone:8010", "name")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "memcached"})
  void aSharedCacheThatIsDownIsDoneWithoutAndComesBackTrue(String collection) throws Exception {
    String key = collection + ":8020";
    try (Jedis first = one.client()) {
      first.hset(key, "name", "old");
      one.front.purge(key);
      assertThat(first.hget(key, "name")).isEqualTo("old");
      pause(collection);
      try {
        first.hset(key, "name", "new");
        assertThat(first.hget(key, "name")).isEqualTo("new");
        one.front.purge(key);
        assertThat(first.hget(key, "name")).isEqualTo("new");
        assertThat(one.count(Metric.KV_SHARED_OWED, collection)).isEqualTo(1);
      } finally {
        resume(collection);
      }
      Await.until("it is taken away", () -> one.count(Metric.KV_SHARED_OWED, collection) == 0);
      awaitTrust();
      try (Jedis second = two.client()) {
        two.front.purge(key);
        Await.until("the other sees it", () -> "new".equals(second.hget(key, "name")));
      }
    }
  }

  private static void pause(String collection) {
    if (collection.equals("redis")) {
      redis.pause();
    } else {
      memcached.pause();
    }
  }

  private static void resume(String collection) {
    if (collection.equals("redis")) {
      redis.resume();
    } else {
      memcached.resume();
    }
  }

  @Test
  void anEntryComesBackFromTheSharedCacheAsItWas() throws Exception {
    byte[] data = new byte[256];
    new Random(3).nextBytes(data);
    try (Jedis first = one.client();
        Jedis second = two.client()) {
      byte[] key = "redis:8030".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] field = "data".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      first.hset("redis:8030", Map.of("name", "", "price", "3"));
      first.hset(key, field, data);
      first.expire("redis:8030", 1000);
      one.front.purge("redis:8030");
      Map<String, String> loaded = first.hgetAll("redis:8030");
      long reads = two.reads();
      assertThat(second.hgetAll("redis:8030")).isEqualTo(loaded).containsEntry("name", "");
      assertThat(second.hget(key, field)).isEqualTo(data);
      assertThat(second.ttl("redis:8030")).isBetween(990L, 1000L);
      assertThat(two.reads()).isEqualTo(reads);
    }
  }
}
