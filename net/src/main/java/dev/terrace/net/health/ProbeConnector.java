package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;

/**
 * Opens the connection of one check as the pool's own are opened: first a PROXY header, which says
 * that it is for no client, then TLS.
 */
public record ProbeConnector(ProbeLoop loop, ProxyVersion proxy, Optional<ClientTls> tls) {

  /** Without anything that comes first. */
  public ProbeConnector(ProbeLoop loop) {
    this(loop, ProxyVersion.NONE, Optional.empty());
  }

  /**
   * Connects and waits for the result.
   *
   * @param ready adds the handlers that complete it, and asks
   */
  ProbeResult probe(
      Member member, Duration timeout, CompletableFuture<ProbeResult> result, ProbeLoop.Setup ready)
      throws InterruptedException {
    Address address = member.address();
    return loop.probe(
        address,
        timeout,
        result,
        channel -> channel.pipeline().addLast(new Opening(address, result, ready)));
  }

  private final class Opening extends ChannelInboundHandlerAdapter {
    private final Address member;
    private final CompletableFuture<ProbeResult> result;
    private final ProbeLoop.Setup ready;

    Opening(Address member, CompletableFuture<ProbeResult> result, ProbeLoop.Setup ready) {
      this.member = member;
      this.result = result;
      this.ready = ready;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      proxy.begin(context.channel(), null);
      if (tls.isEmpty()) {
        ready(context);
      } else {
        SslHandler handler = tls.get().handler(context.channel(), member);
        context.pipeline().addBefore(context.name(), "tls", handler);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done && tls.isPresent()) {
        SslHandler handler = context.pipeline().get(SslHandler.class);
        SSLException fault = done.isSuccess() ? tls.get().protocolFault(handler) : null;
        if (done.isSuccess() && fault == null) {
          ready(context);
        } else {
          exceptionCaught(context, Objects.requireNonNullElse(fault, done.cause()));
        }
      }
    }

    private void ready(ChannelHandlerContext context) {
      context.pipeline().remove(this);
      ready.accept(context.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      result.complete(new ProbeResult.Failed(ProbeFault.UNANSWERED));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      result.complete(new ProbeResult.Failed(ProbeFault.words(cause)));
      context.close();
    }
  }
}
