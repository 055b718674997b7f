package dev.terrace.http.exchange;

import dev.terrace.core.attempt.Attempt;
import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.attempt.HedgePolicy;
import dev.terrace.core.attempt.NextStep;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.net.ConnectionPool.Reuse;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one exchange: which member is asked, and what becomes of a failure. Most often there
 * is one; with hedging two may be under way at once, until the first of them answers.
 */
final class Attempts {

  private final Exchange exchange;
  private final MemberChoice choice = new MemberChoice();
  private @Nullable RoutePool pool;
  private @Nullable MemberAttempt current;
  private @Nullable MemberAttempt second;
  private @Nullable Future<?> hedging;
  private Pick instead = new Pick.Rejected(Pick.Cause.ALL_TRIED);
  private int made;
  private int atLimit;
  private boolean waits;
  private boolean goingOn;

  Attempts(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Asks the first member of that pool. */
  void begin(RoutePool to, RouteTarget route) {
    if (!to.gate().tryBegin(exchange.startNanos())) {
      exchange.reject(to, Reason.OVERLOADED);
      return;
    }
    pool = to;
    made = 0;
    atLimit = 0;
    if (line(to).isEmpty()) {
      serve(to, choice.first(to, route, exchange), null);
    } else {
      waitForConnection(to);
    }
    HedgePolicy policy = route.hedge();
    if (policy != null && current != null && mayBeAskedTwice()) {
      hedging = line(to).loop().schedule(this::hedge, policy.afterNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Whether two members may be asked at once: all is known, and twice is as good as once. */
  private boolean mayBeAskedTwice() {
    RequestHead head = exchange.client().head();
    boolean hasBody = !exchange.requestComplete() || !exchange.kept().isUntouched();
    return HedgePolicy.mayHedge(head.isRepeatable(), hasBody) && !head.offersUpgrade();
  }

  private WaitingLine line(RoutePool of) {
    return of.gate().line(exchange.client().loopIndex());
  }

  private void serve(RoutePool from, Pick pick, @Nullable AttemptFailure before) {
    switch (pick) {
      case Pick.Picked(PoolMember member, String why) -> {
        made++;
        current = attempt(from, member, why);
        ask(from, current, reuse());
      }
      case Pick.Rejected(Pick.Cause cause) -> {
        if (before == AttemptFailure.LIMIT) {
          waitForConnection(from);
        } else {
          exchange.reject(from, before == null ? Reason.of(cause) : Reason.of(before));
        }
      }
    }
  }

  private MemberAttempt attempt(RoutePool at, PoolMember member, String why) {
    MemberAttempt next = new MemberAttempt(exchange, at, member, why);
    exchange.observation().tried(next);
    return next;
  }

  private void ask(RoutePool of, MemberAttempt next, Reuse reuse) {
    of.on(exchange.client().loopIndex())
        .open(next.member().member().address(), exchange.peer(), reuse, next, next);
  }

  private Reuse reuse() {
    boolean repeatable = exchange.client().head().isRepeatable() && exchange.kept().isComplete();
    return repeatable ? Reuse.ANY : Reuse.RECENT;
  }

  // Waiting for a connection.

  private void waitForConnection(RoutePool of) {
    waits = goingOn || line(of).join(this);
    if (!waits) {
      exchange.reject(of, Reason.LIMIT);
    }
  }

  /** Tries again after waiting; false if there is still no connection. */
  boolean goOn() {
    RoutePool to = pool;
    RouteTarget route = exchange.route();
    waits = false;
    if (to != null && route != null) {
      made -= atLimit;
      atLimit = 0;
      goingOn = true;
      serve(to, choice.first(to, route, exchange), null);
      goingOn = false;
    }
    return !waits;
  }

  /** No connection was to be had in time. */
  void waitedTooLong() {
    RoutePool of = pool;
    waits = false;
    if (of != null) {
      exchange.reject(of, Reason.PENDING_TIMEOUT);
    }
  }

  // What the exchange asks.

  /** The pool that serves, until all is over. */
  @Nullable RoutePool pool() {
    return pool;
  }

  /** The member's side of the try under way, or null while there is none. */
  @Nullable MemberStream stream() {
    return current == null ? null : current.stream();
  }

  /** The header line that makes the client come back to the member that answers. */
  byte[] stickyLine(@Nullable RouteTarget route) {
    return route == null || current == null
        ? HeadRewriter.NO_LINES
        : choice.stickyLine(route, current.member());
  }

  // What the tries tell.

  /** The try has an answer: if there is another under way, nobody waits for that any more. */
  void answers(MemberAttempt first) {
    MemberAttempt other = first == current ? second : current;
    if (other != null) {
      current = first;
      second = null;
      other.abandon();
    }
    stopHedging();
  }

  /** The try failed; its stream, if there was one, is closed already. */
  void failed(MemberAttempt failed, AttemptFailure failure) {
    failed.fail(failure);
    RoutePool from = pool;
    if (from == null || (failed != current && failed != second)) {
      return;
    }
    boolean merelyIdle =
        failure == AttemptFailure.CLOSED && failed.reused() && !exchange.answered();
    boolean blameless = failure == AttemptFailure.LIMIT || failure == AttemptFailure.REFUSED;
    if (!blameless && !merelyIdle) {
      failed.member().load().fail();
      from.gate().failed(failed.member(), failure);
    }
    if (!leavesOther(failed)) {
      current = null;
      next(from, failed, failure);
    }
  }

  /** Whether another try is under way, which is now the only one. */
  private boolean leavesOther(MemberAttempt failed) {
    if (second == null) {
      return false;
    }
    choice.leave(failed.member());
    current = failed == current ? second : current;
    second = null;
    return true;
  }

  private NextStep decide(RoutePool from, MemberAttempt failed, AttemptFailure failure) {
    Attempt tried =
        new Attempt(
            made,
            failure,
            failed.reused(),
            failed.stream() != null,
            exchange.client().head().isRepeatable(),
            exchange.kept().isComplete(),
            exchange.answered());
    return from.gate().next(tried, exchange.limits().attempts());
  }

  private void next(RoutePool from, MemberAttempt failed, AttemptFailure failure) {
    switch (decide(from, failed, failure)) {
      case SAME_MEMBER_ANEW -> {
        from.metrics().retried(failure);
        current = attempt(from, failed.member(), failed.why());
        ask(from, current, Reuse.NONE);
      }
      case OTHER_MEMBER -> {
        if (failure == AttemptFailure.LIMIT) {
          atLimit++;
        }
        from.metrics().retried(failure);
        serve(from, choice.after(from, failed.member()), failure);
      }
      case GIVE_UP, BUDGET_SPENT -> {
        if (failure == AttemptFailure.LIMIT && !exchange.answered()) {
          atLimit++;
          waitForConnection(from);
        } else {
          exchange.reject(from, Reason.of(failure));
        }
      }
    }
  }

  /**
   * Whether that answer, of which the client has seen nothing, is thrown away because another
   * member is asked, or is being asked already.
   */
  boolean throwsAway(MemberAttempt answering) {
    RoutePool from = pool;
    if (from == null
        || !exchange.limits().retriesOn(answering.status())
        || !exchange.requestComplete()) {
      return false;
    }
    if (second != null) {
      return true;
    }
    // Nothing is taken out of the budget if there is nobody else to ask.
    Pick other = choice.instead(from, answering.member());
    instead = other;
    return other instanceof Pick.Picked
        && decide(from, answering, AttemptFailure.REFUSED_BY_STATUS) == NextStep.OTHER_MEMBER;
  }

  /** The answer that is thrown away has ended, one way or another. */
  void thrownAway(MemberAttempt failed) {
    failed.fail(AttemptFailure.REFUSED_BY_STATUS);
    RoutePool from = pool;
    if (from == null || (failed != current && failed != second)) {
      return;
    }
    failed.member().load().fail();
    if (!leavesOther(failed)) {
      choice.leave(failed.member());
      from.metrics().retried(AttemptFailure.REFUSED_BY_STATUS);
      serve(from, instead, AttemptFailure.REFUSED_BY_STATUS);
    }
  }

  /** The first member is slow: asks a second. */
  private void hedge() {
    hedging = null;
    RoutePool from = pool;
    MemberAttempt slow = current;
    if (from == null || slow == null || second != null || exchange.answered()) {
      return;
    }
    if (choice.after(from, slow.member()) instanceof Pick.Picked(PoolMember member, String why)
        && from.gate().mayHedge()) {
      from.metrics().hedged();
      MemberAttempt next = attempt(from, member, "hedge: " + why);
      second = next;
      ask(from, next, Reuse.ANY);
    }
  }

  private void stopHedging() {
    if (hedging != null) {
      hedging.cancel(false);
      hedging = null;
    }
  }

  /** The member did not answer in time. */
  void timedOut() {
    if (waits) {
      leaveLine();
      waitedTooLong();
      return;
    }
    if (second != null) {
      second.abandon();
      second = null;
    }
    MemberAttempt late = current;
    if (late != null) {
      late.abandon();
      failed(late, AttemptFailure.TIMED_OUT);
    }
  }

  // The end.

  /** The answer is complete, or nobody waits for it any more. */
  void end() {
    MemberAttempt last = current;
    current = null;
    if (last != null) {
      last.end();
    }
    over();
  }

  /** Ends what is under way in the middle. */
  void abandon() {
    MemberAttempt last = current;
    current = null;
    if (last != null) {
      last.abandon();
    }
    over();
  }

  private void over() {
    stopHedging();
    MemberAttempt other = second;
    second = null;
    if (other != null) {
      other.abandon();
    }
    leaveLine();
    if (pool != null) {
      pool.gate().end();
      pool = null;
    }
  }

  private void leaveLine() {
    if (waits && pool != null) {
      line(pool).leave(this);
      waits = false;
    }
  }

  /** Lets the try last beyond the exchange; running what is returned ends it. */
  Runnable detach() {
    MemberAttempt lasting = current;
    RoutePool from = pool;
    current = null;
    pool = null;
    stopHedging();
    long idleNanos = exchange.limits().tunnelIdleNanos();
    MemberStream stream = lasting == null ? null : lasting.stream();
    if (stream != null && idleNanos != Limits.UNLIMITED) {
      stream.channel().pipeline().addFirst(new TunnelTimeout(idleNanos));
    }
    return () -> {
      if (lasting != null && from != null) {
        lasting.end();
        from.gate().end();
      }
    };
  }
}
