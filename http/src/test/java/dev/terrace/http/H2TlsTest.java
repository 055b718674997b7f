package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.net.tls.TlsSettings;
import dev.terrace.testkit.TestCa;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 and HTTP/1.1 over TLS, chosen by ALPN, with the JDK's client. */
class H2TlsTest {

  @TempDir Path folder;
  private final TestCa ca = TestCa.create();

  private Proxy secure(Backend backend) throws Exception {
    TestCa.Issued.Pem files = ca.issue("shop", "localhost").write(folder, "shop");
    String tls =
        "tls: {certificates: [{certificate: '%s', key: '%s'}]}%n"
            .formatted(files.certificate(), files.key());
    String file = Proxy.file("", "", backend);
    Proxy proxy = Proxy.of(tls + file.replace("listen: {", "listen: {https: '127.0.0.1:0', "));
    proxy.certificates.configure(
        new TlsSettings(
            List.of(new TlsSettings.CertificateFiles(files.certificate(), files.key())),
            TlsSettings.Version.TLS_1_2,
            Optional.empty()));
    return proxy;
  }

  private HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(ca.clientContext()).build();
  }

  private static HttpRequest.Builder request(Proxy proxy, String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.securePort() + path))
        .timeout(Duration.ofSeconds(30));
  }

  @Test
  void alpnChoosesTheVersionAndMembersAreToldHttps() throws Exception {
    try (Backend backend =
            Backend.answering(request -> Backend.ok(request.header("x-forwarded-proto")));
        Proxy proxy = secure(backend)) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        if (version == HttpClient.Version.HTTP_2 || version == HttpClient.Version.HTTP_1_1) {
          try (HttpClient client = client(version)) {
            HttpResponse<String> answer =
                client.send(request(proxy, "/").build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.body()).isEqualTo("https");
          }
        }
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void bigBodiesGoBothWaysOnManyStreams() throws Exception {
    byte[] big = new byte[200_000];
    try (Backend backend =
            Backend.answering(request -> Backend.ok("x".repeat(request.body().length)));
        Proxy proxy = secure(backend);
        HttpClient client = client(HttpClient.Version.HTTP_2)) {
      List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        HttpRequest post =
            request(proxy, "/" + i).POST(HttpRequest.BodyPublishers.ofByteArray(big)).build();
        all.add(client.sendAsync(post, HttpResponse.BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> each : all) {
        assertThat(each.get().body()).hasSize(big.length);
        assertThat(each.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
      proxy.awaitBalanced();
    }
  }

  @Test
  void aDrainEndsConnectionsAfterTheirWork() throws Exception {
    try (Backend backend = Backend.saying("x");
        Proxy proxy = secure(backend);
        HttpClient client = client(HttpClient.Version.HTTP_2)) {
      HttpResponse<String> answer =
          client.send(request(proxy, "/").build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("x");
      proxy.front.drain(Duration.ofSeconds(20)).get();
    } catch (IOException e) {
      throw new AssertionError("lost", e);
    }
  }
}
