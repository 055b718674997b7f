package dev.terrace.http.http2;

import dev.terrace.core.attempt.AttemptFailure;
import dev.terrace.http.exchange.AnswerReceiver;
import dev.terrace.http.wire.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands what a member sends on a connection to the streams that it is for. */
final class Http2MemberFrames extends Http2EventAdapter
    implements Http2RemoteFlowController.Listener {

  private final Http2Connection http2;
  private final Http2Connection.PropertyKey key;
  private final ResponseHead head;
  private final List<AnswerReceiver> touched = new ArrayList<>();
  private @Nullable Http2MemberConnection connection;

  Http2MemberFrames(Http2Connection http2, int maxHead) {
    this.http2 = http2;
    key = http2.newKey();
    // A head comes whole and is dealt with at once: one serves all streams.
    head = new ResponseHead(maxHead);
    http2.addListener(this);
  }

  void serve(Http2MemberConnection served) {
    connection = served;
  }

  void attach(Http2Stream stream, Http2MemberStream member) {
    stream.setProperty(key, member);
  }

  private @Nullable Http2MemberStream of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  /** What one stream gets in a row is told of once. */
  @SuppressWarnings("ReferenceEquality") // the very same receiver
  private @Nullable Http2MemberStream touch(int streamId) {
    Http2MemberStream member = of(http2.stream(streamId));
    AnswerReceiver receiver = member == null ? null : member.receiver();
    if (receiver != null && (touched.isEmpty() || touched.getLast() != receiver)) {
      touched.add(receiver);
    }
    return member;
  }

  /** What was read has been handed on, for now. */
  void readComplete() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).readComplete();
    }
    touched.clear();
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean ends) {
    onHeadersRead(ctx, streamId, headers, padding, ends);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean ends) {
    Http2MemberStream member = touch(streamId);
    if (member != null) {
      member.headers(headers, ends, head);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ends) {
    Http2MemberStream member = touch(streamId);
    int flowControlled = data.readableBytes() + padding;
    return member == null ? flowControlled : member.data(data, flowControlled, ends);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    Http2MemberStream member = touch(streamId);
    if (member != null) {
      member.reset(errorCode);
    }
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    if (connection != null) {
      connection.settled();
    }
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    if (connection != null) {
      connection.alive();
    }
  }

  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData)
      throws Http2Exception {
    if (connection != null) {
      connection.goingAway();
    }
    // RFC 9113, section 6.8: the member has not looked at streams above the last.
    List<Http2MemberStream> refused = new ArrayList<>();
    http2.forEachActiveStream(stream -> {
      Http2MemberStream member = of(stream);
      if (stream.id() > lastStreamId && member != null) {
        refused.add(member);
      }
      return true;
    });
    refused.forEach(member -> member.fail(AttemptFailure.REFUSED));
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Http2MemberStream member = of(stream);
    if (member != null) {
      stream.removeProperty(key);
      member.closed();
    }
  }

  @Override
  public void writabilityChanged(Http2Stream stream) {
    Http2MemberStream member = of(stream);
    if (member != null) {
      member.writabilityChanged();
    }
  }

  /** The member broke a rule on that stream, and on no other. */
  void breach(int streamId) {
    Http2MemberStream member = touch(streamId);
    if (member != null) {
      member.breach();
    }
  }
}
