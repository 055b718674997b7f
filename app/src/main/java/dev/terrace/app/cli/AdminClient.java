package dev.terrace.app.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Talks to a running Terrace through its admin API. */
final class AdminClient {

  /** A failover may take this long: each of its steps has a limit. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What the API said. */
  record Answer(int status, String body) {
    boolean ok() {
      return status == 200;
    }
  }

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  AdminClient(String address) {
    this.address = address;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  Answer post(String path) throws IOException, InterruptedException {
    return send(request(path).header("X-Terrace", "1").POST(BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(PATIENCE);
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (ConnectException e) {
      throw new IOException(
          "nothing answers at "
              + address
              + ". Is Terrace running with listen.admin there? Say where with --admin HOST:PORT",
          e);
    }
  }
}
