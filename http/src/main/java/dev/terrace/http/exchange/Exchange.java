package dev.terrace.http.exchange;

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

  private final ClientStream client;
  private final FrontState front;
  private final HeadView view = new HeadView();
  private final KeptBody kept = new KeptBody();
  private final Attempts attempts = new Attempts(this);
  private final RoutedHeads heads;
  private final AnswerBody body;
  private Serving serving;
  private Limits limits;
  private ClientPeer peer;
  private @Nullable RouteTarget route;
  private @Nullable RoutePool pool;
  private Observation observation = Observation.NONE;
  private boolean running;
  private boolean requestComplete;
  private boolean requestTakesChunks;
  private boolean mayRepeat;
  private boolean answered;
  private boolean staysOpen;
  private int status;
  private long startNanos;

  /** An exchange of that client, not begun. */
  public Exchange(ClientStream client, FrontState front) {
    this.client = client;
    this.front = front;
    heads = new RoutedHeads(client);
    body = new AnswerBody(client);
    serving = front.serving();
    limits = serving.limits();
    peer = client.peer();
  }

  /**
   * Begins with the request whose head the client's side has just read.
   *
   * @param complete whether no body follows
   */
  public void start(Serving by, boolean complete) {
    serving = by;
    limits = by.limits();
    peer = by.trusted().behind(client.peer(), client.head());
    route = null;
    pool = null;
    running = true;
    answered = false;
    requestTakesChunks = client.takesChunks();
    startNanos = System.nanoTime();
    observation = Observation.of(by.observing(), client, peer, startNanos);
    requestComplete = complete;
    LocalAnswer proof = front.proof(view.of(client.head(), peer.addressBytes()));
    if (proof != null) {
      answerLocally(proof, "acme");
      return;
    }
    switch (by.routes().match(view)) {
      case RouteTable.NoRoute<RouteTarget>() -> reject(Reason.NO_ROUTE, "", 0);
      case RouteTable.Matched<RouteTarget> matched -> take(matched.target());
    }
  }

  private void take(RouteTarget found) {
    route = found;
    limits = found.limits();
    observation.routed(found);
    RouteLimit rate = found.rateLimit();
    long waitNanos = rate == null ? 0 : rate.take(view, peer, startNanos);
    if (waitNanos > 0) {
      reject(Reason.RATE_LIMITED, "", waitNanos);
    } else if (client.head().contentLength() > limits.maxBody()) {
      reject(Reason.BODY_TOO_LARGE, "", 0);
    } else {
      switch (found.action()) {
        case RouteAction.Forward(RoutePools pools) ->
            forward(found, pools.choose(found, view, peer));
        case RouteAction.Redirect to -> answerLocally(to.answer(view, peer), "REDIRECT");
        case RouteAction.Respond(LocalAnswer answer) -> answerLocally(answer, "RESPOND");
      }
    }
  }

  private void forward(RouteTarget by, RoutePool to) {
    pool = to;
    observation.sentTo(to);
    awaitProgress();
    heads.follow(by, view);
    // What is counted or copied is taken as plain data: then it does not matter who frames it how.
    MemberConnections connections = to.on(client.loopIndex());
    mayRepeat = client.head().isRepeatable() || connections.mayRefuse();
    requestTakesChunks &= connections.takesChunks() && !limits.countsBody() && by.mirror() == null;
    if (by.mirror() != null && !client.head().offersUpgrade()) {
      kept.copyTo(by.mirror().begin(this));
    }
    attempts.begin(to, by);
  }

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
    kept.end(ending);
    observation.bodyIn(piece.readableBytes());
    if (kept.received(piece) > limits.maxBody()) {
      piece.release();
      giveUp(Reason.BODY_TOO_LARGE);
      return;
    }
    awaitProgress();
    MemberStream member = attempts.stream();
    kept.pass(piece, member, !answered && mayRepeat, complete);
    if (member == null) {
      return;
    }
    if (member.isWritable()) {
      client.flushSoon(member);
    } else {
      member.flush();
    }
  }

  /** What the client sends is not HTTP: refuses it. */
  public void refuse(Fault fault) {
    front.metrics().refused(fault);
    attempts.abandon();
    if (answered) {
      observation.answeredBecause(fault.name());
      abort();
    } else {
      answerLocally(new LocalAnswer(fault.status(), fault.name(), fault.words()), fault.name());
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

  /** Too long nothing happened, or it took too long in all. */
  public void expired() {
    if (!running) {
      return;
    }
    MemberStream member = attempts.stream();
    boolean memberIsLate = requestComplete || member == null || !member.isWritable();
    if (limits.leftNanos(startNanos) <= Deadlines.TICK_NANOS) {
      giveUp(Reason.TOTAL_TIMEOUT);
    } else if (answered) {
      abort();
    } else if (memberIsLate) {
      attempts.timedOut();
    } else {
      giveUp(Reason.REQUEST_TIMEOUT);
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

  ClientStream client() {
    return client;
  }

  /** Who asks: the client's peer, or whom a trusted proxy names. */
  ClientPeer peer() {
    return peer;
  }

  Attempts attempts() {
    return attempts;
  }

  Limits limits() {
    return limits;
  }

  long startNanos() {
    return startNanos;
  }

  Observation observation() {
    return observation;
  }

  @Nullable RouteTarget route() {
    return running ? route : null;
  }

  RoutedHeads heads() {
    return heads;
  }

  /** The hash of what the pool's policy looks at. */
  long key(RoutePool of) {
    return RequestKey.of(of.pool().policy().hashInput(), view, peer.address());
  }

  /** Whether any of the answer has gone to the client. */
  boolean answered() {
    return answered;
  }

  /** What is at hand of the request's body. */
  KeptBody kept() {
    return kept;
  }

  /** A member is there: sends it all of the request that is at hand. */
  void connected(MemberAttempt attempt, MemberStream member) {
    RequestHead head = client.head();
    member.requestHead(
        heads.request(peer, attempt.member().id(), observation.traceLines(attempt.span())),
        head.isChunked() && !requestTakesChunks,
        requestComplete && kept.isEmpty());
    kept.sendTo(member, mayRepeat);
    if (requestComplete) {
      kept.sendEnd(member);
    }
    awaitProgress();
    client.flushSoon(member);
    client.updateReading();
  }

  void answerStarts(ResponseHead head, boolean untilClose, boolean ends) {
    answered = true;
    kept.giveUp();
    status = head.status();
    boolean chunksCome = pool != null && pool.on(client.loopIndex()).takesChunks();
    byte[] lines = front.withAltSvc(client.peer(), attempts.stickyLine(route));
    lines = observation.withDebugLines(lines);
    lines = body.begin(serving.compression(), head, lines, chunksCome, untilClose, ends);
    staysOpen = client.mayStayOpen() && body.isDelimited();
    client.answerHead(
        heads.answer(head, client.persistence(staysOpen), lines), body.addsChunks(), ends);
    progressed();
  }

  boolean answerTakesChunks() {
    return body.takesChunks();
  }

  void answerBody(ByteBuf piece) {
    observation.bodyOut(body.write(piece));
    MemberStream member = attempts.stream();
    if (!client.isWritable() && member != null) {
      client.flush();
      // Most often the socket takes it all, and nothing needs to stop.
      if (!client.isWritable()) {
        member.setReading(false);
      }
    }
  }

  /** The member pauses: what it has sent goes out. */
  void answerPauses() {
    observation.bodyOut(body.flush());
    client.flush();
  }

  void answerCompleted(@Nullable ByteBuf ending) {
    ByteBuf trailers = body.trailers(ending);
    observation.bodyOut(body.finish());
    client.answerEnd(trailers);
    over(staysOpen && requestComplete);
  }

  /** HTTP is over on this connection: joins client and member. */
  void upgraded(ResponseHead head, MemberStream member, ByteBuf ahead) {
    status = head.status();
    ByteBuf out = heads.answer(head, Persistence.SILENT, attempts.stickyLine(route));
    Runnable ended = attempts.detach();
    settle();
    client.becomeTunnel(out, member, ahead, ended);
  }

  /** No member answers, for that reason. */
  void reject(RoutePool by, Reason reason) {
    if (answered) {
      abort();
      return;
    }
    reject(reason, "pool " + by.pool().name() + ": ", reason.retryAfterNanos());
  }

  /** Either side has moved: the time of silence begins anew. */
  void progressed() {
    if (answered || !requestComplete) {
      awaitProgress();
    }
  }

  private void awaitProgress() {
    boolean waitsForAnswer = requestComplete && !answered;
    long nanos = waitsForAnswer ? limits.responseNanos() : serving.idleNanos();
    client.expireIn(Math.min(nanos, limits.leftNanos(startNanos)));
  }

  private void giveUp(Reason reason) {
    attempts.abandon();
    if (answered) {
      front.metrics().rejected(reason);
      abort();
    } else {
      reject(reason, "", 0);
    }
  }

  private void reject(Reason reason, String where, long retryAfterNanos) {
    front.metrics().rejected(reason);
    answerLocally(reason.answer(where, retryAfterNanos), reason.name());
  }

  private void answerLocally(LocalAnswer answer, String why) {
    answered = true;
    status = answer.status();
    observation.answeredBecause(why);
    boolean open = requestComplete && client.mayStayOpen();
    boolean bodiless = client.head().isHead() || answer.content().length == 0;
    byte[] lines = observation.withDebugLines(HeadRewriter.NO_LINES);
    observation.bodyOut(bodiless ? 0 : answer.content().length);
    client.answer(answer, open, lines, bodiless);
    over(open);
  }

  private void abort() {
    attempts.abandon();
    settle();
    client.abort(answered && body.endsWithConnection());
  }

  private void over(boolean open) {
    attempts.end();
    settle();
    client.exchangeOver(open);
  }

  private void settle() {
    running = false;
    kept.reset();
    body.close();
    HttpMetrics.OfRoute metrics =
        pool != null ? pool.metrics() : route != null ? route.metrics() : front.metrics().noRoute();
    long now = System.nanoTime();
    metrics.answered(status, now - startNanos);
    front.metrics().spoken(client.protocol(), client.peer().secure());
    observation.ended(status, now);
    observation = Observation.NONE;
  }
}
