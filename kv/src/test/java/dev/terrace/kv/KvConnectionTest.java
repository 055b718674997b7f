package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Metric;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** One client's connection: bytes as they come, limits, logging in, draining. */
class KvConnectionTest {

  @SuppressWarnings("NullAway.Init") // set before each test
  private KvRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "max-bulk: 1MB, max-arguments: 1000");
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void bytesOneByOneAndInlineCommands() throws Exception {
    try (Socket s = rig.socket()) {
      for (char c : "PING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nquit\r\n".toCharArray()) {
        send(s, String.valueOf(c));
      }
      assertThat(rest(s)).isEqualTo("+PONG\r\n$2\r\nhi\r\n+OK\r\n");
    }
  }

  /** As {@code printf ... | nc} does it: what the store has yet to give is waited for. */
  @Test
  void aHalfClosedClientGetsItsReplies() throws Exception {
    try (Socket s = rig.socket()) {
      send(s, "GET page:/h\r\nPING\r\nSET page:/h x\r\nGET page:/h\r\nGET");
      s.shutdownOutput();
      assertThat(rest(s)).isEqualTo("$-1\r\n+PONG\r\n+OK\r\n$1\r\nx\r\n");
    }
    try (Socket s = rig.socket()) {
      send(s, "*1\r\n$x\r\n");
      s.shutdownOutput();
      assertThat(rest(s)).isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
    }
    Await.until("both are gone", () -> rig.count(Metric.CONNECTIONS, "kv") == 0);
  }

  @Test
  void aProtocolErrorIsSaidAfterWhatCameBeforeAndEndsTheConnection() throws Exception {
    try (Socket s = rig.socket();
        Jedis other = rig.client()) {
      send(s, "*2\r\n$3\r\nGET\r\n$7\r\npage:/x\r\n*1\r\n$99999999999\r\n" + "x".repeat(10_000));
      assertThat(rest(s)).isEqualTo("$-1\r\n-ERR Protocol error: invalid bulk length\r\n");
      assertThat(other.ping()).isEqualTo("PONG");
      assertThat(rig.count(Metric.PROTOCOL_ERRORS, "kv")).isEqualTo(1);
    }
  }

  @Test
  void limitsHold() throws Exception {
    try (Socket s = rig.socket()) {
      send(s, "*1001\r\n");
      assertThat(rest(s)).isEqualTo("-ERR Protocol error: invalid multibulk length\r\n");
    }
    try (Socket s = rig.socket()) {
      send(s, "*2\r\n$4\r\nECHO\r\n$1048577\r\n");
      assertThat(rest(s)).isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
    }
    try (Socket s = rig.socket()) {
      String large = "x".repeat(1 << 20);
      send(s, "*2\r\n$4\r\nECHO\r\n$1048576\r\n" + large + "\r\n");
      assertThat(read(s, large.length() + 12)).isEqualTo("$1048576\r\n" + large + "\r\n");
    }
  }

  @Test
  void garbageDisturbsNobody() throws Exception {
    long seed = 99;
    Random random = new Random(seed);
    try (Jedis other = rig.client()) {
      for (int i = 0; i < 60; i++) {
        try (Socket s = rig.socket()) {
          byte[] bytes = new byte[random.nextInt(1, 3000)];
          random.nextBytes(bytes);
          s.getOutputStream().write(bytes);
          s.shutdownOutput();
          rest(s);
        } catch (IOException e) {
          // The front may have closed it already.
        }
        assertThat(other.ping()).as("seed %d", seed).isEqualTo("PONG");
      }
    }
    Await.until("all are gone", () -> rig.count(Metric.CONNECTIONS, "kv") == 0);
  }

  @Test
  void aClientThatDoesNotReadIsNotReadFrom() throws Exception {
    String value = "x".repeat(500_000);
    try (Jedis c = rig.client()) {
      c.set("page:/slow", value);
      c.get("page:/slow");
    }
    try (Socket s = rig.socket()) {
      String get = "*2\r\n$3\r\nGET\r\n$10\r\npage:/slow\r\n";
      int times = 400;
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> {
            try {
              for (int i = 0; i < times; i++) {
                send(s, get);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      sent.get(20, TimeUnit.SECONDS);
      // 200 MB of replies are asked for; only what fits the buffers may have been made.
      long made = rig.count(Metric.KV_COMMANDS, "get", "ok");
      assertThat(made).isLessThan(100);
      InputStream in = s.getInputStream();
      String reply = "$500000\r\n" + value + "\r\n";
      for (int i = 0; i < times; i++) {
        assertThat(in.readNBytes(reply.length()).length).isEqualTo(reply.length());
      }
      assertThat(rig.count(Metric.KV_COMMANDS, "get", "ok")).isEqualTo(times + 1L);
    }
  }

  @Test
  void withoutThePasswordNothingIsSaid() throws Exception {
    rig.configure(rig.file("password: sesame"));
    try (Socket s = rig.socket()) {
      send(s, "GET page:/x\r\nPING\r\nAUTH wrong\r\nAUTH other sesame\r\nHELLO 3\r\n");
      assertThat(read(s, "-NOAUTH Authentication required.\r\n".length() * 2))
          .isEqualTo("-NOAUTH Authentication required.\r\n".repeat(2));
      String wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
      assertThat(read(s, 2 * wrong.length())).isEqualTo(wrong.repeat(2));
      send(s, "AUTH default sesame\r\nGET page:/x\r\nQUIT\r\n");
      assertThat(rest(s)).startsWith("-NOAUTH HELLO").endsWith("+OK\r\n$-1\r\n+OK\r\n");
    }
    try (Socket s = rig.socket()) {
      send(s, "*2\r\n$4\r\nECHO\r\n$20000\r\n");
      assertThat(rest(s)).contains("invalid bulk length");
    }
    try (Socket s = rig.socket()) {
      send(s, "HELLO 3 AUTH default sesame SETNAME me\r\nGET page:/x\r\nRESET\r\nPING\r\nQUIT\r\n");
      assertThat(rest(s)).startsWith("%7\r\n").contains("_\r\n+RESET\r\n-NOAUTH");
    }
  }

  @Test
  void drainingAnswersWhatIsInHandAndClosesTheRest() throws Exception {
    try (Socket idle = rig.socket();
        Socket busy = rig.socket();
        var lock = rig.cluster.primary(0).connect();
        var lock1 = rig.cluster.primary(1).connect()) {
      for (var c : List.of(lock, lock1)) {
        c.setAutoCommit(false);
        c.createStatement().execute("LOCK TABLE pages IN ACCESS EXCLUSIVE MODE");
      }
      send(idle, "PING\r\n");
      read(idle, 7);
      send(busy, "SET page:/drain done\r\n");
      Await.until("it waits", () -> isWaitedFor(lock) || isWaitedFor(lock1));
      CompletableFuture<Void> drained = rig.front.drain(Duration.ofSeconds(10));
      assertThat(rest(idle)).isEmpty();
      lock.rollback();
      lock1.rollback();
      assertThat(rest(busy)).isEqualTo("+OK\r\n");
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  private static boolean isWaitedFor(Connection holder) {
    try (var rows =
        holder.createStatement().executeQuery("SELECT 1 FROM pg_locks WHERE NOT granted")) {
      return rows.next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReloadKeepsConnectionsAndEntries() throws Exception {
    try (Jedis c = rig.client()) {
      c.set("page:/reload", "x");
      c.get("page:/reload");
      c.hset("item:5", "name", "five");
      c.hget("item:5", "name");
      long before = rig.reads();
      int port = rig.port();
      // Items are kept otherwise from now on; pages as before.
      rig.configure(
          rig.file("")
              .replace(
                  "expires: expires_at, cache: {ttl: 10m}}\n  page",
                  "expires: expires_at, cache: {ttl: 5m}}\n  page"));
      assertThat(rig.port()).isEqualTo(port);
      assertThat(c.get("page:/reload")).isEqualTo("x");
      assertThat(rig.reads()).isEqualTo(before);
      assertThat(c.hget("item:5", "name")).isEqualTo("five");
      assertThat(rig.reads()).isEqualTo(before + 1);
    }
  }

  @Test
  void redisCli() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/redis-cli")), "redis-cli is not installed");
    assertThat(cli("SET", "page:/cli", "yes")).isEqualTo("OK\n");
    assertThat(cli("GET", "page:/cli")).isEqualTo("yes\n");
    assertThat(cli("-3", "HSET", "item:6", "name", "six")).isEqualTo("1\n");
    assertThat(cli("-3", "HGETALL", "item:6")).contains("name").contains("six");
    assertThat(cli("GET", "item:6")).contains("WRONGTYPE");
  }

  private String cli(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("redis-cli", "-p", Integer.toString(rig.port())));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return out;
  }
}
