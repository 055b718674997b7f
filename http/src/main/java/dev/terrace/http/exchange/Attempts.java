package dev.terrace.http.exchange;

import dev.terrace.core.attempt.Attempt;
import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.attempt.NextStep;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.http.head.HeadView;
import dev.terrace.net.ConnectionPool.Reuse;
import org.jspecify.annotations.Nullable;

/** The tries of one exchange: which member is asked, and what becomes of a failure. */
final class Attempts {

  private static final byte[] NOTHING = {};

  private final Exchange exchange;
  private final MemberChoice choice = new MemberChoice();
  private @Nullable MemberAttempt current;
  private int made;

  Attempts(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Asks the first member. */
  void begin(RouteTarget target, HeadView view) {
    made = 0;
    serve(target, choice.first(target, view, exchange.client()), null);
  }

  private void serve(RouteTarget target, Pick pick, @Nullable AttemptFailure before) {
    switch (pick) {
      case Pick.Picked(PoolMember member, String why) -> ask(target, member, why, false);
      case Pick.Rejected(Pick.Cause cause) ->
          exchange.reject(target, before == null ? Reason.of(cause) : Reason.of(before));
    }
  }

  private void ask(RouteTarget target, PoolMember member, String why, boolean anew) {
    if (!anew) {
      made++;
    }
    MemberAttempt next = new MemberAttempt(exchange, member, why);
    current = next;
    exchange.observation().tried(next);
    ClientStream client = exchange.client();
    target
        .connections()
        .get(client.loopIndex())
        .open(member.member().address(), client.peer(), reuse(anew), next, next);
  }

  private Reuse reuse(boolean anew) {
    if (anew) {
      return Reuse.NONE;
    }
    boolean repeatable = exchange.client().head().isRepeatable() && exchange.isReplayable();
    return repeatable ? Reuse.ANY : Reuse.RECENT;
  }

  /** The member's side of the try under way, or null while there is none. */
  @Nullable MemberStream stream() {
    return current == null ? null : current.stream();
  }

  /** The member that is being asked, or null. */
  @Nullable PoolMember member() {
    return current == null ? null : current.member();
  }

  /** The header line that makes the client come back to the member that answers. */
  byte[] stickyLine(@Nullable RouteTarget target) {
    return target == null || current == null
        ? NOTHING
        : choice.stickyLine(target, current.member());
  }

  /** The try failed; its stream, if there was one, is closed already. */
  void failed(MemberAttempt failed, AttemptFailure failure) {
    failed.fail(failure);
    RouteTarget target = exchange.target();
    if (failed != current || target == null) {
      return;
    }
    current = null;
    boolean merelyIdle =
        failure == AttemptFailure.CLOSED && failed.reused() && !exchange.answered();
    if (failure != AttemptFailure.LIMIT && !merelyIdle) {
      failed.member().load().fail();
    }
    Attempt tried =
        new Attempt(
            made,
            failure,
            failed.reused(),
            failed.stream() != null,
            exchange.client().head().isRepeatable(),
            exchange.isReplayable(),
            exchange.answered());
    switch (NextStep.after(tried, exchange.attemptsMax())) {
      case SAME_MEMBER_ANEW -> {
        target.metrics().retried(failure);
        ask(target, failed.member(), failed.why(), true);
      }
      case OTHER_MEMBER -> {
        target.metrics().retried(failure);
        serve(target, choice.after(target, failed.member()), failure);
      }
      case GIVE_UP -> exchange.givenUp(target, failure);
    }
  }

  /** The member did not answer in time. */
  void timedOut() {
    MemberAttempt late = current;
    if (late != null) {
      late.abandon();
      failed(late, AttemptFailure.TIMED_OUT);
    }
  }

  /** The answer is complete, or nobody waits for it any more. */
  void end() {
    if (current != null) {
      current.end();
      current = null;
    }
  }

  /** Ends the try in the middle. */
  void abandon() {
    if (current != null) {
      current.abandon();
      current = null;
    }
  }

  /** Lets the try last beyond the exchange; running what is returned ends it. */
  Runnable detach() {
    MemberAttempt lasting = current;
    current = null;
    return lasting == null ? () -> {} : lasting::end;
  }
}
