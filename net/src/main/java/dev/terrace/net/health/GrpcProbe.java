package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes if the member says by gRPC's health protocol that it is serving. */
public record GrpcProbe(ProbeConnector connector, GrpcCheck check) implements Probe {

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return connector.probe(
        member,
        timeout,
        result,
        channel -> Http2Asking.ask(channel, check.request(member), new GrpcAnswer(result), result));
  }
}
