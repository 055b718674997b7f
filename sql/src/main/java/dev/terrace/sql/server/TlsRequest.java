package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Asks a server for TLS before anything else is said. What comes behind it in the pipeline hears
 * that the channel is active when the connection is as secure as it must be.
 */
public final class TlsRequest extends ChannelInboundHandlerAdapter {

  private final ServerTls tls;
  private final Address server;
  private final Duration patience;
  private boolean answered;

  private TlsRequest(ServerTls tls, Address server, Duration patience) {
    this.tls = tls;
    this.server = server;
    this.patience = patience;
  }

  /** A connection's handlers: this one, if it is to be secured, and then the one given. */
  public static ChannelHandler before(
      ChannelHandler next, Optional<ServerTls> tls, Address server, Duration patience) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        tls.ifPresent(how -> channel.pipeline().addLast(new TlsRequest(how, server, patience)));
        channel.pipeline().addLast(next);
      }
    };
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(Requests.tls(context.alloc()));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (answered || bytes.readableBytes() > 1) {
        // Whatever comes in clear text with the answer might be anybody's.
        fail(context, "it sent more than an answer to the request for TLS");
        return;
      }
      answered = true;
      switch (bytes.readByte()) {
        case 'S' -> shakeHands(context);
        case 'N' -> {
          if (tls.required()) {
            fail(context, "it does not speak TLS; set ssl = on there, or tls.mode here");
          } else {
            pass(context);
          }
        }
        default -> fail(context, "it does not understand a request for TLS");
      }
    } finally {
      bytes.release();
    }
  }

  private void shakeHands(ChannelHandlerContext context) {
    SslHandler handler = tls.tls().handler(context.channel(), server);
    handler.setHandshakeTimeoutMillis(patience.toMillis());
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            pass(context);
          } else {
            failed(context, done.cause());
          }
        });
    context.pipeline().addFirst("tls", handler);
  }

  private void pass(ChannelHandlerContext context) {
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  private void failed(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      context.fireExceptionCaught(cause);
    } else {
      fail(context, ClientTls.words(cause));
    }
  }

  private void fail(ChannelHandlerContext context, String why) {
    answered = true;
    context.fireExceptionCaught(new SSLException("TLS: " + why));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A handshake that fails says so by its future, in better words.
    if (context.pipeline().get(SslHandler.class) == null) {
      context.fireExceptionCaught(cause);
    }
  }
}
