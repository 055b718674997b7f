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
import dev.terrace.testkit.Behaviour;
import dev.terrace.testkit.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
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
  private final ProbeLoop loop = new ProbeLoop();
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
    loop.close();
    server.stop(0);
  }

  private Pool watch(Member watched, Probe probe) {
    Pool pool = new Pool("app", List.of(watched), Policies.parse("round-robin"));
    checks.configure(List.of(plan(pool, probe))).join();
    return pool;
  }

  private static HealthChecks.Plan plan(Pool pool, Probe probe) {
    return new HealthChecks.Plan(pool, probe, EVERY, 0.1, TIMEOUT, 2, 3);
  }

  private static PoolMember only(Pool pool) {
    return pool.snapshot().members().getFirst();
  }

  private static void awaitState(Pool pool, MemberState state) {
    Await.until("member is " + state, PATIENCE, () -> only(pool).state() == state);
  }

  @Test
  void aMemberGoesDownAndComesBack() {
    Pool pool = watch(member, new HttpProbe(loop, HttpCheck.of("/healthz")));
    // The first check of a cold JVM may take longer than its timeout.
    awaitState(pool, MemberState.UP);
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
    Pool pool = watch(member, new HttpProbe(loop, HttpCheck.of("/healthz")));
    assertThat(only(pool).state()).isEqualTo(MemberState.DOWN);
    assertThat(only(pool).reason()).isEqualTo("connection refused");
  }

  @Test
  void aServerThatAcceptsButNeverAnswersFails() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      Member mute = Member.of("127.0.0.1:" + silent.getLocalPort());
      Pool pool = watch(mute, new HttpProbe(loop, HttpCheck.of("/healthz")));
      assertThat(only(pool).state()).isEqualTo(MemberState.DOWN);
      assertThat(only(pool).reason()).isEqualTo("no answer within 300 ms");
    }
  }

  @Test
  void connectingIsEnoughForTheTcpProbe() {
    Pool pool = watch(member, new TcpProbe(loop));
    assertThat(only(pool).state()).isEqualTo(MemberState.UP);
    server.stop(0);
    awaitState(pool, MemberState.DOWN);
    assertThat(only(pool).reason()).contains("refused");
  }

  @Test
  void aDrainingMemberStaysOutThoughItsChecksPass() {
    Pool pool = watch(member, new TcpProbe(loop));
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
    Pool pool = watch(member, new TcpProbe(loop));
    checks.configure(List.of()).join();
    server.stop(0);
    long after = passed() + 1;
    Pool other = watch(Member.of("127.0.0.1:1"), new TcpProbe(loop));
    awaitState(other, MemberState.DOWN);
    assertThat(only(pool).state()).isEqualTo(MemberState.UP);
    assertThat(passed()).isLessThanOrEqualTo(after);
  }

  @Test
  void checksFollowTheMembersOfAPool() {
    Member other = Member.of("127.0.0.1:1");
    Pool pool = watch(member, new TcpProbe(loop));
    pool.configure(List.of(member, other), pool.policy());
    checks.membersChanged(pool);
    Await.until(
        "the new one is checked",
        () -> pool.snapshot().find(other.id()).orElseThrow().state() == MemberState.DOWN);
    long before = passed();
    Await.until("the old one still is", PATIENCE, () -> passed() > before + 2);
    pool.configure(List.of(other), pool.policy());
    checks.membersChanged(pool);
    Await.until("what was counted of the old one is gone", () -> !isCounted(member));
    assertThat(isCounted(other)).isTrue();
  }

  private boolean isCounted(Member counted) {
    return signals.samples().stream()
        .filter(s -> s.series().metric() == Metric.HEALTH_CHECKS)
        .anyMatch(s -> s.series().labelValues().contains(counted.id()));
  }

  @Test
  void aWeightThatChangesStartsNothingAnew() {
    AtomicInteger calls = new AtomicInteger();
    Probe passing =
        (m, timeout) -> {
          calls.incrementAndGet();
          return new ProbeResult.Passed();
        };
    Pool pool = new Pool("app", List.of(member), Policies.parse("round-robin"));
    Duration never = Duration.ofHours(1);
    checks.configure(List.of(new HealthChecks.Plan(pool, passing, never, 0, TIMEOUT, 2, 3))).join();
    pool.configure(List.of(new Member(member.address(), 9, "")), pool.policy());
    checks.membersChanged(pool);
    checks.configure(List.of(new HealthChecks.Plan(pool, passing, never, 0, TIMEOUT, 2, 3))).join();
    assertThat(calls).hasValue(1);
  }

  @Test
  void membersThatHangDelayNobodyElse() {
    checks.limit(8);
    List<Member> hanging = new ArrayList<>();
    for (int i = 1; i <= 60; i++) {
      hanging.add(Member.of("127.0.0.1:" + i));
    }
    Pool slow = new Pool("slow", hanging, Policies.parse("round-robin"));
    Pool pool = new Pool("app", List.of(member), Policies.parse("round-robin"));
    Probe stuck =
        (m, timeout) -> {
          Thread.sleep(timeout);
          return new ProbeResult.Failed("no answer");
        };
    HttpProbe prompt = new HttpProbe(loop, HttpCheck.of("/healthz"));
    checks.configure(List.of(plan(slow, stuck), plan(pool, prompt))).join();
    long before = passed();
    long start = System.nanoTime();
    Await.until("30 checks passed", PATIENCE, () -> passed() > before + 30);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThat(gauge(Metric.HEALTH_CHECKS_WAITING)).isGreaterThan(50);
  }

  private double gauge(Metric metric) {
    return signals.samples().stream()
        .filter(s -> s.series().metric() == metric)
        .mapToDouble(s -> ((Signals.Sample.Value) s).value())
        .sum();
  }

  @Test
  void noMoreChecksRunAtOnceThanTheyMay() {
    checks.limit(8);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Probe counting =
        (m, timeout) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          Thread.sleep(2);
          running.decrementAndGet();
          return new ProbeResult.Passed();
        };
    List<Member> many = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      many.add(Member.of("127.0.0.1:" + i));
    }
    Pool pool = new Pool("app", many, Policies.parse("round-robin"));
    checks.configure(List.of(plan(pool, counting))).join();
    assertThat(most.get()).isBetween(2, 8);
  }

  @Test
  void aMemberThatRestartsComesBack() {
    try (TestBackend backend = TestBackend.start(Behaviour.ok("ok"))) {
      Pool pool =
          watch(Member.of(backend.address()), new HttpProbe(loop, HttpCheck.of("/healthz")));
      for (int i = 0; i < 3; i++) {
        backend.stop();
        awaitState(pool, MemberState.DOWN);
        backend.restart();
        awaitState(pool, MemberState.UP);
      }
      assertThat(only(pool).reason()).isEqualTo("check passed");
    }
  }
}
