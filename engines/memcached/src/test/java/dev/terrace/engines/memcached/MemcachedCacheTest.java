package dev.terrace.engines.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Engines;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.engine.StoreSettings;
import dev.terrace.sandbox.CacheServer;
import dev.terrace.sandbox.MemcachedServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.engine.SharedCacheContract;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Memcached keeps the contract of a cache. */
@NeedsProgram("memcached")
class MemcachedCacheTest extends SharedCacheContract {

  private static final Duration LONG = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static MemcachedServer memcached;

  @BeforeAll
  static void start() {
    memcached = MemcachedServer.start("-I", "21m", "-m", "256");
  }

  @AfterAll
  static void stop() {
    memcached.close();
  }

  static StoreSettings settings(String user, String password, Duration timeout) {
    return new StoreSettings(
        "cache", "", user, password, Optional.empty(), timeout, Duration.ofSeconds(1), 8);
  }

  @Override
  protected SharedCache open(Duration timeout) {
    return Engines.installed().cache("memcached", settings("", "", timeout));
  }

  @Override
  protected CacheServer process() {
    return memcached;
  }

  @Override
  protected int largeBytes() {
    return 20 << 20; // more than the system's buffers take from us while nobody reads
  }

  @Test
  void aValueBeyondTheServersLimitIsNotCached() throws Exception {
    try (SharedCache cache = open(LONG)) {
      byte[] key = key();
      Lookup.Lease lease = (Lookup.Lease) cache.get(server(), List.of(key), LONG).getFirst();
      for (int length : List.of((21 << 20) - 50, 21 << 20, 30 << 20, 70 << 20)) {
        byte[] large = new byte[length];
        assertThat(cache.fill(server(), key, lease.token(), large, LONG)).isFalse();
      }
      assertThat(cache.fill(server(), key, lease.token(), bytes("small"), LONG)).isTrue();
    }
  }

  private static boolean answers(SharedCache cache, Address at) {
    try {
      cache.get(at, List.of(key()), LONG);
      return true;
    } catch (EngineFailure e) {
      return false;
    }
  }

  /** A new server counts versions from one again, so that the same key gets the same. */
  @Test
  void aTokenFromBeforeARestartFillsNothing() throws Exception {
    try (MemcachedServer fresh = MemcachedServer.start("-m", "64");
        SharedCache cache = open(LONG)) {
      Address at = Address.parse(fresh.address());
      byte[] key = key();
      Lookup.Lease old = (Lookup.Lease) cache.get(at, List.of(key), LONG).getFirst();
      fresh.kill();
      fresh.startAgain();
      // What rested of its connections is found out to be dead.
      Await.until("it answers", () -> answers(cache, at));
      assertThat(cache.fill(at, key(), old.token(), bytes("x"), LONG)).isFalse();
      Lookup.Lease next = (Lookup.Lease) cache.get(at, List.of(key), LONG).getFirst();
      assertThat(cache.fill(at, key, old.token(), bytes("stale"), LONG)).isFalse();
      assertThat(cache.fill(at, key, next.token(), bytes("fresh"), LONG)).isTrue();
    }
  }

  @Test
  void aServerThatKeepsNoVersionsIsRefused() {
    try (MemcachedServer versionless = MemcachedServer.start("-C");
        SharedCache cache = open(LONG)) {
      Address at = Address.parse(versionless.address());
      EngineFailure failure =
          catchThrowableOfType(EngineFailure.class, () -> cache.get(at, List.of(key()), LONG));
      assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure).hasMessageContaining("-C");
    }
  }

  @Test
  void aServerWithoutMemoryIsNoReasonToFailReads() throws Exception {
    try (MemcachedServer full = MemcachedServer.start("-M", "-m", "2");
        SharedCache cache = open(LONG)) {
      Address at = Address.parse(full.address());
      byte[] value = new byte[400_000];
      int filled = 0;
      for (int i = 0; i < 40; i++) {
        byte[] key = key();
        if (cache.get(at, List.of(key), LONG).getFirst() instanceof Lookup.Lease lease
            && cache.fill(at, key, lease.token(), value, LONG)) {
          filled++;
        }
      }
      assertThat(filled).isLessThan(40);
    }
  }

  @Test
  void whatTerraceDoesNotDoIsRefusedByName() {
    assertThatThrownBy(() -> Engines.installed().cache("memcached", settings("anna", "", LONG)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'user'");
    assertThatThrownBy(() -> Engines.installed().cache("memcached", settings("", "secret", LONG)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'password'")
        .hasMessageNotContaining("secret");
  }
}
