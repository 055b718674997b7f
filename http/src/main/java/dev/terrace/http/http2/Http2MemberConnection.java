package dev.terrace.http.http2;

import dev.terrace.http.exchange.AnswerReceiver;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 to a member, which carries many exchanges at once.
 *
 * <p>Each stream has its own window and the connection's window is refilled as data arrives, so a
 * client that reads slowly holds up nobody else; what may wait here is bounded by the streams'
 * windows.
 */
final class Http2MemberConnection extends Http2ConnectionHandler {

  /** Told how it goes on with a connection; called on its event loop. */
  interface Owner {
    /** The member has sent its settings: streams may be opened. */
    void ready(Http2MemberConnection connection);

    /** A stream is over. */
    void freed(Http2MemberConnection connection);

    /** It is closed. */
    void closed(Http2MemberConnection connection);
  }

  /** Streams at once where the member would take more. */
  private static final int STREAMS_MAX = 256;

  /** RFC 9113, section 5.1.1: identifiers are 31 bits, and never used again. */
  private static final int LAST_STREAM_ID = Integer.MAX_VALUE - 1024;

  private static final int STREAM_WINDOW = 256 * 1024;
  private static final int CONNECTION_WINDOW = 4 * STREAM_WINDOW;
  private static final int CONTROL_FRAMES_WAITING_MAX = 1000;
  private static final long PING_ANSWER_SECONDS = 2;

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<Http2MemberConnection, Builder> {

    private final Http2MemberFrames frames;

    Builder(int maxHead) {
      DefaultHttp2Connection http2 = new DefaultHttp2Connection(false);
      frames = new Http2MemberFrames(http2, maxHead);
      http2.local().flowController(new DefaultHttp2LocalFlowController(http2, 0.5f, true));
      http2
          .remote()
          .flowController(
              new DefaultHttp2RemoteFlowController(
                  http2, new UniformStreamByteDistributor(http2), frames));
      connection(http2);
      frameListener(frames);
      initialSettings(
          new Http2Settings()
              .pushEnabled(false)
              .initialWindowSize(STREAM_WINDOW)
              .maxHeaderListSize(maxHead));
      encoderEnforceMaxQueuedControlFrames(CONTROL_FRAMES_WAITING_MAX);
      decoupleCloseAndGoAway(true);
    }

    @Override
    protected Http2MemberConnection build() {
      return super.build();
    }

    @Override
    protected Http2MemberConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new Http2MemberConnection(decoder, encoder, settings, frames);
    }
  }

  private final Http2MemberFrames frames;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Owner owner;
  private @Nullable Future<?> ping;
  private boolean ready;
  private boolean goingAway;
  private boolean hasServed;
  private int streams;
  private long reads;

  private Http2MemberConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2MemberFrames frames) {
    super(decoder, encoder, settings, true);
    this.frames = frames;
    frames.serve(this);
  }

  /** A connection that reads answers' heads of at most that many bytes. */
  static Http2MemberConnection create(int maxHead) {
    return new Builder(maxHead).build();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return context;
  }

  Channel channel() {
    return context().channel();
  }

  /** Whose streams it serves from now on. */
  void own(Owner by) {
    owner = by;
  }

  /** Whether streams may be opened. */
  boolean isReady() {
    return ready;
  }

  /** Whether one more stream may be opened. */
  boolean hasRoom() {
    return ready
        && !goingAway
        && streams < Math.min(STREAMS_MAX, connection().local().maxActiveStreams())
        && connection().local().lastStreamCreated() < LAST_STREAM_ID
        && channel().isActive();
  }

  /** Whether no stream is open. */
  boolean isIdle() {
    return streams == 0;
  }

  /** Whether it must not be used again. */
  boolean isSpent() {
    return goingAway || connection().local().lastStreamCreated() >= LAST_STREAM_ID;
  }

  /** Whether an answer has come over it. */
  boolean hasServed() {
    return hasServed;
  }

  /** How often something was read. */
  long reads() {
    return reads;
  }

  /** The scheme of requests, by what protects the connection. */
  String scheme() {
    return channel().pipeline().get(SslHandler.class) == null ? "http" : "https";
  }

  /** Takes a place for a stream. */
  Http2MemberStream open(AnswerReceiver receiver) {
    streams++;
    return new Http2MemberStream(this, receiver);
  }

  // What the streams call.

  void served() {
    hasServed = true;
  }

  void freed() {
    streams--;
    if (owner != null) {
      owner.freed(this);
    }
  }

  /** Begins a stream; null if that cannot be. */
  @Nullable Http2Stream begin(Http2MemberStream member, Http2Headers headers, boolean ends) {
    int id = connection().local().incrementAndGetNextStreamId();
    encoder().writeHeaders(context(), id, headers, 0, ends, context().newPromise());
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      frames.attach(stream, member);
    }
    return stream;
  }

  void writeData(int id, ByteBuf data, boolean ends) {
    encoder().writeData(context(), id, data, 0, ends, context().newPromise());
  }

  void writeTrailers(int id, Http2Headers trailers) {
    encoder().writeHeaders(context(), id, trailers, 0, true, context().newPromise());
  }

  void reset(int id, Http2Error error) {
    resetStream(context(), id, error.code(), context().newPromise());
    flush();
  }

  void flush() {
    flush(context());
  }

  boolean isWritable(Http2Stream stream) {
    return connection().remote().flowController().isWritable(stream);
  }

  /** Lets the member send that much more on the stream. */
  void credit(Http2Stream stream, int bytes) {
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        flush();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /** The member has kept still for long: closes the connection unless it answers a ping. */
  void suspect() {
    if (ping == null && channel().isActive()) {
      encoder().writePing(context(), false, 0, context().newPromise());
      flush();
      ping =
          context()
              .executor()
              .schedule(() -> context().close(), PING_ANSWER_SECONDS, TimeUnit.SECONDS);
    }
  }

  // What the frames tell.

  void alive() {
    if (ping != null) {
      ping.cancel(false);
      ping = null;
    }
  }

  void settled() {
    if (!ready) {
      ready = true;
      try {
        Http2Stream all = connection().connectionStream();
        decoder().flowController().incrementWindowSize(all, CONNECTION_WINDOW);
      } catch (Http2Exception e) {
        throw new IllegalStateException(e);
      }
      if (owner != null) {
        owner.ready(this);
      }
    }
  }

  void goingAway() {
    goingAway = true;
    if (isIdle()) {
      context().close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reads++;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    try {
      frames.readComplete();
    } finally {
      super.channelReadComplete(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    goingAway = true;
    alive();
    super.channelInactive(ctx);
    if (owner != null) {
      owner.closed(this);
    }
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException failure) {
    frames.breach(failure.streamId());
    super.onStreamError(ctx, outbound, cause, failure);
  }
}
