package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** WebSockets of HTTP/2 clients (RFC 8441) to members of HTTP/1.1. */
class H2WebSocketTest {

  private static final int CANCEL = 8;

  private static Http2Headers open() {
    return H2Client.request("CONNECT", "/chat", "sec-websocket-version", "13")
        .add(":protocol", "websocket");
  }

  private static String accept(HttpConnection.Message request) {
    try {
      String proof = request.header("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(proof.getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void shakeHands(HttpConnection connection) throws IOException {
    HttpConnection.Message request = connection.head();
    assertThat(request.startLine()).isEqualTo("GET /chat HTTP/1.1");
    assertThat(request.header("upgrade")).isEqualTo("websocket");
    connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: "
            + accept(request)
            + "\r\n\r\nhello");
  }

  private static String text(H2Client.Frame frame) {
    return new String(frame.payload(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void bytesGoBothWaysUntilBothHaveEnded() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              shakeHands(connection);
              byte[] asked = connection.in.readNBytes(4);
              connection.out.write(asked);
              assertThat(connection.closes()).isTrue();
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, open(), false);
      H2Client.Frame head = client.next(H2Client.HEADERS);
      assertThat(head.fields().status()).hasToString("200");
      assertThat(head.fields().get("sec-websocket-protocol")).hasToString("chat");
      assertThat(head.fields().contains("sec-websocket-accept")).isFalse();
      assertThat(head.ends()).isFalse();
      assertThat(text(client.next(H2Client.DATA))).isEqualTo("hello");
      client.data(1, "ping", false);
      assertThat(text(client.next(H2Client.DATA))).isEqualTo("ping");
      client.data(1, "", true);
      assertThat(client.next(H2Client.DATA).ends()).isTrue();
      proxy.awaitBalanced();
    }
  }

  @Test
  void aClientThatResetsClosesTheMembersSide() throws Exception {
    try (Backend backend =
            Backend.start(connection -> {
              shakeHands(connection);
              assertThat(connection.closes()).isTrue();
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, open(), false);
      client.next(H2Client.HEADERS);
      client.reset(1, CANCEL);
      proxy.awaitBalanced();
    }
  }

  @Test
  void aMemberThatDoesNotOpenItIsNoWebSocket() throws Exception {
    try (Backend backend =
            Backend.answering(request ->
                request.target().equals("/chat")
                    ? Backend.ok("no WebSocket")
                    : "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, open(), false);
      H2Client.Answer answer = client.answer(1);
      assertThat(answer.status()).isEqualTo(502);
      client.headers(3, open().path("/other"), false);
      while (client.taken(3).body().length < 2) {
        client.read();
      }
      assertThat(client.taken(3).status()).isEqualTo(403);
    }
  }

  @Test
  void aBigMessageIsHeldBackByNobodyButItsReceiver() throws Exception {
    int size = 3_000_000;
    try (Backend backend =
            Backend.start(connection -> {
              shakeHands(connection);
              byte[] piece = new byte[size];
              assertThat(connection.in.readNBytes(piece, 0, size)).isEqualTo(size);
              connection.out.write(piece);
            });
        Proxy proxy = Proxy.to(backend);
        H2Client client = H2Client.to(proxy.port())) {
      client.headers(1, open(), false);
      client.next(H2Client.HEADERS);
      client.next(H2Client.DATA);
      new H2Upload(client, 1, size).afterFirstUpdate().sendAll();
      assertThat(client.answer(1).body()).hasSize(size + "hello".length());
      proxy.awaitBalanced();
    }
  }
}
