package dev.terrace.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's first message, picks the certificate for the server name in it (RFC 6066,
 * section 3) and gives way to TLS with that.
 */
final class ClientHelloHandler extends AbstractSniHandler<TlsServer.Chosen> {

  private static final int MAX_HELLO_BYTES = 16 * 1024;

  /** A fatal alert unrecognized_name (RFC 8446, section 6) in a record of its own. */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private final TlsServer server;
  private @Nullable String serverName;
  private boolean asksClient;
  private boolean wantsProof;
  private boolean refused;

  ClientHelloHandler(TlsServer server, long handshakeMillis) {
    super(MAX_HELLO_BYTES, handshakeMillis);
    this.server = server;
  }

  @Override
  protected Future<TlsServer.Chosen> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf hello)
      throws Exception {
    wantsProof =
        server.expectsProofs() && hello != null && ClientHello.offers(hello, Proofs.PROTOCOL);
    return super.lookup(ctx, hello);
  }

  @Override
  protected Future<TlsServer.Chosen> lookup(ChannelHandlerContext ctx, @Nullable String name) {
    serverName = name;
    TlsServer.Chosen chosen = wantsProof ? server.prove(name) : server.choose(name);
    return chosen == null
        ? ctx.executor().newFailedFuture(new IllegalStateException("no certificate"))
        : ctx.executor().newSucceededFuture(chosen);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext ctx, @Nullable String name, Future<TlsServer.Chosen> found) {
    HandshakeEnd end = ctx.pipeline().get(HandshakeEnd.class);
    if (!found.isSuccess()) {
      if (refused) {
        return; // the same message is looked at again until the connection is closed
      }
      refused = true;
      if (end != null) {
        end.failed(HandshakeFault.NO_CERTIFICATE);
      }
      ByteBuf alert = ctx.alloc().buffer(UNRECOGNIZED_NAME.length).writeBytes(UNRECOGNIZED_NAME);
      ctx.writeAndFlush(alert).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    TlsServer.Chosen chosen = found.getNow();
    SslHandler tls = null;
    try {
      asksClient = chosen.asksClient();
      if (end != null) {
        end.expect(serverName, asksClient, chosen.certificate());
      }
      tls = chosen.context().newHandler(ctx.alloc());
      tls.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
      ctx.pipeline().replace(this, "tls", tls);
      tls = null;
    } finally {
      ReferenceCountUtil.release(chosen.context());
      if (tls != null) {
        ReferenceCountUtil.safeRelease(tls.engine());
      }
    }
  }
}
