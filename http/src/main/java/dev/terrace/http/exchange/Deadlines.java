package dev.terrace.http.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One event loop's watch over its connections. A request moves its deadline by writing one field; a
 * look at all connections every tenth of a second finds those that are late. That is cheaper by far
 * than a timer for each request, nearly all of which would be cancelled.
 */
public final class Deadlines implements AutoCloseable {

  /** The deadline of what may take for ever. */
  public static final long NEVER = Long.MAX_VALUE;

  public static final long TICK_MILLIS = 100;
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

  /** Something that can be late. */
  public interface Timed {
    /** When it is late, on the scale of {@link Deadlines#in}. */
    long deadline();

    /** It is late. */
    void expired();
  }

  private final Set<Timed> watched = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Timed> late = new ArrayList<>();
  private final Future<?> ticking;
  private final long start = System.nanoTime();
  private long now;

  /** Watches the connections of that loop. */
  public Deadlines(EventLoop loop) {
    ticking = loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Begins to look at it. */
  public void watch(Timed timed) {
    watched.add(timed);
  }

  /** Looks at it no more. */
  public void forget(Timed timed) {
    watched.remove(timed);
  }

  /** The deadline that many nanoseconds from now, late by a tick at most. */
  public long in(long nanos) {
    return now + nanos;
  }

  private void tick() {
    now = System.nanoTime() - start;
    for (Timed timed : watched) {
      if (timed.deadline() <= now) {
        late.add(timed);
      }
    }
    // Apart from the search, for those that expire leave the set.
    late.forEach(Timed::expired);
    late.clear();
  }

  @Override
  public void close() {
    ticking.cancel(false);
  }
}
