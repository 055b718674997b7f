package dev.terrace.http;

import dev.terrace.testkit.TestCa;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client of HTTP/3 with one connection. */
final class Http3Client implements AutoCloseable {

  /** An answer as it has come. */
  static final class Answer extends ChannelInboundHandlerAdapter {
    volatile Http3Headers head = new DefaultHttp3Headers();
    volatile Http3Headers trailers = new DefaultHttp3Headers();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    final CompletableFuture<Answer> whole = new CompletableFuture<>();
    final CompletableFuture<Answer> begun = new CompletableFuture<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      switch (message) {
        case Http3HeadersFrame headers when head.isEmpty() -> {
          head = headers.headers();
          begun.complete(this);
        }
        case Http3HeadersFrame headers -> trailers = headers.headers();
        case Http3DataFrame data -> body.writeBytes(ByteBufUtil.getBytes(data.content()));
        default -> {}
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        whole.complete(this);
        begun.complete(this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      whole.completeExceptionally(cause);
      begun.completeExceptionally(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      whole.completeExceptionally(new IllegalStateException("the stream is closed"));
      begun.completeExceptionally(new IllegalStateException("the stream is closed"));
    }

    String body() {
      return body.toString(StandardCharsets.ISO_8859_1);
    }

    int status() {
      return Integer.parseInt(header(":status"));
    }

    String header(String name) {
      CharSequence value = head.get(name);
      return value == null ? "" : value.toString();
    }

    Answer await() throws InterruptedException, ExecutionException, TimeoutException {
      return whole.get(10, TimeUnit.SECONDS);
    }
  }

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final Channel udp;
  final QuicChannel quic;
  final CompletableFuture<Long> goAway = new CompletableFuture<>();

  private Http3Client(int port, String name, TestCa ca) throws Exception {
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(ca.certificate())
            .applicationProtocols("h3")
            .build();
    udp =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                Http3.newQuicClientCodecBuilder()
                    .sslEngineProvider(q -> tls.newEngine(q.alloc(), name, port))
                    .maxIdleTimeout(30, TimeUnit.SECONDS)
                    .initialMaxData(1 << 20)
                    .initialMaxStreamDataBidirectionalLocal(128 * 1024)
                    .build())
            .bind(0)
            .sync()
            .channel();
    quic =
        QuicChannel.newBootstrap(udp)
            .handler(
                new Http3ClientConnectionHandler(
                    new ChannelInboundHandlerAdapter() {
                      @Override
                      public void channelRead(ChannelHandlerContext ctx, Object message) {
                        if (message instanceof Http3GoAwayFrame frame) {
                          goAway.complete(frame.id());
                        }
                        ReferenceCountUtil.release(message);
                      }
                    },
                    null,
                    null,
                    null,
                    true))
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .connect()
            .get(10, TimeUnit.SECONDS);
  }

  static Http3Client to(int port, String name, TestCa ca) throws Exception {
    return new Http3Client(port, name, ca);
  }

  X509Certificate shown() throws Exception {
    return (X509Certificate)
        Objects.requireNonNull(quic.sslEngine()).getSession().getPeerCertificates()[0];
  }

  QuicStreamChannel open(Answer answer) throws Exception {
    return Http3.newRequestStream(quic, answer).get(10, TimeUnit.SECONDS);
  }

  static DefaultHttp3HeadersFrame head(String method, String path, String... fields) {
    Http3Headers headers = new DefaultHttp3Headers(false);
    headers.method(method).scheme("https").authority("shop.example").path(path);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return new DefaultHttp3HeadersFrame(headers);
  }

  static DefaultHttp3DataFrame data(String text) {
    return new DefaultHttp3DataFrame(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  /** Sends a request with that body, or none, and waits for the answer. */
  Answer ask(String method, String path, String body, String... fields) throws Exception {
    Answer answer = new Answer();
    QuicStreamChannel stream = open(answer);
    if (body.isEmpty()) {
      stream
          .writeAndFlush(head(method, path, fields))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    } else {
      stream.write(head(method, path, fields));
      stream.writeAndFlush(data(body)).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    }
    return answer.await();
  }

  Answer get(String path) throws Exception {
    return ask("GET", path, "");
  }

  @Override
  public void close() {
    quic.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    // Else the loop may end before the codec has let go of its memory.
    udp.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
