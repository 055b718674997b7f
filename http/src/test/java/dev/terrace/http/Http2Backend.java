package dev.terrace.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real server of HTTP/2 on a free port, whose streams follow a script. */
final class Http2Backend implements AutoCloseable {

  /** One stream at the member, with what came on it so far. */
  static final class Stream extends ChannelInboundHandlerAdapter {
    private final Http2Backend backend;
    volatile Http2Headers head = new DefaultHttp2Headers();
    volatile Http2Headers trailers = new DefaultHttp2Headers();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Channel channel;

    Stream(Http2Backend backend) {
      this.backend = backend;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      channel = ctx.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean ended = false;
      if (message instanceof Http2HeadersFrame headers) {
        ended = headers.isEndStream();
        if (head.isEmpty()) {
          head = headers.headers();
          backend.streams.add(this);
          backend.onHead.accept(this);
        } else {
          trailers = headers.headers();
        }
      } else if (message instanceof Http2DataFrame data) {
        ended = data.isEndStream();
        body.writeBytes(ByteBufUtil.getBytes(data.content()));
      }
      ReferenceCountUtil.release(message);
      if (ended) {
        backend.onEnd.accept(this);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        backend.resets.add(reset.errorCode());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }

    private Channel channel() {
      return Objects.requireNonNull(channel);
    }

    String body() {
      return body.toString(StandardCharsets.ISO_8859_1);
    }

    String header(String name) {
      CharSequence value = head.get(name);
      return value == null ? "" : value.toString();
    }

    Stream head(boolean ends, String... fields) {
      Http2Headers headers = new DefaultHttp2Headers(false);
      for (int i = 0; i < fields.length; i += 2) {
        headers.add(fields[i], fields[i + 1]);
      }
      channel().writeAndFlush(new DefaultHttp2HeadersFrame(headers, ends));
      return this;
    }

    Stream data(String text, boolean ends) {
      ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
      channel().writeAndFlush(new DefaultHttp2DataFrame(bytes, ends));
      return this;
    }

    void answer(String text) {
      head(false, ":status", "200", "content-length", String.valueOf(text.length()));
      data(text, true);
    }

    void reset(Http2Error error) {
      channel().writeAndFlush(new DefaultHttp2ResetFrame(error));
    }

    /** Says goodbye; streams beyond this one and that many more were not looked at. */
    void goAway(int extraStreams) {
      channel()
          .parent()
          .writeAndFlush(
              new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(extraStreams));
    }

    Channel connection() {
      return channel().parent();
    }
  }

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel server;
  private final Consumer<Stream> onHead;
  private final Consumer<Stream> onEnd;
  final List<Channel> connections = new CopyOnWriteArrayList<>();
  final List<Stream> streams = new CopyOnWriteArrayList<>();
  final List<Long> resets = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();

  private Http2Backend(Http2Settings settings, Consumer<Stream> onHead, Consumer<Stream> onEnd) {
    this.onHead = onHead;
    this.onEnd = onEnd;
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    accepted.incrementAndGet();
                    connections.add(client);
                    client.closeFuture().addListener(closed -> connections.remove(client));
                    client
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer()
                                .initialSettings(settings)
                                .encoderIgnoreMaxHeaderListSize(true)
                                .build());
                    client
                        .pipeline()
                        .addLast(
                            new Http2MultiplexHandler(
                                new ChannelInitializer<Channel>() {
                                  @Override
                                  protected void initChannel(Channel stream) {
                                    stream.pipeline().addLast(new Stream(Http2Backend.this));
                                  }
                                }));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  /** What happens once a request is complete. */
  static Http2Backend onEnd(Consumer<Stream> onEnd) {
    return new Http2Backend(Http2Settings.defaultSettings(), stream -> {}, onEnd);
  }

  /** What happens once a request's head has come, with these settings. */
  static Http2Backend onHead(Http2Settings settings, Consumer<Stream> onHead) {
    return new Http2Backend(settings, onHead, stream -> {});
  }

  /** Answers each request with that text. */
  static Http2Backend saying(String text) {
    return onEnd(stream -> stream.answer(text));
  }

  String address() {
    return "127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
