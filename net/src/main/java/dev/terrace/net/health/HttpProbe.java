package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Passes if the member answers a GET as the check asks for. Each check has a connection of its own:
 * that members accept connections is a part of what is checked.
 *
 * @param tls what secures the connection, for members that speak TLS
 */
public record HttpProbe(ProbeLoop loop, HttpCheck check, Optional<Tls> tls) implements Probe {

  private static final int HEAD_BYTES_MAX = 32 << 10;

  /** Makes the handler that secures a connection to a member. */
  @FunctionalInterface
  public interface Tls {
    /** A new handler, which shakes hands as soon as the channel is active. */
    ChannelHandler handler(Channel channel, Address member);
  }

  /** In clear text. */
  public HttpProbe(ProbeLoop loop, HttpCheck check) {
    this(loop, check, Optional.empty());
  }

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return loop.probe(
        member.address(),
        timeout,
        result,
        channel -> {
          tls.ifPresent(t -> channel.pipeline().addLast(t.handler(channel, member.address())));
          HttpDecoderConfig limits = new HttpDecoderConfig().setMaxHeaderSize(HEAD_BYTES_MAX);
          channel
              .pipeline()
              .addLast(
                  new HttpClientCodec(limits, false, false),
                  new Asking(request(member)),
                  new HttpAnswer(check, result));
        });
  }

  private DefaultFullHttpRequest request(Member member) {
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, check.target());
    request
        .headers()
        .set(HttpHeaderNames.HOST, check.host().orElse(member.id()))
        .set(HttpHeaderNames.USER_AGENT, "terrace-health")
        .set(HttpHeaderNames.ACCEPT, "*/*")
        .set(HttpHeaderNames.CONNECTION, "close");
    return request;
  }

  /** Sends the request when the connection stands. */
  private static final class Asking extends ChannelInboundHandlerAdapter {
    private final DefaultFullHttpRequest request;

    Asking(DefaultFullHttpRequest request) {
      this.request = request;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.writeAndFlush(request);
      context.fireChannelActive();
    }
  }
}
