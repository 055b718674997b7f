package dev.terrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestBackendTest {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(10);
  private final TestBackend backend = TestBackend.start();

  @AfterEach
  void stop() {
    backend.stop();
    Await.until("all connections are closed", () -> backend.openConnections() == 0);
  }

  @Test
  void echoesHeadAndBodyAndKeepsTheConnection() throws IOException {
    try (RawClient client = RawClient.connect(backend.port())) {
      client.send("POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(client.readUntil("hello"))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("\r\n\r\nPOST /a?b=1 HTTP/1.1\r\nHost: x\r\n");
      client.send(
          "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
      assertThat(client.readUntil("abcde")).contains("POST /c HTTP/1.1");
    }
    assertThat(backend.connections()).isEqualTo(1);
    assertThat(backend.requests()).hasSize(2);
    assertThat(backend.requests("/a").getFirst().header("HOST")).contains("x");
  }

  @Test
  void answersExpectationsAndHead() throws IOException {
    backend.behave(Behaviour.ok("fine"));
    try (RawClient client = RawClient.connect(backend.port())) {
      client.send("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      client.readUntil("HTTP/1.1 100 Continue\r\n\r\n");
      client.send("ab");
      assertThat(client.readUntil("fine")).contains("x-request-bytes: 2");
      client.send("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
      assertThat(client.readAll()).endsWith("content-length: 4\r\n\r\n");
    }
  }

  @Test
  void misbehavesAsTold() throws IOException {
    backend.on("/mid", Behaviour.closeMidBody("abc", 10));
    backend.on("/garbage", Behaviour.garbage("\0\1nonsense".getBytes(StandardCharsets.ISO_8859_1)));
    backend.on("/gone", Behaviour.closeAtOnce());
    backend.on("/reset", Behaviour.reset());
    backend.on("/chunks", Behaviour.chunked("one", "two"));
    backend.on("/rest", Behaviour.untilClose("the rest"));
    backend.on("/polite", Behaviour.thenClose(Behaviour.ok("bye")));
    backend.on("/slow", Behaviour.slowBody("xyz", Duration.ofMillis(1)));
    backend.on("/late", Behaviour.slowStart(Duration.ofMillis(1), Behaviour.ok("late")));
    assertThat(get("/mid")).endsWith("content-length: 10\r\n\r\nabc");
    assertThat(get("/garbage")).isEqualTo("\0\1nonsense");
    assertThat(get("/gone")).isEmpty();
    assertThat(get("/reset")).isEmpty();
    assertThat(get("/chunks")).endsWith("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
    assertThat(get("/rest")).endsWith("the rest");
    assertThat(get("/polite")).endsWith("bye");
    assertThat(get("/slow")).endsWith("xyz");
    assertThat(get("/late")).endsWith("late");
  }

  @Test
  void hangsUntilStoppedThenRefusesUntilRestarted() throws IOException {
    backend.behave(Behaviour.hang());
    try (RawClient client = RawClient.connect(backend.port())) {
      client.send("GET / HTTP/1.1\r\n\r\n");
      assertThat(client.isClosedWithin(SHORT)).isFalse();
      backend.stop();
      assertThat(client.isClosedWithin(LONG)).isTrue();
    }
    assertThatThrownBy(() -> RawClient.connect(backend.port())).isInstanceOf(IOException.class);
    backend.behave(Behaviour.ok("again")).restart();
    assertThat(get("/")).endsWith("again");
  }

  @Test
  void closesIdleConnectionsOnly() throws IOException {
    backend.on("/hang", Behaviour.hang());
    try (RawClient idle = RawClient.connect(backend.port());
        RawClient busy = RawClient.connect(backend.port())) {
      busy.send("GET /hang HTTP/1.1\r\n\r\n");
      idle.send("GET /first HTTP/1.1\r\n\r\n").readUntil("GET /first HTTP/1.1\r\n\r\n");
      Await.until("the busy one is", () -> backend.requests("/hang").size() == 1);
      Await.until(
          "the idle one is closed",
          () -> {
            backend.closeIdle();
            return backend.openConnections() == 1;
          });
      assertThat(idle.isClosedWithin(LONG)).isTrue();
      assertThat(busy.isClosedWithin(SHORT)).isFalse();
    }
  }

  @Test
  void upgradesAndEchoes() throws IOException {
    backend.behave(Behaviour.upgrade("websocket"));
    try (RawClient client = RawClient.connect(backend.port())) {
      client.send("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
      client.readUntil("upgrade: websocket\r\n\r\n");
      assertThat(client.send("frame").read(5)).asString().isEqualTo("frame");
      assertThat(client.halfClose().readAll()).isEmpty();
    }
  }

  private String get(String path) throws IOException {
    try (RawClient client = RawClient.connect(backend.port())) {
      return client.send("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n").readAll();
    }
  }
}
