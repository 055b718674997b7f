package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.TestCa;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What members get before HTTP: TLS, PROXY headers. */
class MemberChannelsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestCa ca = TestCa.create();
  @TempDir private Path folder;
  private AutoCloseable member = () -> {};

  @AfterEach
  void stop() throws Exception {
    member.close();
  }

  private int serveTls() throws IOException {
    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 50);
    server.setHttpsConfigurator(
        new HttpsConfigurator(ca.serverContext(ca.issue("127.0.0.1", "app.internal"))));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "over TLS".getBytes(StandardCharsets.US_ASCII);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    member = () -> server.stop(0);
    return server.getAddress().getPort();
  }

  private static String file(int port, String pool) {
    return "listen: {http: '127.0.0.1:0'}\npools: {app: {"
        + pool
        + ", members: ['127.0.0.1:"
        + port
        + "'], connect-timeout: 20s}}\nhttp: {attempts: 1, routes: [{match: {}, pool: app}]}\n";
  }

  @Test
  void speaksTlsWithMembersThatProveWhoTheyAre() throws Exception {
    int port = serveTls();
    Path trusted = ca.write(folder.resolve("ca.pem"));
    Path other = TestCa.create().write(folder.resolve("other.pem"));
    try (Proxy proxy = Proxy.of(file(port, "tls: {ca: '" + trusted + "'}"))) {
      try (HttpConnection client = proxy.connect()) {
        assertThat(client.get("/").text()).isEqualTo("over TLS");
        assertThat(client.get("/").text()).as("on the same connection").isEqualTo("over TLS");
      }
      proxy.configure(file(port, "tls: {ca: '" + trusted + "', server-name: other.internal}"));
      assertThat(proxy.get("/").status()).isEqualTo(502);
      proxy.configure(file(port, "tls: {ca: '" + other + "'}"));
      assertThat(proxy.get("/").status()).isEqualTo(502);
      proxy.configure(file(port, "tls: {verify: false}"));
      assertThat(proxy.get("/").text()).isEqualTo("over TLS");
    }
  }

  @Test
  void followsTheFilesOfTheMembersTlsAndOpenConnectionsStay() throws Exception {
    int port = serveTls();
    Path file = TestCa.create().write(folder.resolve("ca.pem"));
    try (Proxy proxy = Proxy.of(file(port, "tls: {ca: '" + file + "'}"))) {
      assertThat(proxy.get("/").status()).isEqualTo(502);
      ca.write(file);
      try (HttpConnection client = proxy.connect()) {
        Await.until("trusted", PATIENCE, () -> status(client) == 200);
        TestCa.create().write(file);
        Await.until("read again", PATIENCE, () -> fileChanges(proxy, "used") == 2);
        assertThat(client.get("/").text()).as("as before").isEqualTo("over TLS");
        proxy.front.cut("app", "127.0.0.1:" + port);
        Await.until("trusted no more", PATIENCE, () -> status(client) == 502);
        Files.writeString(file, "no certificate");
        Await.until("refused", PATIENCE, () -> fileChanges(proxy, "refused") == 1);
        ca.write(file);
        Await.until("trusted again", PATIENCE, () -> status(client) == 200);
      }
    }
  }

  private static int status(HttpConnection client) {
    try {
      return client.get("/").status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long fileChanges(Proxy proxy, String result) {
    return proxy.counter(Metric.TLS_FILE_CHANGES, "members", result);
  }

  /** Answers each request with the PROXY line of its connection. */
  private int serveProxied(List<String> lines) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    member = server;
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> answer(socket, lines));
            } catch (IOException e) {
              return; // the test is over
            }
          }
        });
    return server.getLocalPort();
  }

  private static void answer(Socket socket, List<String> lines) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      lines.add(line);
      String text = "HTTP/1.1 200 OK\r\nContent-Length: " + line.length() + "\r\n\r\n" + line;
      for (String got = in.readLine(); got != null; got = in.readLine()) {
        if (got.isEmpty()) {
          socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      // The proxy closed it, as it should.
    }
  }

  @Test
  void tellsMembersWhoseConnectionItIs() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    int port = serveProxied(lines);
    try (Proxy proxy = Proxy.of(file(port, "proxy-protocol: v1"));
        HttpConnection first = proxy.connect();
        HttpConnection second = proxy.connect()) {
      String ofFirst = line(first, proxy);
      String ofSecond = line(second, proxy);
      assertThat(first.get("/").text()).isEqualTo(ofFirst);
      assertThat(first.get("/").text()).isEqualTo(ofFirst);
      assertThat(second.get("/").text()).isEqualTo(ofSecond);
      assertThat(first.get("/").text()).isEqualTo(ofFirst);
      Await.until("one connection for each client", () -> lines.size() == 2);
    }
  }

  private static String line(HttpConnection client, Proxy proxy) {
    return "PROXY TCP4 127.0.0.1 127.0.0.1 " + client.socket().getLocalPort() + " " + proxy.port();
  }
}
