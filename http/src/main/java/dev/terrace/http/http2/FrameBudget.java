package dev.terrace.http.http2;

import dev.terrace.config.Http2Config;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts the frames of a client that make work and bring nothing (RFC 9113, section 10.5), before
 * anything acts on them: so many of each kind in a second, and more only for answers that were
 * given meanwhile. Beyond it the connection ends with ENHANCE_YOUR_CALM.
 */
final class FrameBudget implements Http2FrameReader, Http2FrameListener {

  /** How many frames of a kind may still come in this second. */
  static final class Allowance {
    private final String kind;
    private final int perSecond;
    private int left;

    private Allowance(String kind, int perSecond) {
      this.kind = kind;
      this.perSecond = perSecond;
    }

    /** The client may have more to say for what was sent to it. */
    void grow(int frames) {
      left += frames;
    }
  }

  final Allowance windowUpdates;
  final Allowance resetFrames;
  private final Allowance settingsFrames;
  private final Allowance pings;
  private final Allowance priorities;
  private final Allowance emptyData;
  private final Allowance others;
  private final List<Allowance> all;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final RecentIds resets = new RecentIds();
  private final RecentIds closed = new RecentIds();
  private final long maxUnread;
  private @Nullable Http2FrameListener next;
  private boolean unread;
  private long refilled;

  /** Netty's reader itself bounds header blocks in many pieces, and ends the connection alike. */
  private String exceeded = "CONTINUATION";

  FrameBudget(Http2FrameReader reader, Http2Connection connection, Http2Config limits) {
    this.reader = reader;
    this.connection = connection;
    maxUnread = limits.maxUnread().bytes();
    Http2Config.FramesPerSecond frames = limits.framesPerSecond();
    windowUpdates = new Allowance("WINDOW_UPDATE", frames.windowUpdate());
    resetFrames = new Allowance("RST_STREAM", frames.rstStream());
    settingsFrames = new Allowance("SETTINGS", frames.settings());
    pings = new Allowance("PING", frames.ping());
    priorities = new Allowance("PRIORITY", frames.priority());
    emptyData = new Allowance("empty DATA", frames.emptyData());
    others = new Allowance("other", frames.other());
    all = List.of(windowUpdates, resetFrames, settingsFrames, pings, priorities, emptyData, others);
    refilled = System.nanoTime() - SECOND;
  }

  /** The streams that we have reset: what comes for them was on its way. */
  RecentIds resets() {
    return resets;
  }

  /** The streams that have ended. */
  RecentIds closed() {
    return closed;
  }

  /** One more of them came. */
  void spend(Allowance allowance) throws Http2Exception {
    long now = System.nanoTime();
    if (now - refilled >= SECOND) {
      refilled = now;
      for (Allowance each : all) {
        each.left = each.perSecond;
      }
    }
    if (--allowance.left < 0) {
      throw beyond(allowance.kind);
    }
  }

  private Http2Exception beyond(String kind) {
    exceeded = kind;
    return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many %s", kind);
  }

  /** How to end the connection if too much waits for a client that does not read; once. */
  @Nullable Http2Exception unread(Channel client) {
    if (unread || !client.isActive() || client.bytesBeforeWritable() <= maxUnread) {
      return null;
    }
    unread = true;
    return beyond("unread answers");
  }

  /** What was too much, once the connection was ended for it. */
  String exceeded() {
    return exceeded;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    next = listener;
    reader.readFrame(ctx, input, this);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  private Http2FrameListener next() {
    Http2FrameListener listener = next;
    if (listener == null) {
      throw new IllegalStateException("no frame is being read");
    }
    return listener;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ends)
      throws Http2Exception {
    if (!data.isReadable() && !ends) {
      spend(emptyData);
    }
    return next().onDataRead(ctx, streamId, data, padding, ends);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean ends)
      throws Http2Exception {
    requireOrder(streamId);
    next().onHeadersRead(ctx, streamId, headers, padding, ends);
  }

  /** A stream begins once, after those before it (RFC 9113, sections 5.1 and 5.1.1). */
  private void requireOrder(int streamId) throws Http2Exception {
    Http2Stream stream = connection.stream(streamId);
    if (stream != null) {
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
        throw Http2Exception.streamError(streamId, Http2Error.STREAM_CLOSED, "it has ended");
      }
    } else if (connection.streamMayHaveExisted(streamId) && !resets.contains(streamId)) {
      throw Http2Exception.connectionError(
          closed.contains(streamId) ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
          "stream %d begins again",
          streamId);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean ends)
      throws Http2Exception {
    // Priorities of this kind are of no use (RFC 9113, section 5.3.2).
    onHeadersRead(ctx, streamId, headers, padding, ends);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    spend(priorities);
    next().onPriorityRead(ctx, streamId, dependency, weight, exclusive);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long code)
      throws Http2Exception {
    spend(resetFrames);
    next().onRstStreamRead(ctx, streamId, code);
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
    spend(settingsFrames);
    next().onSettingsAckRead(ctx);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    spend(settingsFrames);
    next().onSettingsRead(ctx, settings);
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    spend(pings);
    next().onPingRead(ctx, data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    spend(pings);
    next().onPingAckRead(ctx, data);
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int streamId, int promised, Http2Headers headers, int padding)
      throws Http2Exception {
    next().onPushPromiseRead(ctx, streamId, promised, headers, padding);
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long code, ByteBuf debug)
      throws Http2Exception {
    spend(others);
    next().onGoAwayRead(ctx, lastStreamId, code, debug);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment)
      throws Http2Exception {
    spend(windowUpdates);
    next().onWindowUpdateRead(ctx, streamId, increment);
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    spend(others);
    next().onUnknownFrame(ctx, type, streamId, flags, payload);
  }
}
