package dev.terrace.net.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.pool.Member;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.Behaviour;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One check of a real server, in each of the ways servers answer well or badly. */
class HttpProbeTest {

  private static final Duration SHORT = Duration.ofMillis(400);

  private Duration timeout = Duration.ofSeconds(5);

  private final ProbeLoop loop = new ProbeLoop();
  private final TestBackend server = TestBackend.start();

  @AfterEach
  void stop() {
    loop.close();
    server.close();
  }

  private static HttpCheck check(String statuses, String body) {
    return new HttpCheck(
        "/healthz",
        Optional.empty(),
        StatusRanges.parse(statuses),
        Optional.of(body).filter(b -> !b.isEmpty()));
  }

  private String probe(HttpCheck check) throws InterruptedException {
    ProbeResult result = new HttpProbe(loop, check).probe(Member.of(server.address()), timeout);
    return switch (result) {
      case ProbeResult.Passed() -> "passed";
      case ProbeResult.Failed(String reason) -> reason;
      case ProbeResult.Undecided(String reason) -> reason;
    };
  }

  private String probe(Behaviour behaviour) throws InterruptedException {
    server.behave(behaviour);
    return probe(check("200-399", ""));
  }

  private String probeBody(Behaviour behaviour) throws InterruptedException {
    server.behave(behaviour);
    return probe(check("200-399", "all is well"));
  }

  @Test
  void theStatusDecides() throws InterruptedException {
    assertThat(probe(Behaviour.ok(""))).isEqualTo("passed");
    assertThat(probe(Behaviour.status("302 Found", ""))).isEqualTo("passed");
    assertThat(probe(Behaviour.status("503 Service Unavailable", ""))).isEqualTo("HTTP 503");
    server.behave(Behaviour.status("304 Not Modified", ""));
    assertThat(probe(check("200-299,304", ""))).isEqualTo("passed");
    server.behave(Behaviour.status("301 Moved Permanently", ""));
    assertThat(probe(check("200-299,304", ""))).isEqualTo("HTTP 301");
  }

  @Test
  void theRequestNamesItsHostAndWho() throws InterruptedException {
    probe(Behaviour.ok(""));
    StatusRanges any = StatusRanges.parse("200-299");
    probe(new HttpCheck("/up ü?x=1", Optional.of("shop.example"), any, Optional.empty()));
    assertThat(server.requests("/healthz").getFirst().head().toLowerCase(java.util.Locale.ROOT))
        .startsWith("get /healthz http/1.1\r\n")
        .contains("\r\nhost: " + server.address() + "\r\n")
        .contains("\r\nuser-agent: terrace-health\r\n");
    assertThat(server.requests().getLast().head().toLowerCase(java.util.Locale.ROOT))
        .startsWith("get /up%20%c3%bc?x=1 ")
        .contains("\r\nhost: shop.example\r\n");
  }

  @Test
  void theBodyMustHoldTheText() throws InterruptedException {
    assertThat(probeBody(Behaviour.ok("yes, all is well here"))).isEqualTo("passed");
    assertThat(probeBody(Behaviour.chunked("yes, all", " is ", "well"))).isEqualTo("passed");
    assertThat(probeBody(Behaviour.untilClose("all is well"))).isEqualTo("passed");
    assertThat(probeBody(Behaviour.ok("all is bad"))).isEqualTo("no 'all is well' in the body");
    assertThat(probeBody(Behaviour.untilClose(""))).isEqualTo("no 'all is well' in the body");
    assertThat(probeBody(Behaviour.ok("x".repeat(65_525) + "all is well"))).isEqualTo("passed");
    assertThat(probeBody(Behaviour.ok("x".repeat(65_526) + "all is well")))
        .isEqualTo("no 'all is well' in the first 64 KB of the body");
  }

  @Test
  void anEndlessBodyIsReadNoFurtherThanItDecides() throws InterruptedException {
    Behaviour endless =
        (request, reply) -> {
          reply.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
          while (true) {
            reply.chunk("x".repeat(1000));
          }
        };
    assertThat(probe(endless)).isEqualTo("passed");
    assertThat(probeBody(endless)).contains("in the first 64 KB");
    Await.until("its connections are closed", () -> server.openConnections() == 0);
  }

  @Test
  void whatTakesTooLongFails() throws InterruptedException {
    timeout = SHORT;
    assertThat(probe(Behaviour.hang())).isEqualTo("no answer within 400 ms");
    assertThat(probeBody(Behaviour.slowBody("all is well", Duration.ofMillis(200))))
        .isEqualTo("no answer within 400 ms");
    Behaviour dripping =
        (request, reply) -> {
          reply.send("HTTP/1.1 200 OK\r\n");
          while (true) {
            reply.pause(Duration.ofMillis(5)).send("x: y\r\n");
          }
        };
    assertThat(probe(dripping)).isEqualTo("no answer within 400 ms");
    // The one that hangs does not look at its connection.
    Await.until("their connections are closed", () -> server.openConnections() == 1);
  }

  @Test
  void whatBreaksOffFails() throws InterruptedException {
    assertThat(probe(Behaviour.closeAtOnce())).isEqualTo("closed without an answer");
    assertThat(probe(Behaviour.reset())).contains("reset");
    assertThat(probeBody(Behaviour.closeMidBody("all", 100))).isEqualTo("closed within its answer");
    server.stop();
    assertThat(probe(check("200", ""))).isEqualTo("connection refused");
    server.restart();
    assertThat(probe(Behaviour.ok(""))).isEqualTo("passed");
  }

  @Test
  void aServerThatHalfClosesFails() throws IOException, InterruptedException {
    try (ServerSocket half = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (Socket client = half.accept()) {
              client.shutdownOutput();
              client.getInputStream().readAllBytes();
            } catch (IOException e) {
              // The test sees what the probe says.
            }
          });
      ProbeResult result =
          new HttpProbe(loop, HttpCheck.of("/"))
              .probe(Member.of("127.0.0.1:" + half.getLocalPort()), timeout);
      assertThat(result).isEqualTo(new ProbeResult.Failed("closed without an answer"));
    }
  }

  @Test
  void garbageFailsAndNeverPassesHangsOrLeaks() throws InterruptedException {
    assertThat(probe(Behaviour.garbage("SSH-2.0-OpenSSH\r\n\r\n".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("the answer is not HTTP");
    Seeded random = Seeded.of(20261124);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(200)];
      random.nextBytes(noise);
      assertThat(probe(Behaviour.garbage(noise))).isNotEqualTo("passed");
    }
    String huge = "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000) + "\r\n\r\n";
    assertThat(probe(Behaviour.garbage(huge.getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("the answer is not HTTP");
  }

  @Test
  void interimAnswersAreNotTheAnswer() throws InterruptedException {
    Behaviour interim =
        (request, reply) ->
            reply
                .send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
                .send("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
    assertThat(probe(interim)).isEqualTo("HTTP 500");
  }

  @Test
  void aNameThatIsNotThereFails() throws InterruptedException {
    ProbeResult result =
        new TcpProbe(loop).probe(Member.of("no-such-host.invalid:80"), Duration.ofSeconds(5));
    assertThat(result).isInstanceOf(ProbeResult.Failed.class);
  }
}
