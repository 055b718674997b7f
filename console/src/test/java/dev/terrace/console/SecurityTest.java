package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {

  private static final Pattern LINK =
      Pattern.compile("(?:from|import|src=|href=)\\s*[\"']((?:/assets/|\\.{1,2}/)[^\"']+)[\"']");

  private RunningShop shop;

  @BeforeEach
  void start() throws Exception {
    shop = new RunningShop();
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private String raw(String head) throws IOException {
    return Http.raw(shop.port(), head + "Connection: close\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9900",
        "127.evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "169.254.169.254",
        "",
        "127.0.0.1:port",
        "[::1"
      })
  void anotherNameIsNotServed(String host) throws IOException {
    for (String path :
        List.of("/", "/metrics", "/api/config", "/api/events", "/assets/console.js")) {
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n"))
          .startsWith("HTTP/1.1 421 ")
          .contains("\"remedy\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.1:1", "localhost:9900", "LOCALHOST", "[::1]:9900"})
  void loopbackNamesAreServed(String host) throws IOException {
    assertThat(raw("GET /ready HTTP/1.1\r\nHost: " + host + "\r\n")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void aRequestHasOneHost() throws IOException {
    assertThat(raw("GET /ready HTTP/1.1\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /ready HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET http://evil.example/ready HTTP/1.1\r\nHost: localhost\r\n"))
        .startsWith("HTTP/1.1 421 ");
  }

  @Test
  void commandsNeedTheHeaderThatFormsCannotSend() {
    URI drain = shop.uri("/api/members/app/127.0.0.1:9001/drain");
    assertThat(Http.post(drain, "").statusCode()).isEqualTo(403);
    assertThat(Http.post(drain, "a=b", "Content-Type", "text/plain").statusCode()).isEqualTo(403);
    assertThat(Http.post(drain, "", "X-Terrace", "yes").statusCode()).isEqualTo(403);
    assertThat(Http.get(drain, "X-Terrace", "1").statusCode()).isEqualTo(405);
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(3);
    HttpResponse<String> answer = Http.get(drain, "Origin", "http://evil.example");
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2fAssets.class",
        "/assets//console.js",
        "/assets/./console.js",
        "/assets/",
        "/assets/lit-html/../console.js",
        "/assets/package-info.class",
        "//etc/passwd",
        "/assets/console.js%00",
        "/index.html"
      })
  void noPathLeadsOutOfTheAssets(String path) throws IOException {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    assertThat(answer).matches(Pattern.compile("HTTP/1.1 4(00|04|21) .*", Pattern.DOTALL));
    assertThat(answer).doesNotContain("root:", "Exception", "\tat ");
  }

  @Test
  void everyAnswerIsGuarded() {
    for (String path : List.of("/", "/metrics", "/api/pools", "/nothing", "/assets/console.js")) {
      HttpResponse<String> answer = Http.get(shop.uri(path));
      String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
      assertThat(policy)
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy"))
          .contains("same-origin");
    }
  }

  @Test
  void everyFileThatThePageNamesIsServedWithItsType() {
    Set<String> seen = new HashSet<>(Set.of("/"));
    Deque<String> todo = new ArrayDeque<>(seen);
    while (!todo.isEmpty()) {
      String path = todo.pop();
      HttpResponse<String> answer = Http.get(shop.uri(path));
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      String type = answer.headers().firstValue("Content-Type").orElse("");
      assertThat(type).as(path).doesNotContain("text/plain");
      Matcher link = LINK.matcher(answer.body());
      while ((type.contains("html") || type.contains("javascript")) && link.find()) {
        String target = URI.create(path).resolve(link.group(1)).getPath();
        if (seen.add(target)) {
          todo.push(target);
        }
      }
    }
    assertThat(seen).contains("/assets/lit-html/lit-html.js", "/assets/uplot/uPlot.esm.js");
    assertThat(seen).hasSizeGreaterThan(12);
  }

  @Test
  void assetsAreKeptByTheirTag() {
    HttpResponse<String> first = Http.get(shop.uri("/assets/console.js"));
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(Http.get(shop.uri("/assets/console.js"), "If-None-Match", tag).statusCode())
        .isEqualTo(304);
    assertThat(Http.get(shop.uri("/assets/console.js"), "If-None-Match", "\"x\"").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aLargeBodyIsRefused() {
    assertThat(Http.post(shop.uri("/api/reload"), "x".repeat(1000), "X-Terrace", "1").statusCode())
        .isEqualTo(200);
    assertThat(
            Http.post(shop.uri("/api/reload"), "x".repeat(40_000), "X-Terrace", "1").statusCode())
        .isEqualTo(413);
  }

  @Test
  void aLargeHeadIsRefused() {
    String answer;
    try {
      answer =
          raw("GET /ready HTTP/1.1\r\nHost: localhost\r\nX-Big: " + "x".repeat(500_000) + "\r\n");
    } catch (IOException cut) {
      answer = "";
    }
    assertThat(answer).doesNotContain("HTTP/1.1 200");
    assertThat(Http.get(shop.uri("/ready")).statusCode()).isEqualTo(200);
  }

  @Test
  void clientsThatSayNothingBlockNobody() throws IOException {
    List<Socket> stuck = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket("127.0.0.1", shop.port());
        stuck.add(socket);
        String half =
            i % 2 == 0
                ? "GET /re"
                : "POST /api/reload HTTP/1.1\r\nHost: localhost\r\n"
                    + "X-Terrace: 1\r\nContent-Length: 100\r\n\r\nhalf";
        socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(Http.get(shop.uri("/ready")).statusCode()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : stuck) {
        socket.close();
      }
    }
  }

  @Test
  void garbageIsAnsweredOrCutAndNothingElse() throws IOException {
    long seed = 20260101;
    Random random = new Random(seed);
    long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    int rounds = 0;
    while (System.nanoTime() < end) {
      StringBuilder bytes = new StringBuilder();
      String start =
          List.of("", "GET /", "POST /api/", "GET /ready HTTP/1.1\r\n").get(rounds++ % 4);
      bytes.append(start);
      random.ints(1 + random.nextInt(200), 0, 256).forEach(b -> bytes.append((char) b));
      String answer;
      try {
        answer = Http.raw(shop.port(), bytes + "\r\n\r\n");
      } catch (IOException cut) {
        continue;
      }
      assertThat(answer).as("seed %d round %d", seed, rounds).doesNotContain("\tat ", "java.");
    }
    Await.until(
        "still serving",
        Duration.ofSeconds(2),
        () -> Http.get(shop.uri("/ready")).statusCode() == 200);
  }
}
