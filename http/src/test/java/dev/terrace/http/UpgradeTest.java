package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Connections that leave HTTP: WebSocket and whatever else a member agrees to. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class UpgradeTest {

  private static final String REQUEST =
      "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Key: k\r\n\r\n";
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  private final BlockingQueue<HttpConnection.Message> seen = new LinkedBlockingQueue<>();

  private Backend echo() throws IOException {
    return Backend.start(connection -> {
      seen.add(connection.read());
      connection.send(SWITCHING + "hi");
      connection.in.transferTo(connection.out);
      connection.send("bye");
    });
  }

  @Test
  void bytesPassBothWaysUntilBothSidesAreDone() throws Exception {
    try (Backend backend = echo();
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(REQUEST + "ahead");
      HttpConnection.Message answer = client.head();
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.headers())
          .containsOnly(Map.entry("connection", "Upgrade"), Map.entry("upgrade", "websocket"));
      assertThat(client.in.readNBytes(7)).asString().isEqualTo("hiahead");
      Map<String, String> asked = seen.take().headers();
      assertThat(asked)
          .containsEntry("connection", "Upgrade")
          .containsEntry("upgrade", "websocket");
      for (int i = 0; i < 50; i++) {
        client.send("ping");
        assertThat(client.in.readNBytes(4)).asString().isEqualTo("ping");
      }
      assertThat(proxy.members().getFirst().load().inFlight()).isEqualTo(1);
      client.socket().shutdownOutput();
      assertThat(client.in.readAllBytes()).asString().isEqualTo("bye");
      proxy.awaitBalanced();
    }
  }

  @Test
  void aTunnelOutlivesReloadAndIdleTimeout() throws Exception {
    try (Backend backend = echo();
        Proxy proxy = Proxy.of(Proxy.file("idle-timeout: 200ms, ", "", backend));
        HttpConnection client = proxy.connect()) {
      client.send(REQUEST);
      client.head();
      client.in.readNBytes(2);
      proxy.configure(Proxy.file("attempts: 2, ", "", backend));
      client.socket().setSoTimeout(700);
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> client.in.read()))
          .isInstanceOf(java.net.SocketTimeoutException.class);
      client.socket().setSoTimeout(10_000);
      client.send("still here");
      assertThat(client.in.readNBytes(10)).asString().isEqualTo("still here");
    }
  }

  @Test
  void aTunnelIsNoFasterThanItsReader() throws Exception {
    byte[] block = new byte[1 << 20];
    try (Backend backend =
            Backend.start(connection -> {
              connection.read();
              connection.send(SWITCHING);
              for (int i = 0; i < 64; i++) {
                connection.out.write(block);
              }
            });
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(REQUEST);
      client.head();
      assertThat(client.in.readAllBytes()).hasSize(64 << 20);
      client.socket().close();
      proxy.awaitBalanced();
    }
  }

  @Test
  void eitherEndClosesTheOther() throws Exception {
    try (Backend backend = echo();
        Proxy proxy = Proxy.to(backend);
        HttpConnection one = proxy.connect();
        HttpConnection two = proxy.connect()) {
      one.send(REQUEST);
      one.head();
      two.send(REQUEST);
      two.head();
      one.socket().setSoLinger(true, 0);
      one.socket().close();
      Await.until("one tunnel is gone", () -> proxy.members().getFirst().load().inFlight() == 1);
      backend.cut();
      two.in.readAllBytes();
      two.socket().close();
      proxy.awaitBalanced();
    }
  }

  @Test
  void aMemberMayDecline() throws Exception {
    try (Backend backend = Backend.saying("no");
        Proxy proxy = Proxy.to(backend);
        HttpConnection client = proxy.connect()) {
      client.send(REQUEST);
      assertThat(client.read().text()).isEqualTo("no");
      assertThat(client.get("/").text()).isEqualTo("no");
    }
  }

  @Test
  void aTunnelThatIsSilentEndsIfTheFileSaysSo() throws Exception {
    try (Backend backend = echo();
        Proxy proxy = Proxy.of(Proxy.file("tunnel-idle-timeout: 400ms, ", "", backend));
        HttpConnection client = proxy.connect()) {
      client.send(REQUEST);
      client.head();
      client.in.readNBytes(2);
      for (int i = 0; i < 8; i++) {
        Thread.sleep(100); // longer than the timeout in all
        client.send("ping");
        assertThat(client.in.readNBytes(4)).asString().isEqualTo("ping");
      }
      assertThat(client.in.read()).isNegative();
      proxy.awaitBalanced();
    }
  }
}
