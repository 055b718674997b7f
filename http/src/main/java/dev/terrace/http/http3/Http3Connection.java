package dev.terrace.http.http3;

import dev.terrace.http.exchange.ClientPeer;
import dev.terrace.http.exchange.Deadlines;
import dev.terrace.http.exchange.FrontState;
import dev.terrace.net.Drain;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A client's connection of HTTP/3: begins its streams, and ends it when it is idle, drains, or does
 * nothing but give up what it has asked for.
 */
final class Http3Connection extends ChannelInboundHandlerAdapter implements Deadlines.Timed {

  /** The time over which cancelled requests are counted. */
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Between identifiers of streams that clients open (RFC 9000, section 2.1). */
  private static final long STREAM_STEP = 4;

  private final QuicChannel channel;
  private final FrontState front;
  private final int loopIndex;
  private final Deadlines deadlines;
  private final ClientPeer peer;
  private int streams;
  private long nextStream;
  private boolean draining;
  private final int maxCancelled;
  private int cancelled;
  private long windowStart;
  private long deadline;

  Http3Connection(QuicChannel channel, FrontState front, int loopIndex, Deadlines deadlines) {
    this.channel = channel;
    this.front = front;
    this.loopIndex = loopIndex;
    this.deadlines = deadlines;
    maxCancelled = front.serving().streams().quic().maxCancelled();
    // It has none once it is closed; then nobody asks.
    peer =
        new ClientPeer(
            channel.remoteSocketAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "0.0.0.0",
            true);
    deadline = deadlines.in(front.serving().idleNanos());
  }

  /**
   * Adds what HTTP/3 needs to the connection. The table of QPACK stays empty: what clients could do
   * to it is not worth the few bytes that it saves.
   */
  void setUp() {
    Http3Settings settings =
        new Http3Settings()
            .qpackMaxTableCapacity(0)
            .qpackBlockedStreams(0)
            .maxFieldSectionSize(front.serving().maxHead());
    channel
        .pipeline()
        .addLast(
            new Http3ServerConnectionHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    begin(stream);
                  }
                },
                null,
                null,
                new DefaultHttp3SettingsFrame(settings),
                true))
        .addLast(this);
    deadlines.watch(this);
  }

  private void begin(QuicStreamChannel stream) {
    if (draining) {
      stream.shutdown(Http3ErrorCode.H3_REQUEST_REJECTED.code());
      return;
    }
    streams++;
    deadline = Deadlines.NEVER;
    nextStream = Math.max(nextStream, stream.streamId() + STREAM_STEP);
    stream.pipeline().addLast(new Http3ClientStream(this, stream, front));
    stream.closeFuture().addListener(closed -> ended());
  }

  private void ended() {
    if (--streams == 0) {
      deadline = deadlines.in(front.serving().idleNanos());
      closeIfDrained();
    }
  }

  ClientPeer peer() {
    return peer;
  }

  int loopIndex() {
    return loopIndex;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** A client has given a request up: done often it costs us more than the client. */
  void cancelled() {
    long now = System.nanoTime();
    if (now - windowStart > WINDOW_NANOS) {
      windowStart = now;
      cancelled = 0;
    }
    if (++cancelled == maxCancelled + 1) {
      front.metrics().flooded("cancelled requests");
      close(Http3ErrorCode.H3_EXCESSIVE_LOAD);
    }
  }

  private void close(Http3ErrorCode why) {
    channel.close(true, why.code(), Unpooled.EMPTY_BUFFER);
  }

  private void closeIfDrained() {
    if (draining && streams == 0) {
      close(Http3ErrorCode.H3_NO_ERROR);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.EVENT && !draining) {
      draining = true;
      // RFC 9114, section 5.2: what comes from that stream on is not looked at.
      QuicStreamChannel control = Http3.getLocalControlStream(channel);
      if (control != null) {
        control.writeAndFlush(new DefaultHttp3GoAwayFrame(nextStream));
      }
      closeIfDrained();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    deadlines.forget(this);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // What the client did wrong is told to it by QUIC or HTTP/3; there is nothing to add.
    ctx.close();
  }

  @Override
  public long deadline() {
    return deadline;
  }

  @Override
  public void expired() {
    close(Http3ErrorCode.H3_NO_ERROR);
  }
}
