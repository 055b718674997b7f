package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import dev.terrace.net.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Passes if the member answers PING as a Redis does that can serve. One that asks for a password
 * serves those who have it; one that loads its data, or has lost its master, does not.
 */
public record RedisProbe(ProbeLoop loop, Optional<ClientTls> tls) implements Probe {

  private static final int LINE_MAX = 512;

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return new ProbeConnector(loop, ProxyVersion.NONE, tls)
        .probe(member, timeout, result, channel -> ask(channel, result));
  }

  private static void ask(Channel channel, CompletableFuture<ProbeResult> result) {
    channel.pipeline().addLast(new Answer(result));
    channel.writeAndFlush(Unpooled.copiedBuffer("PING\r\n", StandardCharsets.US_ASCII));
  }

  private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    private final CompletableFuture<ProbeResult> result;
    private final StringBuilder line = new StringBuilder();

    Answer(CompletableFuture<ProbeResult> result) {
      this.result = result;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      line.append(bytes.toString(StandardCharsets.UTF_8));
      int end = line.indexOf("\r\n");
      if (end >= 0 || line.length() > LINE_MAX) {
        result.complete(found(line.substring(0, end < 0 ? LINE_MAX : end)));
        context.close();
      }
    }

    private static ProbeResult found(String answer) {
      return answer.equals("+PONG") || answer.startsWith("-NOAUTH")
          ? new ProbeResult.Passed()
          : new ProbeResult.Failed("answers PING with " + answer);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      result.complete(new ProbeResult.Failed("the connection was closed without an answer"));
    }
  }
}
