package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Ends what takes too long in the sessions of one event loop: silence, and statements. It looks at
 * all of them now and then, so that a statement which is in time costs nothing.
 */
final class Overdue {

  private static final Duration REST_MIN = Duration.ofMillis(20);

  /** How long a server may take to do as it was told. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration REST_MAX = Duration.ofSeconds(1);

  /** What a session did when it was looked at, and since when. */
  private static final class Seen {
    Activity activity = Activity.IDLE;
    long rounds = -1;
    long sinceNanos;
    long toldNanos;
    boolean told;
  }

  private final EventLoop loop;
  private final Supplier<SqlConfig> config;
  private final Map<Session, Seen> sessions = new HashMap<>();
  private ScheduledFuture<?> next;
  private boolean closed;

  Overdue(EventLoop loop, Supplier<SqlConfig> config) {
    this.loop = loop;
    this.config = config;
    this.next = rest();
  }

  void add(Session session) {
    sessions.put(session, new Seen());
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  private ScheduledFuture<?> rest() {
    Duration shortest =
        Stream.of(
                config.get().statementTimeout(),
                config.get().idleTransactionTimeout(),
                config.get().clientIdleTimeout())
            .flatMap(Optional::stream)
            .map(timeout -> timeout.dividedBy(10))
            .min(Duration::compareTo)
            .orElse(REST_MAX);
    Duration rest = shortest.compareTo(REST_MIN) < 0 ? REST_MIN : shortest;
    long millis = Math.min(rest.toMillis(), REST_MAX.toMillis());
    Runnable look = this::look;
    return loop.schedule(look, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (closed) {
      return;
    }
    SqlConfig now = config.get();
    boolean limited =
        now.statementTimeout().isPresent()
            || now.idleTransactionTimeout().isPresent()
            || now.clientIdleTimeout().isPresent();
    if (limited) {
      long nanos = System.nanoTime();
      // A session that ends takes itself out.
      List.copyOf(sessions.entrySet())
          .forEach(each -> look(each.getKey(), each.getValue(), now, nanos));
    }
    next = rest();
  }

  private static void look(Session session, Seen seen, SqlConfig config, long nanos) {
    Activity activity = session.time().activity();
    if (seen.rounds != session.time().rounds() || seen.activity != activity) {
      seen.rounds = session.time().rounds();
      seen.activity = activity;
      seen.sinceNanos = nanos;
      seen.told = false;
      return;
    }
    Optional<Duration> limit =
        switch (activity) {
          case BUSY -> config.statementTimeout();
          case IDLE_IN_TRANSACTION -> config.idleTransactionTimeout();
          case IDLE -> config.clientIdleTimeout();
        };
    boolean late = limit.isPresent() && nanos - seen.sinceNanos > limit.get().toNanos();
    if (late && !seen.told) {
      seen.told = true;
      seen.toldNanos = nanos;
      session.time().overdue(activity);
    } else if (late && nanos - seen.toldNanos > GRACE.toNanos()) {
      session.time().giveUp();
    }
  }

  void close() {
    loop.execute(() -> {
      closed = true;
      next.cancel(false);
    });
  }
}
