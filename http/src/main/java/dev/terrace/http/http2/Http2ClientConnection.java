package dev.terrace.http.http2;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.http.exchange.MemberStream;
import dev.terrace.http.exchange.StreamLimits;
import dev.terrace.net.Drain;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection (RFC 9113): deals its frames out to the {@link Http2ClientStream}s
 * of its requests. It works on Netty's codec without a channel for each stream, which would cost
 * more than all the rest of a small request.
 */
public final class Http2ClientConnection extends Http2ConnectionHandler implements Deadlines.Timed {

  private static final int KEPT_STREAMS = 32;

  private final FrontState front;
  private final ClientPeer peer;
  private final int loopIndex;
  private final Deadlines deadlines;
  private final FrameBudget budget;
  private final StreamLimits limits;
  private final Http2Connection.PropertyKey key;
  private final Deque<Http2ClientStream> spare = new ArrayDeque<>();
  private final List<MemberStream> membersToFlush = new ArrayList<>();
  private final ByteBuf scratch = Unpooled.buffer(1024);
  private @Nullable ChannelHandlerContext context;
  private boolean inRead;
  private boolean flushScheduled;
  private @Nullable Farewell farewell;
  private int open;
  private long flushes;
  private long deadline;

  private Http2ClientConnection(
      ClientPeer peer, FrontState front, int loopIndex, Deadlines deadlines, ClientCodec codec) {
    // What closes the connection means it: graceful ends are ours.
    super(codec.decoder(), codec.encoder(), codec.settings(), true);
    this.peer = peer;
    this.front = front;
    this.loopIndex = loopIndex;
    this.deadlines = deadlines;
    limits = codec.limits();
    budget = codec.budget();
    key = connection().newKey();
    deadline = deadlines.in(front.serving().headNanos());
    ClientEvents events = new ClientEvents(this);
    decoder().frameListener(events);
    connection().addListener(events);
    connection().remote().flowController().listener(this::writabilityChanged);
    gracefulShutdownTimeoutMillis(Farewell.LINGER_MILLIS);
    refuseStreamsOurselves();
  }

  /** A connection whose client is about to send its preface. */
  public static Http2ClientConnection of(
      ClientPeer peer, FrontState front, int loopIndex, Deadlines deadlines) {
    ClientCodec codec = ClientCodec.of(front.serving().maxHead(), front.serving().streams());
    return new Http2ClientConnection(peer, front, loopIndex, deadlines, codec);
  }

  /**
   * Netty would refuse a stream beyond the limit without it ever having existed, and take what the
   * client has sent for it meanwhile for an error of the connection.
   */
  void refuseStreamsOurselves() {
    connection().remote().maxActiveStreams(Integer.MAX_VALUE);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    farewell = new Farewell(this, ctx);
    super.handlerAdded(ctx);
    refuseStreamsOurselves();
    int more =
        limits.connectionWindow() - connection().local().flowController().initialWindowSize();
    connection()
        .local()
        .flowController()
        .incrementWindowSize(connection().connectionStream(), more);
    deadlines.watch(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    super.handlerRemoved0(ctx);
    forget();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    forget();
  }

  private void forget() {
    deadlines.forget(this);
    spare.forEach(deadlines::forget);
    spare.clear();
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "not in a pipeline yet");
  }

  Farewell farewell() {
    return Objects.requireNonNull(farewell, "not in a pipeline yet");
  }

  // What its streams need.

  ClientPeer peer() {
    return peer;
  }

  int loopIndex() {
    return loopIndex;
  }

  ByteBufAllocator alloc() {
    return context().alloc();
  }

  /** A buffer to write a head to, empty. */
  ByteBuf scratch() {
    return scratch.clear();
  }

  long in(long nanos) {
    return deadlines.in(nanos);
  }

  ChannelFuture writeHeaders(Http2Stream stream, Http2Headers fields, boolean ends) {
    return encoder().writeHeaders(context(), stream.id(), fields, 0, ends, context().newPromise());
  }

  ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean ends) {
    budget.windowUpdates.grow(1 + (data.readableBytes() >> 10));
    return encoder().writeData(context(), stream.id(), data, 0, ends, context().newPromise());
  }

  void reset(Http2Stream stream, Http2Error error) {
    budget.resets().add(stream.id());
    encoder().writeRstStream(context(), stream.id(), error.code(), context().newPromise());
    flushSoon();
  }

  boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  void consume(Http2Stream stream, int bytes) {
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), false, e);
    }
  }

  /** How often was flushed, to know whether what was written has been sent since. */
  long flushes() {
    return flushes;
  }

  /** Flushes when what is being read, or the turn of the event loop, is over. */
  void flushSoon() {
    if (!inRead && !flushScheduled) {
      flushScheduled = true;
      context().executor().execute(this::flushNow);
    }
  }

  void flushNow() {
    flush(context());
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    flushScheduled = false;
    flushes++;
    super.flush(ctx);
  }

  void flushSoon(MemberStream member) {
    if (inRead) {
      membersToFlush.add(member);
    } else {
      member.flush();
    }
  }

  // What happens on the connection.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    inRead = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    inRead = false;
    for (int i = 0; i < membersToFlush.size(); i++) {
      membersToFlush.get(i).flush();
    }
    membersToFlush.clear();
    Http2Exception flood = budget.unread(ctx.channel());
    if (flood != null) {
      onError(ctx, false, flood);
    }
    super.channelReadComplete(ctx);
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2ClientStream served = stream.getProperty(key);
    if (served != null) {
      served.writabilityChanged();
    }
  }

  /** A stream has come to its end, whichever way. */
  void closed(Http2Stream stream) {
    budget.closed().add(stream.id());
    Http2ClientStream served = stream.removeProperty(key);
    if (served != null) {
      ended(served);
    }
  }

  @Nullable Http2ClientStream served(int streamId) {
    return connection().stream(streamId).getProperty(key);
  }

  /** The client's settings are there: it is one of HTTP/2. */
  void begun() {
    if (open == 0) {
      deadline = deadlines.in(front.serving().idleNanos());
    }
  }

  void begin(Http2Stream stream, Http2Headers fields, boolean ends) {
    Http2ClientStream served = take(stream);
    if (served != null) {
      served.begin(stream, fields, ends);
    }
  }

  /** What serves the new stream; null if there are too many, and it was refused. */
  private @Nullable Http2ClientStream take(Http2Stream stream) {
    if (open >= limits.maxStreams()) {
      reset(stream, Http2Error.REFUSED_STREAM);
      return null;
    }
    Http2ClientStream served = spare.poll();
    if (served == null) {
      served = new Http2ClientStream(this, front);
      deadlines.watch(served);
    }
    stream.setProperty(key, served);
    open++;
    deadline = Deadlines.NEVER;
    return served;
  }

  private void ended(Http2ClientStream served) {
    open--;
    budget.windowUpdates.grow(8);
    served.closed();
    if (spare.size() < KEPT_STREAMS && context().channel().isActive()) {
      spare.push(served);
    } else {
      deadlines.forget(served);
    }
    if (open == 0) {
      deadline = deadlines.in(front.serving().idleNanos());
      farewell().closeIfSaid();
    }
  }

  /** What the client sent for a stream that we have reset was on its way: it may be ignored. */
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (error.error() == Http2Error.STREAM_CLOSED && budget.resets().contains(error.streamId())) {
      return;
    }
    if (!outbound) {
      try {
        budget.spend(budget.resetFrames);
      } catch (Http2Exception flood) {
        onError(ctx, false, flood);
        return;
      }
    }
    if (error instanceof Http2Exception.HeaderListSizeException
        && connection().stream(error.streamId()) == null) {
      beginTooLarge(ctx, error);
    } else {
      super.onStreamError(ctx, outbound, cause, error);
    }
  }

  private void beginTooLarge(ChannelHandlerContext ctx, Http2Exception.StreamException error) {
    try {
      Http2Stream stream = connection().remote().createStream(error.streamId(), false);
      Http2ClientStream served = take(stream);
      if (served != null) {
        served.beginTooLarge(stream);
      }
    } catch (Http2Exception e) {
      onError(ctx, false, e);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      ctx.close(); // a reset: there is nobody to tell
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (error != null && error.error() == Http2Error.ENHANCE_YOUR_CALM) {
      front.metrics().flooded(budget.exceeded());
    }
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == Drain.EVENT) {
      farewell().drain();
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public long deadline() {
    return deadline;
  }

  /** No request came for too long, or not even the preface; or the client did not close. */
  @Override
  public void expired() {
    farewell().expired();
  }

  /** Whether no request is being served. */
  boolean isIdle() {
    return open == 0;
  }

  void expireIn(long nanos) {
    deadline = deadlines.in(nanos);
  }
}
