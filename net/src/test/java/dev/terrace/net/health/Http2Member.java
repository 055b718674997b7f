package dev.terrace.net.health;

import dev.terrace.core.pool.Member;
import dev.terrace.testkit.TestCa;
import io.netty.bootstrap.ServerBootstrap;
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
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** A real server of HTTP/2 alone, which answers each request as the test says. */
final class Http2Member implements AutoCloseable {

  /** A request at the member. */
  record Stream(Channel channel, Http2Headers request) {

    Stream head(boolean ends, String... fields) {
      Http2Headers headers = new DefaultHttp2Headers(false);
      for (int i = 0; i < fields.length; i += 2) {
        headers.add(fields[i], fields[i + 1]);
      }
      channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, ends));
      return this;
    }

    Stream data(String text, boolean ends) {
      channel.writeAndFlush(
          new DefaultHttp2DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), ends));
      return this;
    }

    void reset(Http2Error error) {
      channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }

    /** Says goodbye, and that this request was the last one taken. */
    Stream goAway(Http2Error error) {
      channel.parent().writeAndFlush(new DefaultHttp2GoAwayFrame(error));
      return this;
    }

    /** Closes the connection, without a goodbye, once what was sent before is on its way. */
    void disconnect() {
      Channel connection = channel.parent();
      connection.eventLoop().execute(() -> connection.unsafe().closeForcibly());
    }
  }

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final List<Http2Headers> requests = new CopyOnWriteArrayList<>();
  private final Channel server;
  private volatile Consumer<Stream> script = stream -> {};

  private Http2Member(Optional<SslContext> tls) {
    server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    connections.add(client);
                    client.closeFuture().addListener(closed -> connections.remove(client));
                    tls.ifPresent(t -> client.pipeline().addLast(t.newHandler(client.alloc())));
                    client
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer()
                                .encoderIgnoreMaxHeaderListSize(true)
                                .build(),
                            new Http2MultiplexHandler(
                                new ChannelInitializer<Channel>() {
                                  @Override
                                  protected void initChannel(Channel stream) {
                                    stream.pipeline().addLast(new Reader());
                                  }
                                }));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  static Http2Member inClearText() {
    return new Http2Member(Optional.empty());
  }

  /** Over TLS, choosing one of these protocols if the client offers it. */
  static Http2Member overTls(TestCa.Issued shown, String... protocols) throws SSLException {
    return new Http2Member(
        Optional.of(
            SslContextBuilder.forServer(shown.key(), shown.certificate())
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        protocols))
                .build()));
  }

  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2HeadersFrame head) {
        requests.add(head.headers());
        script.accept(new Stream(context.channel(), head.headers()));
      }
      ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** Does this with each request from now on. */
  void behave(Consumer<Stream> next) {
    script = next;
  }

  List<Http2Headers> requests() {
    return requests;
  }

  int openConnections() {
    return connections.size();
  }

  Member member() {
    return Member.of("127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort());
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
