package dev.terrace.http.exchange;

import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The exchanges of one event loop that wait for a connection to a pool's members, all of which have
 * as many as they may: first come, first served. All methods are called on the loop.
 *
 * <p>Whoever ends a piece of work on this loop lets the first go on. What other loops free is found
 * by looking now and then while anybody waits; they are asked for their idle connections, for those
 * count too.
 */
final class WaitingLine {

  private static final long LOOK_MILLIS = 10;

  private final PoolGate gate;
  private final EventLoop loop;
  private final LinkedHashMap<Attempts, Long> deadlines = new LinkedHashMap<>();
  private boolean looking;

  WaitingLine(PoolGate gate, EventLoop loop) {
    this.gate = gate;
    this.loop = loop;
  }

  EventLoop loop() {
    return loop;
  }

  boolean isEmpty() {
    return deadlines.isEmpty();
  }

  /** Waits at the end of the line; false if too many wait already. */
  boolean join(Attempts waiter) {
    if (!gate.mayWait()) {
      return false;
    }
    deadlines.putLast(waiter, System.nanoTime() + gate.pendingNanos());
    look(waiter);
    return true;
  }

  /** Leaves the line, if it is in it: its client is gone. */
  void leave(Attempts waiter) {
    if (deadlines.remove(waiter) != null) {
      gate.waitsNoMore();
    }
  }

  /** Lets the first go on; it keeps its place if there is no connection for it after all. */
  void advance() {
    Map.Entry<Attempts, Long> first = deadlines.pollFirstEntry();
    if (first != null) {
      if (first.getKey().goOn()) {
        gate.waitsNoMore();
      } else {
        deadlines.putFirst(first.getKey(), first.getValue());
      }
    }
  }

  private void look(Attempts waiter) {
    if (!looking) {
      looking = true;
      askOtherLoops(waiter);
      loop.schedule(this::lookAgain, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void lookAgain() {
    looking = false;
    long now = System.nanoTime();
    while (!deadlines.isEmpty() && deadlines.firstEntry().getValue() - now <= 0) {
      Attempts late = deadlines.pollFirstEntry().getKey();
      gate.waitsNoMore();
      late.waitedTooLong();
    }
    if (!deadlines.isEmpty()) {
      advance();
    }
    if (!deadlines.isEmpty()) {
      look(deadlines.firstEntry().getKey());
    }
  }

  private void askOtherLoops(Attempts waiter) {
    RoutePool pool = waiter.pool();
    if (pool == null) {
      return;
    }
    for (int i = 0; i < pool.connections().size(); i++) {
      WaitingLine other = gate.line(i);
      if (other != this) {
        MemberConnections theirs = pool.on(i);
        other.loop.execute(() -> {
          if (other.isEmpty()) {
            theirs.yieldIdle();
          }
        });
      }
    }
  }
}
