package dev.terrace.http.exchange;

import dev.terrace.config.PoolConfig;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands between all routes and a pool: how many requests it may have in hand, and how many
 * wait for a connection. It outlives reloads.
 */
public final class PoolGate {

  private record Settings(int maxRequests, int maxPending, long pendingNanos) {}

  private final AtomicInteger inHand = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final List<WaitingLine> lines = new ArrayList<>();
  private volatile Settings settings = new Settings(0, 0, 1);

  /** A gate that is shut until {@link #configure}. */
  public PoolGate(List<EventLoop> loops) {
    loops.forEach(loop -> lines.add(new WaitingLine(this, loop)));
  }

  /** Takes the limits of the file. */
  public void configure(PoolConfig config) {
    settings =
        new Settings(config.maxRequests(), config.maxPending(), config.pendingTimeout().toNanos());
  }

  /** Whether one more request may come; {@link #end} must follow then. */
  boolean tryBegin() {
    if (inHand.incrementAndGet() > settings.maxRequests()) {
      inHand.decrementAndGet();
      return false;
    }
    return true;
  }

  /** The request is over. */
  void end() {
    inHand.decrementAndGet();
  }

  /** Requests in hand, those that wait included. */
  public int inHand() {
    return inHand.get();
  }

  /** Requests that wait for a connection. */
  public int waiting() {
    return waiting.get();
  }

  /** Those that wait on one event loop. */
  WaitingLine line(int loopIndex) {
    return lines.get(loopIndex);
  }

  /** Whether one more request may wait; {@link #waitsNoMore} must follow then. */
  boolean mayWait() {
    if (waiting.incrementAndGet() > settings.maxPending()) {
      waiting.decrementAndGet();
      return false;
    }
    return true;
  }

  void waitsNoMore() {
    waiting.decrementAndGet();
  }

  long pendingNanos() {
    return settings.pendingNanos();
  }

  /** A member has finished a piece of work: its connection may serve who waits for one. */
  void freed(int loopIndex, MemberConnections connections) {
    if (waiting.get() > 0) {
      WaitingLine line = lines.get(loopIndex);
      if (line.isEmpty()) {
        connections.yieldIdle();
      } else {
        line.advance();
      }
    }
  }
}
