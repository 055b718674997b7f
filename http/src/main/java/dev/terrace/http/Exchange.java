package dev.terrace.http;

import dev.terrace.core.attempt.Attempt;
import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.core.attempt.NextStep;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.route.RouteTable;
import dev.terrace.http.HeadRewriter.Persistence;
import dev.terrace.http.wire.BodyFraming;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: which member serves it, what was sent, what becomes of a failure.
 * Each client connection has one of these and uses it again for its next request.
 */
final class Exchange {

  private static final byte[] NOTHING = {};

  private final ClientConnection client;
  private final HeadView view = new HeadView();
  private final MemberChoice choice = new MemberChoice();
  private final KeptBody kept = new KeptBody();
  private @Nullable Serving serving;
  private @Nullable RouteTarget target;
  private @Nullable BackendAttempt attempt;
  private @Nullable BackendConnection backend;
  private boolean running;
  private boolean requestComplete;
  private boolean answered;
  private boolean takesChunks;
  private boolean staysOpen;
  private boolean endsWithConnection;
  private int attempts;
  private int status;
  private long startNanos;

  Exchange(ClientConnection client) {
    this.client = client;
  }

  ClientConnection client() {
    return client;
  }

  /** Begins with the request whose head the client connection has just read. */
  void start(Serving by) {
    serving = by;
    target = null;
    running = true;
    answered = false;
    takesChunks = true;
    attempts = 0;
    startNanos = System.nanoTime();
    requestComplete = client.body().done();
    awaitProgress();
    switch (by.routes().match(view.of(client.head()))) {
      case RouteTable.NoRoute<RouteTarget>() -> reject(Reason.NO_ROUTE, Reason.NO_ROUTE.words());
      case RouteTable.Matched<RouteTarget> matched -> {
        RouteTarget found = matched.target();
        target = found;
        serve(found, choice.first(found, view, client), null);
      }
    }
  }

  private void serve(RouteTarget by, Pick pick, @Nullable AttemptFailure before) {
    switch (pick) {
      case Pick.Picked(PoolMember member, String why) -> attempt(by, member, false);
      case Pick.Rejected(Pick.Cause cause) ->
          reject(by, before == null ? Reason.of(cause) : Reason.of(before));
    }
  }

  private void attempt(RouteTarget by, PoolMember member, boolean anew) {
    if (!anew) {
      attempts++;
    }
    BackendAttempt next =
        new BackendAttempt(this, member, by.connections().get(client.loopIndex()));
    attempt = next;
    next.connect(anew);
  }

  /** The attempt has a connection: sends all of the request that is at hand. */
  void connected(BackendConnection connection) {
    backend = connection;
    Channel channel = connection.channel();
    RequestHead head = client.head();
    boolean hostNamed = head.hostEnd() > head.hostStart();
    String member = hostNamed || attempt == null ? "" : attempt.member().id();
    channel.write(
        HeadRewriter.request(head, client.forwardedLines(), member, channel.alloc()),
        channel.voidPromise());
    if (!kept.isEmpty()) {
      for (ByteBuf slice : kept.slices()) {
        channel.write(slice.retainedDuplicate(), channel.voidPromise());
      }
      if (!head.isRepeatable()) {
        kept.giveUp();
      }
    }
    awaitProgress();
    client.flushSoon(channel);
    client.updateReading();
  }

  /**
   * Whether all of the request was read, and so went to the member's connection if there is one.
   */
  boolean requestComplete() {
    return requestComplete;
  }

  /** Whether more of the request can be taken from the client now. */
  boolean takesMore() {
    return requestComplete || (backend != null && backend.channel().isWritable());
  }

  /** Takes what belongs to the request's body. */
  void requestBody(ByteBuf in) {
    BodyFraming body = client.body();
    int from = in.readerIndex();
    int end = body.advance(in, from, in.writerIndex());
    if (body.fault() != Fault.NONE) {
      in.skipBytes(in.readableBytes());
      refuse(body.fault());
      return;
    }
    ByteBuf slice = in.readRetainedSlice(end - from);
    requestComplete = body.done();
    awaitProgress();
    if (backend == null) {
      kept.add(slice);
      return;
    }
    if (!answered && client.head().isRepeatable() && kept.mayKeep(slice.readableBytes())) {
      kept.add(slice.retainedDuplicate());
    } else {
      kept.giveUp();
    }
    Channel channel = backend.channel();
    channel.write(slice, channel.voidPromise());
    if (channel.isWritable()) {
      client.flushSoon(channel);
    } else {
      channel.flush();
    }
  }

  boolean isHead() {
    return client.head().isHead();
  }

  boolean offersUpgrade() {
    return client.head().offersUpgrade() && requestComplete;
  }

  /** Whether the body of the answer may pass in the chunks that it came in. */
  boolean takesChunks() {
    return takesChunks;
  }

  /** An answer of status 1xx, which a final one follows. */
  void interimAnswer(ResponseHead head) {
    if (client.head().isVersion11()) {
      client.write(
          HeadRewriter.answer(head, Persistence.SILENT, true, NOTHING, client.channel().alloc()));
    }
  }

  /** The head of the final answer is here. */
  void answerStarts(ResponseHead head, BodyFraming framing) {
    answered = true;
    kept.giveUp();
    status = head.status();
    boolean version11 = client.head().isVersion11();
    takesChunks = version11 || !head.isChunked();
    endsWithConnection = framing.endsWithConnection();
    staysOpen = client.mayStayOpen() && !endsWithConnection && takesChunks;
    client.write(
        HeadRewriter.answer(
            head, persistence(staysOpen), version11, stickyLine(), client.channel().alloc()));
    progressed();
  }

  private Persistence persistence(boolean open) {
    return !open
        ? Persistence.CLOSE
        : client.head().isVersion11() ? Persistence.SILENT : Persistence.KEEP_ALIVE;
  }

  private byte[] stickyLine() {
    return target == null || attempt == null
        ? NOTHING
        : choice.stickyLine(target, attempt.member());
  }

  /** A piece of the answer's body, whose reference is taken over. */
  void answerBody(ByteBuf slice) {
    client.write(slice);
    Channel channel = client.channel();
    if (!channel.isWritable() && backend != null) {
      channel.flush();
      // Most often the socket takes it all, and nothing needs to stop.
      if (!channel.isWritable()) {
        backend.setReading(false);
      }
    }
  }

  /** The client has taken what was written; more of the answer may come. */
  void clientTakesMore() {
    progressed();
    if (backend != null) {
      backend.setReading(true);
    }
  }

  /** All of the answer has been written to the client. */
  void answerCompleted() {
    over(staysOpen && requestComplete);
  }

  /** HTTP is over on this connection: joins client and member. */
  void upgraded(ResponseHead head, BackendConnection connection, ByteBuf ahead) {
    status = head.status();
    client.write(
        HeadRewriter.answer(
            head, Persistence.SILENT, true, stickyLine(), client.channel().alloc()));
    BackendAttempt lasting = attempt;
    attempt = null;
    backend = null;
    client.write(ahead);
    settle();
    client.becomeTunnel(connection.channel());
    if (lasting != null) {
      client.channel().closeFuture().addListener(closed -> lasting.end());
    }
  }

  /** The attempt failed; its connection, if there was one, is closed already. */
  void attemptFailed(AttemptFailure failure) {
    BackendAttempt failed = attempt;
    RouteTarget by = target;
    Serving limits = serving;
    if (!running || failed == null || by == null || limits == null) {
      return;
    }
    boolean sent = backend != null;
    attempt = null;
    backend = null;
    failed.end();
    boolean merelyIdle = failure == AttemptFailure.CLOSED && failed.reused() && !answered;
    if (failure != AttemptFailure.LIMIT && !merelyIdle) {
      failed.member().load().fail();
    }
    Attempt made =
        new Attempt(
            attempts,
            failure,
            failed.reused(),
            sent,
            client.head().isRepeatable(),
            kept.isComplete(),
            answered);
    switch (NextStep.after(made, limits.attempts())) {
      case SAME_MEMBER_ANEW -> {
        by.metrics().retried(failure);
        attempt(by, failed.member(), true);
      }
      case OTHER_MEMBER -> {
        by.metrics().retried(failure);
        serve(by, choice.after(by, failed.member()), failure);
      }
      case GIVE_UP -> {
        if (answered) {
          abort();
        } else {
          reject(by, Reason.of(failure));
        }
      }
    }
  }

  private void reject(RouteTarget by, Reason reason) {
    reject(reason, "pool " + by.pool().name() + ": " + reason.words());
  }

  private void reject(Reason reason, String words) {
    client.metrics().rejected(reason);
    answerLocally(new LocalAnswer(reason.status(), reason.name(), words));
  }

  private void refuse(Fault fault) {
    client.metrics().refused(fault);
    leaveMember();
    if (answered) {
      abort();
    } else {
      answerLocally(new LocalAnswer(fault.status(), fault.name(), fault.words()));
    }
  }

  private void answerLocally(LocalAnswer answer) {
    status = answer.status();
    boolean open = requestComplete && client.mayStayOpen();
    client.write(answer.encode(!isHead(), persistence(open), client.channel().alloc()));
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
    if (serving != null) {
      boolean waitsForAnswer = requestComplete && !answered;
      client.expireIn(waitsForAnswer ? serving.responseNanos() : serving.idleNanos());
    }
  }

  /** Too long nothing happened. */
  void expired() {
    if (!running) {
      return;
    }
    boolean memberIsLate = requestComplete || backend == null || !backend.channel().isWritable();
    if (backend != null) {
      backend.abandon();
    }
    if (answered) {
      abort();
    } else if (memberIsLate) {
      attemptFailed(AttemptFailure.TIMED_OUT);
    } else {
      leaveMember();
      reject(Reason.REQUEST_TIMEOUT, Reason.REQUEST_TIMEOUT.words());
    }
  }

  /** The client's connection is closed: nobody waits for the answer. */
  void clientGone() {
    if (running) {
      status = 499;
      leaveMember();
      settle();
    }
  }

  /** Cuts the client off in the middle of the answer, so that it cannot take it for complete. */
  private void abort() {
    if (endsWithConnection) {
      client.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    leaveMember();
    settle();
    client.abort();
  }

  private void leaveMember() {
    if (backend != null) {
      backend.abandon();
      backend = null;
    }
    endAttempt();
  }

  private void endAttempt() {
    if (attempt != null) {
      attempt.end();
      attempt = null;
    }
  }

  private void over(boolean open) {
    backend = null;
    endAttempt();
    settle();
    client.exchangeOver(open);
  }

  private void settle() {
    running = false;
    kept.reset();
    HttpMetrics.OfRoute metrics = target == null ? client.metrics().noRoute() : target.metrics();
    metrics.answered(status, System.nanoTime() - startNanos);
  }
}
