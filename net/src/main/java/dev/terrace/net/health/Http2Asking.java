package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;

/**
 * One request over HTTP/2 on a connection of its own. The answer is read as if it came over
 * HTTP/1.1; what HTTP/2 alone can say, that there will be none, fails the check.
 */
final class Http2Asking {

  private final ProbeAnswer answer;
  private final CompletableFuture<ProbeResult> result;

  private Http2Asking(ProbeAnswer answer, CompletableFuture<ProbeResult> result) {
    this.answer = answer;
    this.result = result;
  }

  /** Begins HTTP/2 on a connection that is ready for it, and sends the request. */
  static void ask(
      Channel connection,
      FullHttpRequest request,
      ProbeAnswer answer,
      CompletableFuture<ProbeResult> result) {
    Http2Asking asking = new Http2Asking(answer, result);
    connection
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .initialSettings(
                    new Http2Settings()
                        .pushEnabled(false)
                        .maxHeaderListSize(HttpProbe.HEAD_BYTES_MAX))
                // Says GOAWAY at the end but waits for nothing: the check is over.
                .gracefulShutdownTimeoutMillis(0)
                .build(),
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
            asking.new Connection());
    new Http2StreamChannelBootstrap(connection)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(
                        new Http2StreamFrameToHttpObjectCodec(false), asking.new Refusal(), answer);
              }
            })
        .open()
        .addListener((Future<Channel> opened) -> {
          if (opened.isSuccess()) {
            opened.getNow().writeAndFlush(request).addListener(asking::failed);
          } else {
            request.release();
            asking.failed(opened);
          }
        });
  }

  private void failed(Future<?> sending) {
    if (!sending.isSuccess()) {
      fail(ProbeFault.words(sending.cause()));
    }
  }

  private void fail(String reason) {
    result.complete(new ProbeResult.Failed(reason));
  }

  private static String name(long errorCode) {
    Http2Error known = Http2Error.valueOf(errorCode);
    return known == null ? "error " + errorCode : known.name();
  }

  /** Told on the stream that it will not be answered. */
  private final class Refusal extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        fail("the request was reset: " + name(reset.errorCode()));
      } else if (event instanceof Http2GoAwayFrame end) {
        fail("GOAWAY: " + name(end.errorCode()));
      }
      context.fireUserEventTriggered(event);
    }
  }

  /** What concerns the whole connection. */
  private final class Connection extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      // Without an error it is the end of the connection, not of a request that has been taken.
      if (frame instanceof Http2GoAwayFrame end && end.errorCode() != Http2Error.NO_ERROR.code()) {
        fail("GOAWAY: " + name(end.errorCode()));
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      answer.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(ProbeFault.words(cause));
      context.close();
    }
  }
}
