package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.wire.ResponseHead;
import dev.terrace.net.ConnectFailure;
import dev.terrace.net.ConnectionPool.Reuse;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The copy of one request on its way to a mirror. What its member does not take at once waits here
 * up to a bound; beyond that the copy is given up, for the request itself does not wait.
 */
final class MirroredRequest implements AnswerReceiver, MemberConnections.Opened {

  private static final int WAITING_BYTES = 256 * 1024;

  private final Mirror mirror;
  private final boolean isHead;
  private final boolean addsChunks;
  private final int loopIndex;
  private final ClientPeer peer;
  private final long responseNanos;
  private final Deque<ByteBuf> waiting = new ArrayDeque<>(2);
  private final Exchange exchange;
  private int waitingBytes;
  private @Nullable ByteBuf trailers;
  private @Nullable PoolMember member;
  private @Nullable MemberStream stream;
  private @Nullable Future<?> timeout;
  private boolean complete;
  private boolean endSent;
  private boolean over;

  MirroredRequest(Mirror mirror, Exchange exchange) {
    this.mirror = mirror;
    this.exchange = exchange;
    isHead = exchange.client().head().isHead();
    addsChunks = exchange.client().head().isChunked() && !exchange.requestTakesChunks();
    loopIndex = exchange.client().loopIndex();
    peer = exchange.peer();
    responseNanos = exchange.limits().responseNanos();
    complete = exchange.requestComplete();
  }

  /** Picks a member; false if there is none. */
  boolean begin() {
    RoutePool pool = mirror.pool();
    long random = ThreadLocalRandom.current().nextLong();
    PickRequest request =
        new PickRequest(exchange.key(pool), random, exchange.startNanos(), Set.of());
    if (!(pool.pool().pick(request) instanceof Pick.Picked(PoolMember picked, String why))
        || !pool.gate().tryBegin(exchange.startNanos())) {
      mirror.failed();
      return false;
    }
    member = picked;
    picked.load().begin();
    // The head's bytes are good only as long as the exchange: they are copied now.
    waiting.add(exchange.heads().request(peer, picked.id(), HeadRewriter.NO_LINES));
    pool.on(loopIndex).open(picked.member().address(), peer, Reuse.ANY, this, this);
    watchTime();
    return true;
  }

  private void watchTime() {
    if (complete && !over && timeout == null) {
      timeout =
          mirror
              .pool()
              .gate()
              .line(loopIndex)
              .loop()
              .schedule(this::giveUp, responseNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** A piece of the body, with the trailers after the last one; both are taken over. */
  void body(ByteBuf piece, boolean last, @Nullable ByteBuf ending) {
    complete = last;
    trailers = ending;
    if (over) {
      piece.release();
      dropTrailers();
      return;
    }
    waitingBytes += piece.readableBytes();
    waiting.add(piece);
    send();
    if (waitingBytes > WAITING_BYTES) {
      mirror.tooSlow();
      cut();
    }
    watchTime();
  }

  /** The request itself is over; a copy of which not all was read comes to nothing. */
  void exchangeOver() {
    if (!complete) {
      giveUp();
    }
  }

  private void send() {
    MemberStream to = stream;
    if (to == null || endSent) {
      return;
    }
    while (!waiting.isEmpty() && to.isWritable()) {
      ByteBuf piece = waiting.remove();
      waitingBytes -= piece.readableBytes();
      to.requestBody(piece);
    }
    if (complete && waiting.isEmpty()) {
      endSent = true;
      ByteBuf ending = trailers;
      trailers = null;
      to.requestEnd(ending);
    }
    to.flush();
  }

  private void giveUp() {
    if (!over) {
      mirror.failed();
      cut();
    }
  }

  private void cut() {
    MemberStream open = stream;
    if (open != null && !over) {
      open.abandon();
    }
    end();
  }

  private void end() {
    if (over) {
      return;
    }
    over = true;
    while (!waiting.isEmpty()) {
      waiting.remove().release();
    }
    dropTrailers();
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (member != null) {
      member.load().end();
    }
    PoolGate gate = mirror.pool().gate();
    gate.end();
    gate.freed(loopIndex, mirror.pool().on(loopIndex));
  }

  private void dropTrailers() {
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
  }

  @Override
  public void opened(MemberStream opened, boolean reused) {
    stream = opened;
    if (over) {
      opened.abandon();
      return;
    }
    ByteBuf head = waiting.remove();
    opened.requestHead(head, addsChunks, complete && waiting.isEmpty() && trailers == null);
    send();
  }

  @Override
  public void failed(ConnectFailure failure, String detail) {
    fail();
  }

  @Override
  public void failed(AttemptFailure failure) {
    fail();
  }

  private void fail() {
    if (!over) {
      mirror.failed();
      end();
    }
  }

  @Override
  public boolean isHead() {
    return isHead;
  }

  @Override
  public boolean requestComplete() {
    return endSent;
  }

  @Override
  public boolean offersUpgrade() {
    return false;
  }

  @Override
  public void progressed() {}

  @Override
  public void interimAnswer(ResponseHead head) {}

  @Override
  public void answerStarts(ResponseHead head, boolean endsWithConnection, boolean ends) {
    if (!over) {
      mirror.answered();
    }
  }

  @Override
  public boolean takesChunks() {
    return true;
  }

  @Override
  public void answerBody(ByteBuf piece) {
    piece.release();
  }

  @Override
  public void answerCompleted(@Nullable ByteBuf trailers) {
    if (trailers != null) {
      trailers.release();
    }
    end();
  }

  @Override
  public void upgraded(ResponseHead head, MemberStream upgraded, ByteBuf ahead) {
    ahead.release();
    cut();
  }

  @Override
  public void readComplete() {}

  @Override
  public void writabilityChanged() {
    send();
  }
}
