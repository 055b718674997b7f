package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.sandbox.CacheServer;
import dev.terrace.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A cache that nodes share and its real server, as two nodes' tests use them. */
public abstract class SharedCacheNodes {

  static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** No test waits for its end. */
  static final Duration LONG = Duration.ofSeconds(30);

  static final Duration SHORT = Duration.ofMillis(300);

  private static final AtomicInteger NEXT = new AtomicInteger();

  @SuppressWarnings("NullAway.Init") // set before each test
  SharedCache cache;

  @SuppressWarnings("NullAway.Init") // set before each test
  SharedCache other;

  /** A client of the server, as one node has it. */
  protected abstract SharedCache open(Duration timeout);

  /** The server's process, which tests break and mend. */
  protected abstract CacheServer process();

  /** Where the server is. */
  protected final Address server() {
    return Address.parse(process().address());
  }

  /** Bytes of a large value that it still takes. */
  protected abstract int largeBytes();

  @BeforeEach
  final void openCaches() {
    cache = open(TIMEOUT);
    other = open(TIMEOUT);
  }

  @AfterEach
  final void closeCaches() {
    cache.close();
    other.close();
  }

  /** A key that no other test has. */
  protected static byte[] key() {
    return bytes("key:" + NEXT.incrementAndGet());
  }

  /** A text's bytes. */
  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  Lookup get(SharedCache from, byte[] key, Duration lease) throws EngineFailure {
    return from.get(server(), List.of(key), lease).getFirst();
  }

  Lookup get(byte[] key) throws EngineFailure {
    return get(cache, key, LONG);
  }

  Lookup.Lease lease(SharedCache from, byte[] key) throws EngineFailure {
    return (Lookup.Lease) get(from, key, LONG);
  }

  boolean fill(byte[] key, Lookup.Lease lease, byte[] value) throws EngineFailure {
    return cache.fill(server(), key, lease.token(), value, LONG);
  }

  void put(byte[] key, byte[] value) throws EngineFailure {
    assertThat(fill(key, lease(cache, key), value)).isTrue();
  }

  static byte[] value(Lookup lookup) {
    assertThat(lookup).isInstanceOf(Lookup.Hit.class);
    return ((Lookup.Hit) lookup).value();
  }

  static EngineFailure failure(ThrowingCallable call) {
    EngineFailure failure = catchThrowableOfType(EngineFailure.class, call);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  /** The one that others get when a lease has run out. */
  Lookup.Lease nextLease(byte[] key) {
    Lookup.Lease[] next = new Lookup.Lease[1];
    Await.until("the lease runs out", Duration.ofSeconds(5), () -> taken(key, next));
    return next[0];
  }

  private boolean taken(byte[] key, Lookup.Lease[] into) {
    try {
      if (get(other, key, LONG) instanceof Lookup.Lease lease) {
        into[0] = lease;
        return true;
      }
      return false;
    } catch (EngineFailure e) {
      throw new AssertionError(e);
    }
  }

  static void assertTimesOut(ThrowingCallable call) {
    long start = System.nanoTime();
    EngineFailure failure = failure(call);
    assertThat(failure.kind()).as(failure.reason()).isEqualTo(Kind.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.plusMillis(500));
  }
}
