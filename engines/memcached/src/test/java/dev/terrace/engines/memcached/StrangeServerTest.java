package dev.terrace.engines.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.Engines;
import dev.terrace.engine.SharedCache;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Servers that are no Memcached, or say what none would. */
class StrangeServerTest {

  private static final String GREETING =
      String.join(
          "\r\n",
          "STAT pid 1",
          "STAT uptime 5",
          "STAT time 1000",
          "END",
          "STAT cas_enabled yes",
          "STAT item_size_max 1048576",
          "END",
          "");

  private static EngineFailure ask(String says, String drips) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SharedCache cache =
            Engines.installed()
                .cache("memcached", MemcachedCacheTest.settings("", "", Duration.ofMillis(700)))) {
      Thread.startVirtualThread(() -> speak(server, says, drips));
      Address at = new Address("127.0.0.1", server.getLocalPort());
      long start = System.nanoTime();
      EngineFailure failure =
          catchThrowableOfType(
              EngineFailure.class,
              () -> cache.get(at, List.of(new byte[] {'k'}), Duration.ofSeconds(1)));
      assertThat(failure).isNotNull();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1200));
      return failure;
    }
  }

  private static void speak(ServerSocket server, String says, String drips) {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.getOutputStream().write(says.getBytes(StandardCharsets.ISO_8859_1));
        while (!drips.isEmpty()) {
          client.getOutputStream().write(drips.getBytes(StandardCharsets.ISO_8859_1));
          LockSupport.parkNanos(50_000_000);
        }
        // Until the other side has had enough.
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // The other side has gone.
      }
    }
  }

  @Test
  void whatIsNoMemcachedIsUnreachable() throws Exception {
    EngineFailure http = ask("HTTP/1.1 400 Bad Request\r\n\r\n", "");
    assertThat(http.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(http).hasMessageContaining("not an answer of a Memcached");
    assertThat(ask("END\r\nEND\r\n", "").kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(ask("CLIENT_ERROR unauthenticated\r\n", "")).hasMessageContaining("unauthenticated");
  }

  @Test
  void strangeAnswersAreFailures() throws Exception {
    assertThat(ask(GREETING + "VA 9999999 c1\r\n", "").kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(ask(GREETING + "HD\r\n", "").kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(ask(GREETING + "\0\1\2\3\r\n", "").kind()).isEqualTo(Kind.UNREACHABLE);
    EngineFailure old = ask(GREETING + "ERROR\r\n", "");
    assertThat(old.kind()).isEqualTo(Kind.REJECTED);
    assertThat(old).hasMessageContaining("meta commands");
  }

  @Test
  void aServerThatDripsTakesNoLongerThanOthers() throws Exception {
    assertThat(ask(GREETING, "x").kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(ask("STAT a b\r\n", "STAT a b\r\n").kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(ask(GREETING + "VA 1000000 c1\r\n", "x").kind()).isEqualTo(Kind.TIMEOUT);
  }
}
