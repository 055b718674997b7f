package dev.terrace.engines.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Engines;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.sandbox.CacheServer;
import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.engine.SharedCacheContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Redis keeps the contract of a cache. */
@NeedsProgram("redis-server")
class RedisCacheTest extends SharedCacheContract {

  private static final Duration LONG = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RedisServer redis;

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Override
  protected SharedCache open(Duration timeout) {
    return Engines.installed().cache("redis", TestSettings.plain(timeout));
  }

  @Override
  protected CacheServer process() {
    return redis;
  }

  @Override
  protected int largeBytes() {
    return 20 << 20; // more than the system's buffers take from us while nobody reads
  }

  @Test
  void aServerThatForgetsScriptsIsToldThemAgain() throws Exception {
    try (SharedCache cache = open(LONG);
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      for (int i = 0; i < 3; i++) {
        jedis.scriptFlush();
        List<byte[]> keys = List.of(key(), key(), key());
        List<Lookup> found = cache.get(server(), keys, LONG);
        assertThat(found).allMatch(f -> f instanceof Lookup.Lease);
        jedis.scriptFlush();
        long token = ((Lookup.Lease) found.get(1)).token();
        assertThat(cache.fill(server(), keys.get(1), token, bytes("x"), LONG)).isTrue();
      }
    }
  }

  @Test
  void allKeysHaveThePrefixAndALife() throws Exception {
    try (SharedCache cache = open(LONG);
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      jedis.flushAll();
      List<byte[]> keys = List.of(key(), key(), key());
      Lookup.Lease lease = (Lookup.Lease) cache.get(server(), keys, LONG).getFirst();
      cache.fill(server(), keys.getFirst(), lease.token(), bytes("x"), LONG);
      cache.written(server(), keys.subList(1, 2), LONG);
      assertThat(jedis.keys("*")).hasSize(3).allMatch(k -> k.startsWith("terrace:cache:key:"));
      assertThat(jedis.keys("*")).allMatch(k -> jedis.pttl(k) > 0 && jedis.pttl(k) <= 30_000);
      jedis.set("terrace:cache:odd", "nothing of ours");
      assertThat(cache.get(server(), List.of(bytes("odd")), LONG).getFirst())
          .isInstanceOf(Lookup.Lease.class);
    }
  }

  @Test
  void aServerWithoutMemoryIsNoReasonToFailReads() throws Exception {
    try (SharedCache cache = open(LONG);
        Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      byte[] key = key();
      Lookup.Lease lease = (Lookup.Lease) cache.get(server(), List.of(key), LONG).getFirst();
      assertThat(cache.fill(server(), key, lease.token(), bytes("x"), LONG)).isTrue();
      byte[] held = key();
      Lookup.Lease second = (Lookup.Lease) cache.get(server(), List.of(held), LONG).getFirst();
      jedis.configSet("maxmemory", "1");
      try {
        assertThat(cache.get(server(), List.of(key), LONG).getFirst())
            .isInstanceOf(Lookup.Hit.class);
        Lookup.Lease none = (Lookup.Lease) cache.get(server(), List.of(key()), LONG).getFirst();
        assertThat(none.written()).isTrue();
        assertThat(cache.fill(server(), held, second.token(), bytes("x"), LONG)).isFalse();
        EngineFailure failure =
            catchThrowableOfType(
                EngineFailure.class, () -> cache.written(server(), List.of(key), LONG));
        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure).hasMessageContaining("maxmemory-policy");
      } finally {
        jedis.configSet("maxmemory", "0");
      }
      assertThat(cache.get(server(), List.of(key), LONG).getFirst())
          .isInstanceOf(Lookup.Lease.class);
    }
  }
}
