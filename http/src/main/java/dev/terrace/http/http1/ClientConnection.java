package dev.terrace.http.http1;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.Exchange;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.exchange.Reason;
import dev.terrace.http.exchange.Serving;
import dev.terrace.http.head.HeadRewriter.Persistence;
import dev.terrace.http.head.LocalAnswer;
import dev.terrace.http.wire.BodyFraming;
import dev.terrace.http.wire.Fault;
import dev.terrace.http.wire.RequestHead;
import dev.terrace.net.Drain;
import dev.terrace.net.HalfClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: reads requests, one at a time, and lets the {@link Exchange} deal with
 * each. What a client sends ahead waits in the buffer it came in, and reading stops meanwhile.
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter
    implements Deadlines.Timed {

  private enum Phase {
    /** Waits for a request's head, or for the rest of it. */
    HEAD,
    /** A request is being served. */
    EXCHANGE,
    /** The last answer is on its way; what still comes in is thrown away. */
    CLOSING
  }

  /** How long a client may take to close its side after the last answer. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * How long an idle connection stays open while draining. A client that is about to send its next
   * request is served, and told in the answer that the connection closes; were it closed at once,
   * that request would be lost.
   */
  private static final long DRAIN_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final FrontState front;
  private final int loopIndex;
  private final Deadlines deadlines;
  private final ClientPeer peer;
  private final Channel channel;
  private final BodyFraming body = new BodyFraming();
  private final Exchange exchange;
  private RequestHead head;
  private int maxHead;
  private Phase phase = Phase.HEAD;
  private @Nullable ByteBuf pending;
  private @Nullable ByteBuf current;
  private @Nullable MemberStream memberToFlush;
  private boolean inRead;
  private boolean draining;
  private boolean inputEnded;
  private long deadline;

  /** A connection that waits for its first request. */
  public ClientConnection(
      Channel channel, ClientPeer peer, FrontState front, int loopIndex, Deadlines deadlines) {
    this.channel = channel;
    this.peer = peer;
    this.front = front;
    this.loopIndex = loopIndex;
    this.deadlines = deadlines;
    maxHead = front.serving().maxHead();
    head = new RequestHead(maxHead);
    exchange = new Exchange(new Http1ClientStream(this), front);
    deadline = deadlines.in(front.serving().headNanos());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadlines.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    deadlines.forget(this);
    dropPending();
  }

  Channel channel() {
    return channel;
  }

  ClientPeer peer() {
    return peer;
  }

  int loopIndex() {
    return loopIndex;
  }

  RequestHead head() {
    return head;
  }

  /** Whether the connection may serve another request after this one. */
  boolean mayStayOpen() {
    return head.keepsAlive() && !draining && (!inputEnded || hasMoreInput());
  }

  private boolean hasMoreInput() {
    return pending != null || (current != null && current.isReadable());
  }

  /** Flushes a member's side, once, when what is being read has been dealt with. */
  void flushSoon(MemberStream member) {
    if (inRead) {
      memberToFlush = member;
    } else {
      member.flush();
    }
  }

  void expireIn(long nanos) {
    deadline = deadlines.in(nanos);
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    inRead = true;
    ByteBuf in = (ByteBuf) message;
    if (pending != null) {
      pending = Unpooled.wrappedBuffer(pending, in);
    } else {
      process(in);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inRead = false;
    MemberStream member = memberToFlush;
    if (member != null) {
      memberToFlush = null;
      member.flush();
    }
  }

  /** Deals with bytes as far as may be now, and keeps or releases the buffer. */
  private void process(ByteBuf in) {
    current = in;
    boolean held = false;
    while (!held && in.isReadable()) {
      switch (phase) {
        case HEAD -> {
          held = !head.hasBegun() && !channel.isWritable();
          if (!held) {
            readHead(in);
          }
        }
        case EXCHANGE -> {
          held = exchange.requestComplete();
          if (!held) {
            readBody(in);
          }
        }
        case CLOSING -> in.skipBytes(in.readableBytes());
      }
    }
    current = null;
    if (held) {
      pending = in;
    } else {
      in.release();
    }
    closeIfNothingFollows();
    updateReading();
  }

  private void closeIfNothingFollows() {
    if (inputEnded && pending == null && phase == Phase.HEAD) {
      closeAfterAnswer();
    }
  }

  private void readHead(ByteBuf in) {
    if (!head.hasBegun()) {
      expireIn(front.serving().headNanos());
    }
    switch (head.feed(in)) {
      case INCOMPLETE -> {}
      case BAD -> refuse(head.fault());
      case COMPLETE -> {
        phase = Phase.EXCHANGE;
        head.frame(body, maxHead);
        exchange.start(front.serving(), body.done());
      }
    }
  }

  private void readBody(ByteBuf in) {
    ByteBuf piece = body.take(in, exchange.requestTakesChunks());
    if (body.fault() != Fault.NONE) {
      exchange.refuse(body.fault());
    } else if (piece.isReadable() || body.done()) {
      boolean done = body.done();
      exchange.requestBody(piece, done, done ? body.trailers(head) : null);
    }
  }

  private void refuse(Fault fault) {
    front.metrics().refused(fault);
    answerAndClose(fault.status(), fault.name(), fault.words());
  }

  private void answerAndClose(int status, String reason, String words) {
    front.unreadable(exchange, status, reason);
    LocalAnswer answer = new LocalAnswer(status, reason, words);
    channel.write(answer.head(Persistence.CLOSE, channel.alloc()), channel.voidPromise());
    channel.write(answer.body(channel.alloc()), channel.voidPromise());
    closeAfterAnswer();
  }

  /** Reads from the client only as fast as what is read can go on. */
  void updateReading() {
    if (inputEnded) {
      return; // nothing comes any more, and epoll would fail to be asked
    }
    boolean wanted =
        pending == null
            && switch (phase) {
              case HEAD -> head.hasBegun() || channel.isWritable();
              case EXCHANGE -> exchange.takesMore();
              case CLOSING -> true;
            };
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  /** The exchange is over; its answer has been written. */
  void exchangeOver(boolean staysOpen) {
    if (!staysOpen) {
      closeAfterAnswer();
      return;
    }
    phase = Phase.HEAD;
    Serving serving = front.serving();
    if (maxHead == serving.maxHead()) {
      head.reset();
    } else {
      maxHead = serving.maxHead();
      head = new RequestHead(maxHead);
    }
    expireIn(draining ? DRAIN_GRACE_NANOS : serving.idleNanos());
    resume();
  }

  private void resume() {
    ByteBuf in = pending;
    if (in != null && current == null) {
      pending = null;
      process(in);
    } else if (current == null) {
      closeIfNothingFollows();
      updateReading();
    }
  }

  /**
   * Ends the connection so that the client gets all of the answer: closing with unread input would
   * reset it. So our side ends first, and what the client still sends is thrown away for a while
   * (RFC 9112, section 9.6).
   */
  private void closeAfterAnswer() {
    phase = Phase.CLOSING;
    dropPending();
    updateReading();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(flushed -> {
          if (inputEnded || !flushed.isSuccess()) {
            channel.close();
          } else {
            expireIn(LINGER_NANOS);
            HalfClose.end(channel);
          }
        });
  }

  /** Ends the connection at once, in the middle of an answer. */
  void abort(boolean endsWithConnection) {
    if (endsWithConnection) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    phase = Phase.CLOSING;
    channel.close();
  }

  /** Hands the connection over to another protocol, with what was sent ahead for it. */
  void becomeTunnel(Channel member) {
    ByteBuf ahead = pending;
    pending = null;
    if (ahead != null) {
      member.writeAndFlush(ahead);
    }
    Tunnel.join(channel, member, inputEnded);
    channel.flush();
  }

  @Override
  public void expired() {
    switch (phase) {
      case HEAD -> {
        if (head.hasBegun()) {
          Reason late = Reason.REQUEST_TIMEOUT;
          front.metrics().rejected(late);
          answerAndClose(late.status(), late.name(), late.words());
        } else if (draining) {
          closeAfterAnswer();
        } else {
          channel.close();
        }
      }
      case EXCHANGE -> exchange.expired();
      case CLOSING -> channel.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!channel.isWritable()) {
      return;
    }
    switch (phase) {
      case HEAD -> resume();
      case EXCHANGE -> exchange.clientTakesMore();
      case CLOSING -> expireIn(front.serving().idleNanos());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      switch (phase) {
        case HEAD -> {
          if (pending == null) {
            closeAfterAnswer();
          }
        }
        case EXCHANGE -> {
          if (!exchange.requestComplete() && pending == null) {
            abort(false);
          }
        }
        case CLOSING -> channel.close();
      }
    } else if (event == Drain.EVENT) {
      draining = true;
      if (phase == Phase.HEAD && !head.hasBegun() && pending == null) {
        expireIn(DRAIN_GRACE_NANOS);
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    exchange.clientGone();
    phase = Phase.CLOSING;
    dropPending();
    deadlines.forget(this);
  }

  private void dropPending() {
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a write to a closed socket: there is nobody to tell.
    ctx.close();
  }
}
