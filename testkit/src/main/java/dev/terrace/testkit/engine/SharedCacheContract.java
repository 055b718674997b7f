package dev.terrace.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.SharedCache;
import dev.terrace.engine.SharedCache.Lookup;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every cache that nodes share must do, on its real server. */
public abstract class SharedCacheContract extends SharedCacheNodes {

  @Test
  void whatWasFilledIsFoundByAll() throws Exception {
    byte[] key = key();
    Lookup.Lease lease = lease(cache, key);
    assertThat(lease.written()).isFalse();
    assertThat(get(other, key, LONG)).isInstanceOf(Lookup.Busy.class);
    assertThat(get(key)).isInstanceOf(Lookup.Busy.class);
    assertThat(fill(key, lease, bytes("first"))).isTrue();
    assertThat(value(get(key))).isEqualTo(bytes("first"));
    assertThat(value(get(other, key, LONG))).isEqualTo(bytes("first"));
    assertThat(fill(key, lease, bytes("again"))).as("a lease is used up").isFalse();
    assertThat(value(get(key))).isEqualTo(bytes("first"));
  }

  @Test
  void nobodyFillsWithoutALease() throws Exception {
    byte[] key = key();
    assertThat(cache.fill(server(), key, 1, bytes("x"), LONG)).isFalse();
    Lookup.Lease lease = lease(cache, key);
    assertThat(cache.fill(server(), key, lease.token() + 1, bytes("x"), LONG)).isFalse();
    assertThat(fill(key, lease, bytes("x"))).isTrue();
  }

  @Test
  void oneOfManyAskersLoads() throws Exception {
    for (int round = 0; round < 20; round++) {
      byte[] key = key();
      List<Lookup> answers = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Lookup>> asked = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          SharedCache from = i % 2 == 0 ? cache : other;
          asked.add(threads.submit(() -> get(from, key, LONG)));
        }
        for (Future<Lookup> one : asked) {
          answers.add(one.get());
        }
      }
      assertThat(answers).filteredOn(a -> a instanceof Lookup.Lease).hasSize(1);
      assertThat(answers).filteredOn(a -> a instanceof Lookup.Busy).hasSize(15);
    }
  }

  @Test
  void aLeaseRunsOut() throws Exception {
    byte[] key = key();
    Lookup.Lease old = (Lookup.Lease) get(cache, key, SHORT);
    Lookup.Lease next = nextLease(key);
    assertThat(next.written()).isFalse();
    assertThat(fill(key, old, bytes("late"))).isFalse();
    assertThat(fill(key, next, bytes("in time"))).isTrue();
    assertThat(value(get(key))).isEqualTo(bytes("in time"));
  }

  @Test
  void aLeaseThatRanOutFillsNothing() throws Exception {
    byte[] key = key();
    Lookup.Lease old = (Lookup.Lease) get(cache, key, SHORT);
    // Another key of the same age shows that time is up, without touching this one.
    byte[] twin = key();
    get(cache, twin, SHORT);
    nextLease(twin);
    assertThat(fill(key, old, bytes("late"))).isFalse();
    assertThat(get(key)).isInstanceOf(Lookup.Lease.class);
  }

  @Test
  void aWriteEndsTheLeaseThatCameBefore() throws Exception {
    byte[] key = key();
    Lookup.Lease old = lease(cache, key);
    other.written(server(), List.of(key), LONG);
    assertThat(fill(key, old, bytes("stale"))).isFalse();
    Lookup.Lease next = lease(cache, key);
    assertThat(next.written()).isTrue();
    assertThat(get(other, key, LONG)).isInstanceOf(Lookup.Busy.class);
    assertThat(fill(key, old, bytes("stale"))).isFalse();
    assertThat(fill(key, next, bytes("fresh"))).isTrue();
    assertThat(value(get(key))).isEqualTo(bytes("fresh"));
  }

  @Test
  void aWriteTakesTheValueAwayAndEndsALeaseOnItsMark() throws Exception {
    byte[] key = key();
    put(key, bytes("old"));
    cache.written(server(), List.of(key), LONG);
    Lookup.Lease first = lease(other, key);
    assertThat(first.written()).isTrue();
    cache.written(server(), List.of(key), LONG);
    assertThat(fill(key, first, bytes("stale"))).isFalse();
    Lookup.Lease second = lease(other, key);
    assertThat(second.written()).isTrue();
    assertThat(fill(key, second, bytes("new"))).isTrue();
    assertThat(value(get(key))).isEqualTo(bytes("new"));
  }

  @Test
  void aMarkRunsOut() throws Exception {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      keys.add(key());
    }
    Duration mark = Duration.ofMillis(700);
    long startNanos = System.nanoTime();
    cache.written(server(), keys, mark);
    long sureNanos = startNanos + mark.toNanos();
    AtomicInteger next = new AtomicInteger();
    Await.until(
        "the mark runs out",
        Duration.ofSeconds(6),
        () -> {
          try {
            // A key of its own each time, since asking leaves a lease.
            boolean written = lease(cache, keys.get(next.getAndIncrement())).written();
            assertThat(written || System.nanoTime() - sureNanos > 0).as("still marked").isTrue();
            return !written;
          } catch (EngineFailure e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(next.get()).as("it was seen before").isGreaterThan(1);
  }

  @Test
  void aMarkOutlivesALeaseOnIt() throws Exception {
    byte[] key = key();
    cache.written(server(), List.of(key), LONG);
    Lookup.Lease old = (Lookup.Lease) get(cache, key, SHORT);
    assertThat(old.written()).isTrue();
    Lookup.Lease next = nextLease(key);
    assertThat(next.written()).isTrue();
    assertThat(fill(key, old, bytes("late"))).isFalse();
    assertThat(fill(key, next, bytes("in time"))).isTrue();
    assertThat(value(get(key))).isEqualTo(bytes("in time"));
  }

  @Test
  void manyKeysAreAskedAtOnceAndAnsweredInOrder() throws Exception {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> marked = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] key = key();
      keys.add(key);
      if (i % 3 == 0) {
        put(key, bytes("value " + i));
      } else if (i % 3 == 1) {
        marked.add(key);
      }
    }
    cache.written(server(), marked, LONG);
    List<Lookup> found = cache.get(server(), keys, LONG);
    assertThat(found).hasSize(300);
    for (int i = 0; i < 300; i++) {
      if (i % 3 == 0) {
        assertThat(value(found.get(i))).isEqualTo(bytes("value " + i));
      } else {
        Lookup.Lease lease = (Lookup.Lease) found.get(i);
        assertThat(lease.written()).isEqualTo(i % 3 == 1);
        assertThat(fill(keys.get(i), lease, bytes("value " + i))).isTrue();
      }
    }
    List<Lookup> again = other.get(server(), keys, LONG);
    for (int i = 0; i < 300; i++) {
      assertThat(value(again.get(i))).isEqualTo(bytes("value " + i));
    }
    assertThat(cache.get(server(), List.of(), LONG)).isEmpty();
    cache.written(server(), List.of(), LONG);
  }

  @Test
  void keysAndValuesAreAnyBytes() {
    Seeded.run(
        7,
        random -> {
          List<byte[]> keys =
              new ArrayList<>(List.of(key(), bytes(""), bytes(" "), bytes("a b\r\nget")));
          for (int length : List.of(1, 150, 179, 200, 238, 239, 242, 243, 250, 251, 1000, 60_000)) {
            byte[] plain = new byte[length];
            Arrays.fill(plain, (byte) 'k');
            keys.add(plain);
            byte[] twin = plain.clone();
            twin[length - 1] = 'l';
            keys.add(twin);
            keys.add(random.bytes(length));
          }
          List<byte[]> values = new ArrayList<>();
          cache.written(server(), keys, LONG);
          for (byte[] key : keys) {
            byte[] value = random.bytes(random.nextInt(300));
            values.add(value);
            put(key, value);
          }
          List<Lookup> found = other.get(server(), keys, LONG);
          for (int i = 0; i < keys.size(); i++) {
            assertThat(value(found.get(i))).as("key %s", i).isEqualTo(values.get(i));
          }
        });
  }

  @Test
  void valuesAreOfAnySize() {
    Seeded.run(
        11,
        random -> {
          for (int length : List.of(0, 1, 8191, 65_536, largeBytes())) {
            byte[] key = key();
            byte[] value = random.bytes(length);
            put(key, value);
            assertThat(value(get(key))).isEqualTo(value);
          }
        });
  }

  @Test
  void aValueRunsOut() throws Exception {
    byte[] key = key();
    Lookup.Lease lease = lease(cache, key);
    assertThat(cache.fill(server(), key, lease.token(), bytes("x"), Duration.ofSeconds(2)))
        .isTrue();
    assertThat(get(key)).isInstanceOf(Lookup.Hit.class);
    assertThat(nextLease(key).written()).isFalse();
  }

  @Test
  void aServerThatIsGoneIsUnreachableAndComesBackEmpty() throws Exception {
    byte[] key = key();
    byte[] loading = key();
    put(key, bytes("before"));
    Lookup.Lease old = lease(cache, loading);
    process().kill();
    try {
      long start = System.nanoTime();
      assertThat(failure(() -> get(key)).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure(() -> put(key, bytes("x"))).kind()).isEqualTo(Kind.UNREACHABLE);
      assertThat(failure(() -> cache.written(server(), List.of(key), LONG)).kind())
          .isEqualTo(Kind.UNREACHABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(2));
    } finally {
      process().startAgain();
    }
    assertThat(get(key)).isInstanceOf(Lookup.Lease.class);
    // Of all tokens that the new server gives, none may be the old one's.
    for (int i = 0; i < 50; i++) {
      byte[] each = key();
      assertThat(lease(cache, each).written()).isFalse();
      assertThat(fill(each, old, bytes("stale"))).isFalse();
    }
    Lookup.Lease next = lease(cache, loading);
    assertThat(fill(loading, old, bytes("stale"))).isFalse();
    assertThat(fill(loading, next, bytes("fresh"))).isTrue();
  }

  @Test
  void aServerThatHangsTimesOut() throws Exception {
    byte[] key = key();
    Lookup.Lease lease = lease(cache, key);
    byte[] large = new byte[largeBytes()];
    process().pause();
    try {
      assertTimesOut(() -> get(key));
      assertTimesOut(() -> cache.written(server(), List.of(key), LONG));
      assertTimesOut(() -> cache.fill(server(), key, lease.token(), large, LONG));
      try (SharedCache fresh = open(TIMEOUT)) {
        assertTimesOut(() -> get(fresh, key, LONG));
      }
    } finally {
      process().resume();
    }
    byte[] next = key();
    put(next, bytes("after"));
    assertThat(value(get(next))).isEqualTo(bytes("after"));
  }

  @Test
  void moreCallersThanConnectionsTakeTurns() throws Exception {
    byte[] key = key();
    put(key, bytes("shared"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Lookup>> asked = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        asked.add(threads.submit(() -> get(key)));
      }
      for (Future<Lookup> one : asked) {
        assertThat(value(one.get())).isEqualTo(bytes("shared"));
      }
    }
  }

  /**
   * Writers and readers on two nodes: whoever asks after a write sees that write or a later one.
   */
  @Test
  void noValueStaysThatIsOlderThanTheLastWrite() {
    Seeded.rounds(
        42,
        3,
        random -> {
          SharedCacheRaces races = new SharedCacheRaces(List.of(cache, other), server());
          races.run(random, Duration.ofMillis(1500));
          assertThat(races.hits()).as("hits").isGreaterThan(50);
          assertThat(races.refused()).as("fills that lost to a write").isGreaterThan(0);
        });
  }
}
