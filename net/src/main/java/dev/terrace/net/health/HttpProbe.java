package dev.terrace.net.health;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Passes if the member answers a GET with a status of 200 to 399. */
public record HttpProbe(String path) implements Probe {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  @Override
  public ProbeResult probe(Member member, Duration timeout) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + member.address() + path))
            .timeout(timeout)
            .header("User-Agent", "terrace-health")
            .build();
    try {
      int status = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
      return status >= 200 && status < 400
          ? new ProbeResult.Passed()
          : new ProbeResult.Failed("HTTP " + status);
    } catch (HttpTimeoutException e) {
      return new ProbeResult.Failed("no answer within " + timeout.toMillis() + " ms");
    } catch (ConnectException e) {
      return new ProbeResult.Failed("connection refused");
    } catch (IOException e) {
      return new ProbeResult.Failed("broken answer: " + e.getMessage());
    }
  }
}
