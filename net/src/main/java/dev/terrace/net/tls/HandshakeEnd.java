package dev.terrace.net.tls;

import dev.terrace.net.Drain;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a client's handshake, and then makes place for the front's handlers. */
final class HandshakeEnd extends ChannelInboundHandlerAdapter {

  private final TlsServer server;
  private final TlsServer.Secured front;
  private @Nullable String serverName;
  private Optional<X509Certificate> shown = Optional.empty();
  private boolean asksClient;
  private boolean draining;
  private boolean over;

  HandshakeEnd(TlsServer server, TlsServer.Secured front) {
    this.server = server;
    this.front = front;
  }

  void expect(@Nullable String name, boolean asks, Optional<X509Certificate> certificate) {
    shown = certificate;
    serverName = name;
    asksClient = asks;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
      case SslHandshakeCompletionEvent done -> failed(ctx, done.cause());
      case SniCompletionEvent read when !read.isSuccess() -> failed(ctx, read.cause());
      case Drain drain -> draining = true;
      case ChannelInputShutdownEvent ended -> ctx.close();
      default -> {}
    }
  }

  private void succeeded(ChannelHandlerContext ctx) {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    SSLSession agreed = tls.engine().getSession();
    String protocol = tls.applicationProtocol();
    TlsSession session =
        new TlsSession(
            protocol == null ? "" : protocol,
            agreed.getProtocol(),
            Optional.ofNullable(serverName),
            asksClient ? peer(agreed) : Optional.empty(),
            shown);
    over = true;
    server.succeeded(session.version());
    if (session.protocol().equals(Proofs.PROTOCOL)) {
      ctx.close(); // the handshake was all that was wanted
      return;
    }
    session.attachTo(ctx.channel());
    front.accept(ctx.channel(), session);
    ctx.pipeline().remove(this);
    if (draining) {
      ctx.channel().pipeline().fireUserEventTriggered(Drain.EVENT);
    }
  }

  private static Optional<String> peer(SSLSession session) {
    try {
      X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
      return Optional.of(shown.getSubjectX500Principal().getName());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // it may, and it did not
    }
  }

  private void failed(ChannelHandlerContext ctx, Throwable cause) {
    failed(HandshakeFault.of(cause));
    ctx.close();
  }

  /** The handshake has failed; counted once, whatever follows. */
  void failed(HandshakeFault fault) {
    if (!over) {
      over = true;
      server.failed(fault);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    throw new IllegalStateException(
        "nothing is read before a handshake has ended: " + Objects.toIdentityString(message));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failed(HandshakeFault.CLOSED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failed(ctx, cause);
  }
}
