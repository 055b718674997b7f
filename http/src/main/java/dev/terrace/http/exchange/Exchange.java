package dev.terrace.http.exchange;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.route.RouteTable;
import dev.terrace.http.head.HeadRewriter;
import dev.terrace.http.head.HeadRewriter.Persistence;
import dev.terrace.http.head.HeadView;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: passes the one to the member that serves it and the other back, and
 * answers itself where no member can. A connection of HTTP/1.1 uses one again for its next request.
 */
public final class Exchange {

  private static final byte[] NOTHING = {};

  private final ClientStream client;
  private final FrontState front;
  private final HeadView view = new HeadView();
  private final KeptBody kept = new KeptBody();
  private final Attempts attempts = new Attempts(this);
  private Serving serving;
  private @Nullable RouteTarget target;
  private @Nullable ByteBuf trailers;
  private Observation observation = Observation.NONE;
  private boolean running;
  private boolean requestComplete;
  private boolean requestTakesChunks;
  private boolean answered;
  private boolean answerTakesChunks;
  private boolean staysOpen;
  private boolean endsWithConnection;
  private int status;
  private long startNanos;

  /** An exchange of that client, not begun. */
  public Exchange(ClientStream client, FrontState front) {
    this.client = client;
    this.front = front;
    serving = front.serving();
  }

  /**
   * Begins with the request whose head the client's side has just read.
   *
   * @param complete whether no body follows
   */
  public void start(Serving by, boolean complete) {
    serving = by;
    target = null;
    running = true;
    answered = false;
    requestTakesChunks = client.takesChunks();
    startNanos = System.nanoTime();
    observation = Observation.of(by.observing(), client, startNanos);
    requestComplete = complete;
    awaitProgress();
    switch (by.routes().match(view.of(client.head(), client.peer().addressBytes()))) {
      case RouteTable.NoRoute<RouteTarget>() -> reject(Reason.NO_ROUTE, Reason.NO_ROUTE.words());
      case RouteTable.Matched<RouteTarget> matched -> {
        RouteTarget found = matched.target();
        target = found;
        observation.routed(found);
        requestTakesChunks &= found.connections().get(client.loopIndex()).takesChunks();
        attempts.begin(found, view);
      }
    }
  }

  // What the client's side calls.

  /** Whether all of the request was read. */
  public boolean requestComplete() {
    return requestComplete;
  }

  /** Whether more of the request can be taken from the client now. */
  public boolean takesMore() {
    MemberStream member = attempts.stream();
    return requestComplete || (member != null && member.isWritable());
  }

  /** Whether the request's body is taken with the framing of its chunks. */
  public boolean requestTakesChunks() {
    return requestTakesChunks;
  }

  /**
   * A piece of the request's body, which is taken over.
   *
   * @param complete whether it is the last
   * @param ending the trailers, each line with its CR LF, or null; never before the last piece
   */
  public void requestBody(ByteBuf piece, boolean complete, @Nullable ByteBuf ending) {
    requestComplete = complete;
    trailers = ending;
    observation.bodyIn(piece.readableBytes());
    awaitProgress();
    MemberStream member = attempts.stream();
    if (member == null) {
      kept.add(piece);
      return;
    }
    if (!answered && client.head().isRepeatable() && kept.mayKeep(piece.readableBytes())) {
      kept.add(piece.retainedDuplicate());
    } else {
      kept.giveUp();
    }
    member.requestBody(piece);
    endRequest(member);
    if (member.isWritable()) {
      client.flushSoon(member);
    } else {
      member.flush();
    }
  }

  private void endRequest(MemberStream member) {
    if (requestComplete) {
      member.requestEnd(trailers == null ? null : trailers.retainedDuplicate());
    }
  }

  /** What the client sends is not HTTP: refuses it. */
  public void refuse(Fault fault) {
    front.metrics().refused(fault);
    observation.answeredBecause(fault.name());
    attempts.abandon();
    if (answered) {
      abort();
    } else {
      answerLocally(new LocalAnswer(fault.status(), fault.name(), fault.words()));
    }
  }

  /** The client has taken what was written; more of the answer may come. */
  public void clientTakesMore() {
    progressed();
    MemberStream member = attempts.stream();
    if (member != null) {
      member.setReading(true);
    }
  }

  /** Too long nothing happened. */
  public void expired() {
    if (!running) {
      return;
    }
    MemberStream member = attempts.stream();
    boolean memberIsLate = requestComplete || member == null || !member.isWritable();
    if (answered) {
      abort();
    } else if (memberIsLate) {
      attempts.timedOut();
    } else {
      attempts.abandon();
      reject(Reason.REQUEST_TIMEOUT, Reason.REQUEST_TIMEOUT.words());
    }
  }

  /** The client is gone: nobody waits for the answer. */
  public void clientGone() {
    if (running) {
      status = 499;
      attempts.abandon();
      settle();
    }
  }

  // What the attempts call.

  ClientStream client() {
    return client;
  }

  Attempts attempts() {
    return attempts;
  }

  @Nullable RouteTarget target() {
    return running ? target : null;
  }

  Observation observation() {
    return observation;
  }

  int attemptsMax() {
    return serving.attempts();
  }

  /** Whether any of the answer has gone to the client. */
  boolean answered() {
    return answered;
  }

  /** Whether all of the request that was read is still at hand. */
  boolean isReplayable() {
    return kept.isComplete();
  }

  boolean isHead() {
    return client.head().isHead();
  }

  boolean offersUpgrade() {
    return client.head().offersUpgrade() && requestComplete;
  }

  /** A member is there: sends it all of the request that is at hand. */
  void connected(MemberStream member) {
    RequestHead head = client.head();
    boolean hostNamed = head.hostEnd() > head.hostStart();
    PoolMember asked = attempts.member();
    String defaultHost = hostNamed || asked == null ? "" : asked.id();
    member.requestHead(
        HeadRewriter.request(head, client.peer().forwardedLines(), defaultHost, client.alloc()),
        head.isChunked() && !requestTakesChunks,
        requestComplete && kept.isEmpty());
    if (!kept.isEmpty()) {
      for (ByteBuf piece : kept.slices()) {
        member.requestBody(piece.retainedDuplicate());
      }
      if (!head.isRepeatable()) {
        kept.giveUp();
      }
    }
    endRequest(member);
    awaitProgress();
    client.flushSoon(member);
    client.updateReading();
  }

  void interimAnswer(ResponseHead head) {
    if (client.head().isVersion11()) {
      client.interimHead(
          HeadRewriter.answer(head, Persistence.SILENT, true, NOTHING, client.alloc()));
    }
  }

  void answerStarts(ResponseHead head, boolean untilClose, boolean ends) {
    answered = true;
    kept.giveUp();
    status = head.status();
    boolean clientTakesChunks = client.takesChunks();
    answerTakesChunks =
        target != null
            && clientTakesChunks
            && target.connections().get(client.loopIndex()).takesChunks();
    endsWithConnection = untilClose;
    staysOpen =
        client.mayStayOpen() && !endsWithConnection && (clientTakesChunks || !head.isChunked());
    client.answerHead(
        HeadRewriter.answer(
            head,
            client.persistence(staysOpen),
            clientTakesChunks,
            attempts.stickyLine(target),
            client.alloc()),
        head.isChunked() && clientTakesChunks && !answerTakesChunks && !ends,
        ends);
    progressed();
  }

  boolean answerTakesChunks() {
    return answerTakesChunks;
  }

  void answerBody(ByteBuf piece) {
    observation.bodyOut(piece.readableBytes());
    client.answerBody(piece);
    MemberStream member = attempts.stream();
    if (!client.isWritable() && member != null) {
      client.flush();
      // Most often the socket takes it all, and nothing needs to stop.
      if (!client.isWritable()) {
        member.setReading(false);
      }
    }
  }

  void answerCompleted(@Nullable ByteBuf ending) {
    client.answerEnd(ending);
    over(staysOpen && requestComplete);
  }

  /** HTTP is over on this connection: joins client and member. */
  void upgraded(ResponseHead head, MemberStream member, ByteBuf ahead) {
    status = head.status();
    ByteBuf out =
        HeadRewriter.answer(
            head, Persistence.SILENT, true, attempts.stickyLine(target), client.alloc());
    Runnable ended = attempts.detach();
    settle();
    client.becomeTunnel(out, member, ahead, ended);
  }

  /** No member could be had to answer. */
  void givenUp(RouteTarget by, AttemptFailure failure) {
    if (answered) {
      abort();
    } else {
      reject(by, Reason.of(failure));
    }
  }

  void reject(RouteTarget by, Reason reason) {
    reject(reason, "pool " + by.pool().name() + ": " + reason.words());
  }

  private void reject(Reason reason, String words) {
    front.metrics().rejected(reason);
    answerLocally(new LocalAnswer(reason.status(), reason.name(), words));
  }

  private void answerLocally(LocalAnswer answer) {
    answered = true;
    status = answer.status();
    observation.answeredBecause(answer.reason());
    boolean open = requestComplete && client.mayStayOpen();
    boolean bodiless = isHead();
    client.answerHead(answer.head(client.persistence(open), client.alloc()), false, bodiless);
    if (!bodiless) {
      ByteBuf body = answer.body(client.alloc());
      observation.bodyOut(body.readableBytes());
      client.answerBody(body);
    }
    client.answerEnd(null);
    client.flush();
    over(open);
  }

  /** Either side has moved: the time of silence begins anew. */
  void progressed() {
    if (answered || !requestComplete) {
      awaitProgress();
    }
  }

  private void awaitProgress() {
    boolean waitsForAnswer = requestComplete && !answered;
    client.expireIn(waitsForAnswer ? serving.responseNanos() : serving.idleNanos());
  }

  private void abort() {
    attempts.abandon();
    settle();
    client.abort(endsWithConnection);
  }

  private void over(boolean open) {
    attempts.end();
    settle();
    client.exchangeOver(open);
  }

  private void settle() {
    running = false;
    kept.reset();
    if (trailers != null) {
      trailers.release();
      trailers = null;
    }
    HttpMetrics.OfRoute metrics = target == null ? front.metrics().noRoute() : target.metrics();
    long now = System.nanoTime();
    metrics.answered(status, now - startNanos);
    observation.ended(status, now);
    observation = Observation.NONE;
  }
}
