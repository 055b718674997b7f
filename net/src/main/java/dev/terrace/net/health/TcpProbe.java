package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.net.ProxyVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Passes if the member accepts a TCP connection; it is told by a PROXY header that this is all. */
public record TcpProbe(ProbeLoop loop, ProxyVersion proxy) implements Probe {

  /** Without a PROXY header. */
  public TcpProbe(ProbeLoop loop) {
    this(loop, ProxyVersion.NONE);
  }

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return new ProbeConnector(loop, proxy, Optional.empty())
        .probe(
            member,
            timeout,
            result,
            channel -> {
              result.complete(new ProbeResult.Passed());
              channel.close();
            });
  }
}
