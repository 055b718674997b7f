package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes if the member accepts a TCP connection. */
public record TcpProbe(ProbeLoop loop) implements Probe {

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return loop.probe(
        member.address(),
        timeout,
        result,
        channel ->
            channel
                .pipeline()
                .addLast(
                    new ChannelInboundHandlerAdapter() {
                      @Override
                      public void channelActive(ChannelHandlerContext context) {
                        result.complete(new ProbeResult.Passed());
                        context.close();
                      }
                    }));
  }
}
