package dev.terrace.net.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.terrace.core.balance.Policies;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks of real servers that fail in each of the ways servers fail. */
class HealthChecksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration EVERY = Duration.ofMillis(20);
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  private final Signals signals = new Signals();
  private final HealthChecks checks = new HealthChecks(signals);
  private final AtomicInteger status = new AtomicInteger(200);
  private HttpServer server;
  private Member member;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
    server.createContext(
        "/healthz",
        exchange -> {
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    member = Member.of("127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    checks.close();
    server.stop(0);
  }

  private Pool watch(Member watched, Probe probe) {
    Pool pool = new Pool("app", List.of(watched), Policies.parse("round-robin"));
    checks.configure(List.of(new HealthChecks.Plan(pool, probe, EVERY, TIMEOUT, 2, 3))).join();
    return pool;
  }

  private static PoolMember only(Pool pool) {
    return pool.snapshot().members().getFirst();
  }

  private static void awaitState(Pool pool, MemberState state) {
    Await.until("member is " + state, PATIENCE, () -> only(pool).state() == state);
  }

  @Test
  void aMemberGoesDownAndComesBack() {
    Pool pool = watch(member, new HttpProbe("/healthz"));
    assertThat(only(pool).state()).isEqualTo(MemberState.UP);
    status.set(503);
    awaitState(pool, MemberState.DOWN);
    assertThat(only(pool).reason()).isEqualTo("HTTP 503");
    status.set(204);
    awaitState(pool, MemberState.UP);
    assertThat(signals.counter(Metric.HEALTH_CHECKS, "app", member.id(), "failed").value())
        .isGreaterThanOrEqualTo(3);
  }

  @Test
  void theFirstCheckDecidesAlone() {
    server.stop(0);
    Pool pool = watch(member, new HttpProbe("/healthz"));
    assertThat(only(pool).state()).isEqualTo(MemberState.DOWN);
    assertThat(only(pool).reason()).isEqualTo("connection refused");
  }

  @Test
  void aServerThatAcceptsButNeverAnswersFails() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      Member mute = Member.of("127.0.0.1:" + silent.getLocalPort());
      Pool pool = watch(mute, new HttpProbe("/healthz"));
      assertThat(only(pool).state()).isEqualTo(MemberState.DOWN);
      assertThat(only(pool).reason()).isEqualTo("no answer within 300 ms");
    }
  }

  @Test
  void connectingIsEnoughForTheTcpProbe() {
    Pool pool = watch(member, new TcpProbe());
    assertThat(only(pool).state()).isEqualTo(MemberState.UP);
    server.stop(0);
    awaitState(pool, MemberState.DOWN);
    assertThat(only(pool).reason()).contains("refused");
  }

  @Test
  void aDrainingMemberStaysOutThoughItsChecksPass() {
    Pool pool = watch(member, new TcpProbe());
    pool.setDraining(member.id(), true);
    long before = passed();
    Await.until("checked again", PATIENCE, () -> passed() > before + 3);
    assertThat(only(pool).state()).isEqualTo(MemberState.DRAINING);
  }

  private long passed() {
    return signals.counter(Metric.HEALTH_CHECKS, "app", member.id(), "passed").value();
  }

  @Test
  void aProbeThatBreaksCountsAsAFailureAndIsTriedAgain() {
    AtomicInteger calls = new AtomicInteger();
    Probe breaking =
        (m, timeout) -> {
          if (calls.incrementAndGet() < 5) {
            throw new IllegalStateException("broken probe");
          }
          return new ProbeResult.Passed();
        };
    Pool pool = watch(member, breaking);
    assertThat(only(pool).state()).isEqualTo(MemberState.DOWN);
    awaitState(pool, MemberState.UP);
  }

  @Test
  void whatIsNoLongerConfiguredIsNoLongerChecked() {
    Pool pool = watch(member, new TcpProbe());
    checks.configure(List.of()).join();
    server.stop(0);
    long after = passed() + 1;
    Pool other = watch(Member.of("127.0.0.1:1"), new TcpProbe());
    awaitState(other, MemberState.DOWN);
    assertThat(only(pool).state()).isEqualTo(MemberState.UP);
    assertThat(passed()).isLessThanOrEqualTo(after);
  }
}
