package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terrace.core.signal.Metric;
import dev.terrace.net.BindFailure;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class AccessLogTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private String logged(String more, Backend... members) {
    return Proxy.file(
        "access-log: {file: '" + folder.resolve("access.log") + "'" + more + "}, ", "", members);
  }

  private List<String> lines(String file, int atLeast) {
    Path path = folder.resolve(file);
    Await.until(
        atLeast + " lines in " + file,
        () -> {
          try {
            return Files.exists(path) && Files.readAllLines(path).size() >= atLeast;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    try {
      return Files.readAllLines(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRequestIsALineWithAllThatIsKnown() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.of(logged("", backend));
        HttpConnection client = proxy.connect()) {
      client.send(
          "POST /a?b=c HTTP/1.1\r\nHost: shop\r\nUser-Agent: curl\r\nContent-Length: 3\r\n"
              + "Authorization: Bearer sesame\r\nCookie: id=sesame\r\n\r\nabc");
      assertThat(client.read().text()).isEqualTo("hello");
      String line = lines("access.log", 1).getFirst();
      assertThat(line).doesNotContain("sesame");
      JsonNode read = JSON.readTree(line);
      assertThat(read.path("client").asText()).isEqualTo("127.0.0.1");
      assertThat(read.path("protocol").asText()).isEqualTo("HTTP/1.1");
      assertThat(read.path("tls").asBoolean(true)).isFalse();
      assertThat(read.path("method").asText()).isEqualTo("POST");
      assertThat(read.path("host").asText()).isEqualTo("shop");
      assertThat(read.path("path").asText()).isEqualTo("/a?b=c");
      assertThat(read.path("status").asInt()).isEqualTo(200);
      assertThat(read.path("bytes_in").asInt()).isEqualTo(3);
      assertThat(read.path("bytes_out").asInt()).isEqualTo(5);
      assertThat(read.path("route").asText()).isEqualTo("/*");
      assertThat(read.path("pool").asText()).isEqualTo("app");
      assertThat(read.path("member").asText()).isEqualTo(backend.address());
      assertThat(read.path("policy").asText()).isEqualTo("round-robin");
      assertThat(read.path("attempts").asInt()).isEqualTo(1);
      assertThat(read.path("user_agent").asText()).isEqualTo("curl");
      assertThat(read.path("seconds").asDouble())
          .isGreaterThanOrEqualTo(read.path("first_byte_seconds").asDouble())
          .isLessThan(10);
      assertThat(read.has("reason") || read.has("failures")).isFalse();
    }
  }

  @Test
  void aFailureSaysWhyAndWhatWasTried() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy =
            Proxy.of(logged("", backend).replace("members: [", "members: ['127.0.0.1:1', "))) {
      proxy.get("/1");
      proxy.get("/2");
      JsonNode retried =
          lines("access.log", 2).stream()
              .map(AccessLogTest::parse)
              .filter(line -> line.path("attempts").asInt() == 2)
              .findFirst()
              .orElseThrow();
      assertThat(retried.path("status").asInt()).isEqualTo(200);
      assertThat(retried.path("member").asText()).isEqualTo(backend.address());
      assertThat(retried.path("failures").get(0).asText()).isEqualTo("UNREACHABLE 127.0.0.1:1");
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatWeAnswerOrRefuseOurselvesIsThereToo() throws IOException {
    try (Backend backend =
            Backend.start(connection -> {
              connection.head();
              throw new IOException("leaves");
            });
        Proxy proxy = Proxy.of(logged("", backend));
        HttpConnection broken = proxy.connect()) {
      assertThat(proxy.get("/x").status()).isEqualTo(502);
      broken.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      assertThat(broken.read().status()).isEqualTo(400);
      List<String> lines = lines("access.log", 2);
      assertThat(lines)
          .map(line -> parse(line).path("status").asInt() + parse(line).path("reason").asText())
          .containsExactlyInAnyOrder("502CONNECTION_LOST", "400REPEATED_HOST");
    }
  }

  @Test
  void aSampleLeavesOutWhatWentWellOnly() throws IOException {
    try (Backend backend =
            Backend.answering(request ->
                request.target().equals("/bad")
                    ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                    : Backend.ok("fine"));
        Proxy proxy = Proxy.of(logged(", sample: 0%, format: common", backend));
        HttpConnection client = proxy.connect()) {
      client.get("/good");
      client.get("/bad");
      List<String> lines = lines("access.log", 1);
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst()).contains("\"GET /bad HTTP/1.1\" 500 -");
    }
  }

  @Test
  void aFileThatWasMovedAwayIsBegunAgain() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.of(logged("", backend));
        HttpConnection client = proxy.connect()) {
      client.get("/1");
      lines("access.log", 1);
      Files.move(folder.resolve("access.log"), folder.resolve("access.log.1"));
      proxy.configure(logged("", backend));
      client.get("/2");
      assertThat(lines("access.log", 1).getFirst()).contains("/2");
      assertThat(lines("access.log.1", 1)).hasSize(1);
      // Without being told, it is noticed a second later.
      Files.move(folder.resolve("access.log"), folder.resolve("access.log.2"));
      Await.until(
          "a new file",
          () -> {
            try {
              client.get("/3");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
            return Files.exists(folder.resolve("access.log"));
          });
    }
  }

  @Test
  void aStopWritesWhatWaits() throws IOException {
    try (Backend backend = Backend.saying("hello")) {
      try (Proxy proxy = Proxy.of(logged("", backend));
          HttpConnection client = proxy.connect()) {
        for (int i = 0; i < 100; i++) {
          client.get("/" + i);
        }
      }
      assertThat(Files.readAllLines(folder.resolve("access.log"))).hasSize(100);
    }
  }

  @Test
  void aFileThatCannotBeOpenedIsSaidAtOnce() throws IOException {
    try (Backend backend = Backend.saying("hello")) {
      Files.createDirectory(folder.resolve("access.log"));
      assertThatThrownBy(() -> Proxy.of(logged("", backend)))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("http.access-log")
          .hasMessageContaining("access.log: Is a directory");
    }
  }

  @Test
  void aDiskThatIsFullLosesLinesAndNothingElse() throws IOException {
    try (Backend backend = Backend.saying("hello");
        Proxy proxy = Proxy.of(Proxy.file("access-log: {file: /dev/full}, ", "", backend));
        HttpConnection client = proxy.connect()) {
      assertThat(client.get("/1").text()).isEqualTo("hello");
      Await.until(
          "a lost line", () -> proxy.counter(Metric.HTTP_ACCESS_LOG_LOST, "unwritable") == 1);
      assertThat(client.get("/2").text()).isEqualTo("hello");
    }
  }
}
