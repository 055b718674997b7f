package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.http.observe.AttemptView;
import dev.terrace.http.wire.ResponseHead;
import dev.terrace.net.ConnectFailure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One try of a request on one member; it counts as the member's work from first to last. */
final class MemberAttempt implements AnswerReceiver, AttemptView, MemberConnections.Opened {

  private final Exchange exchange;
  private final RoutePool pool;
  private final PoolMember member;
  private final String why;
  private final MemberMetrics metrics;
  private final long startNanos = System.nanoTime();
  private @Nullable MemberStream stream;
  private boolean reused;
  private boolean thrownAway;
  private boolean over;
  private long connectedNanos;
  private long answeredNanos;
  private long endNanos;
  private int status;
  private final long span;
  private @Nullable AttemptFailure failure;

  MemberAttempt(Exchange exchange, RoutePool pool, PoolMember member, String why) {
    this.why = why;
    this.exchange = exchange;
    this.pool = pool;
    span = exchange.observation().newSpan();
    this.member = member;
    metrics = pool.gate().metrics(member);
    member.load().begin();
  }

  @Override
  public PoolMember member() {
    return member;
  }

  @Override
  public String why() {
    return why;
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long connectedNanos() {
    return connectedNanos;
  }

  @Override
  public long answeredNanos() {
    return answeredNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public long span() {
    return span;
  }

  @Override
  public @Nullable AttemptFailure failure() {
    return failure;
  }

  @Override
  public boolean reused() {
    return reused;
  }

  /** The member's side, once there is a connection. */
  @Nullable MemberStream stream() {
    return stream;
  }

  /** The member's work ends here, whichever way. */
  void end() {
    if (!over) {
      over = true;
      endNanos = System.nanoTime();
      metrics.over(status, failure, endNanos - startNanos);
      member.load().end();
      if (stream != null) {
        int loop = exchange.client().loopIndex();
        pool.gate().freed(loop, pool.on(loop));
      }
    }
  }

  /** The member's work ends here, in vain. */
  void fail(AttemptFailure how) {
    failure = how;
    end();
  }

  /** Ends it in the middle: nobody waits for the answer any more. */
  void abandon() {
    MemberStream open = stream;
    if (open != null && !over) {
      open.abandon();
    }
    end();
  }

  @Override
  public void opened(MemberStream opened, boolean isReused) {
    stream = opened;
    reused = isReused;
    connectedNanos = exchange.observation().isOn() ? System.nanoTime() : NEVER;
    if (over) {
      opened.abandon();
      return;
    }
    exchange.connected(this, opened);
  }

  @Override
  public void failed(ConnectFailure failure, String detail) {
    if (!over) {
      failed(
          switch (failure) {
            case UNREACHABLE -> AttemptFailure.UNREACHABLE;
            case LIMIT -> AttemptFailure.LIMIT;
          });
    }
  }

  @Override
  public void failed(AttemptFailure failure) {
    if (thrownAway) {
      exchange.attempts().thrownAway(this);
    } else {
      exchange.attempts().failed(this, failure);
    }
  }

  @Override
  public boolean isHead() {
    return exchange.client().head().isHead();
  }

  @Override
  public boolean requestComplete() {
    return exchange.requestComplete();
  }

  @Override
  public boolean offersUpgrade() {
    return exchange.client().head().offersUpgrade() && exchange.requestComplete();
  }

  @Override
  public void progressed() {
    exchange.progressed();
  }

  @Override
  public void interimAnswer(ResponseHead head) {
    if (exchange.client().head().isVersion11()) {
      exchange.client().interimHead(exchange.heads().interim(head));
    }
  }

  @Override
  public void answerStarts(ResponseHead head, boolean endsWithConnection, boolean ends) {
    answeredNanos = System.nanoTime();
    status = head.status();
    metrics.answered(answeredNanos - startNanos);
    pool.gate().answered(member, head, answeredNanos - startNanos, answeredNanos);
    thrownAway = exchange.attempts().throwsAway(this);
    if (!thrownAway) {
      exchange.attempts().answers(this);
      exchange.answerStarts(head, endsWithConnection, ends);
    }
  }

  @Override
  public boolean takesChunks() {
    return thrownAway || exchange.answerTakesChunks();
  }

  @Override
  public void answerBody(ByteBuf piece) {
    if (thrownAway) {
      piece.release();
    } else {
      exchange.answerBody(piece);
    }
  }

  @Override
  public void answerCompleted(@Nullable ByteBuf trailers) {
    if (!thrownAway) {
      exchange.answerCompleted(trailers);
      return;
    }
    if (trailers != null) {
      trailers.release();
    }
    exchange.attempts().thrownAway(this);
  }

  @Override
  public void upgraded(ResponseHead head, MemberStream upgraded, ByteBuf ahead) {
    answeredNanos = System.nanoTime();
    status = head.status();
    metrics.answered(answeredNanos - startNanos);
    exchange.attempts().answers(this);
    exchange.upgraded(head, upgraded, ahead);
  }

  @Override
  public void readComplete() {
    if (!thrownAway) {
      exchange.answerPauses();
    } else if (!over && stream != null) {
      // What is not here yet is not waited for: a new connection costs less.
      stream.abandon();
      exchange.attempts().thrownAway(this);
    }
  }

  @Override
  public void writabilityChanged() {
    exchange.progressed();
    exchange.client().updateReading();
  }
}
