package dev.terrace.net.discovery;

import dev.terrace.core.pool.Drain;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Memberships.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Takes members out of rotation for operators, and closes what is left of their connections at the
 * deadline, if there is one. The deadline is waited for by the monotonic clock: the wall clock,
 * which only tells people when it will be, may jump.
 */
public final class Drains implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Drains.class.getName());

  /** Closes all connections to a member of a pool, in use or not. */
  @FunctionalInterface
  public interface Cut {
    /** Closes them; the work on them fails. */
    void cut(String pool, String memberId);
  }

  private record Target(String pool, String member) {}

  private final Memberships memberships;
  private final Cut cut;
  private final InstantSource clock;
  private final Map<Target, Thread> waiting = new HashMap<>();

  /** Drains members of those pools. */
  public Drains(Memberships memberships, Cut cut, InstantSource clock) {
    this.memberships = memberships;
    this.cut = cut;
    this.clock = clock;
  }

  /** Gives the member nothing new from now on; a later call replaces the deadline. */
  public synchronized Outcome drain(String pool, String member, Optional<Duration> deadline) {
    Drain drain = new Drain(deadline.map(clock.instant()::plus));
    Outcome outcome = memberships.drain(pool, member, Optional.of(drain));
    if (outcome == Outcome.DONE) {
      Target target = new Target(pool, member);
      forget(target);
      deadline.ifPresent(after -> waiting.put(target, wait(target, drain, after)));
    }
    return outcome;
  }

  /** Puts the member back into rotation. */
  public synchronized Outcome undrain(String pool, String member) {
    forget(new Target(pool, member));
    return memberships.drain(pool, member, Optional.empty());
  }

  private void forget(Target target) {
    Thread thread = waiting.remove(target);
    if (thread != null) {
      thread.interrupt();
    }
  }

  private Thread wait(Target target, Drain drain, Duration after) {
    return Thread.ofVirtual()
        .name("drain-" + target.pool() + "-" + target.member())
        .start(() -> {
          try {
            Thread.sleep(after);
            end(target, drain);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private synchronized void end(Target target, Drain drain) {
    if (Thread.currentThread() != waiting.get(target)) {
      return;
    }
    waiting.remove(target);
    boolean still =
        memberships
            .find(target.pool())
            .map(m -> drain.equals(m.drains().get(target.member())))
            .orElse(false);
    if (still) {
      LOG.log(
          System.Logger.Level.INFO,
          "pool {0}: {1} is drained; what is left of its connections is closed",
          target.pool(),
          target.member());
      cut.cut(target.pool(), target.member());
    }
  }

  /** Waits for no deadline any more. */
  @Override
  public synchronized void close() {
    waiting.values().forEach(Thread::interrupt);
    waiting.clear();
  }
}
