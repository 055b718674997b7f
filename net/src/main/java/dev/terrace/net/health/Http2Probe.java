package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Passes if the member answers a GET over HTTP/2 as the check asks for. */
public record Http2Probe(ProbeConnector connector, HttpCheck check) implements Probe {

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    return connector.probe(
        member,
        timeout,
        result,
        channel ->
            Http2Asking.ask(channel, check.request(member), new HttpAnswer(check, result), result));
  }
}
