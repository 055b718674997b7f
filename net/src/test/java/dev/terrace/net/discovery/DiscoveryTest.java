package dev.terrace.net.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Load;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.discovery.TestNameServer.Mood;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pools that follow a real name server and real files. */
class DiscoveryTest {

  private final Pools pools = new Pools();
  private final Memberships memberships = new Memberships(pools);
  private final Signals signals = new Signals();
  private final Discovery discovery =
      new Discovery(FileFinderTest::read, memberships::discovered, signals);
  private TestNameServer server;
  @TempDir private Path folder;

  @BeforeEach
  void start() throws IOException {
    server = new TestNameServer();
    memberships.configure(List.of(new Pools.Spec("app", List.of(), new RoundRobin())));
  }

  @AfterEach
  void stop() {
    discovery.close();
    server.close();
  }

  private Pool pool() {
    return pools.get("app");
  }

  private List<String> ids() {
    return pool().snapshot().members().stream().map(PoolMember::id).toList();
  }

  private void discover(DiscoverySource source) {
    discovery.configure(List.of(new Discovery.Plan("app", source))).join();
  }

  private DiscoverySource name() {
    return new DiscoverySource.Name(
        "app.test", 80, List.of(new Address("127.0.0.1", server.port())));
  }

  private long looks(String result) {
    return signals.counter(Metric.DISCOVERIES, "app", result).value();
  }

  @Test
  void membersFollowTheNameAndThoseThatStayKeepTheirHealthAndLoad() {
    server.answer("app.test. A", "app.test. 1 A 10.0.0.1", "app.test. 1 A 10.0.0.2");
    discover(name());
    assertThat(ids()).containsExactly("10.0.0.1:80", "10.0.0.2:80");
    Load load = pool().snapshot().find("10.0.0.2:80").orElseThrow().load();
    pool().setHealth("10.0.0.2:80", MemberState.DOWN, "refused");
    server.answer("app.test. A", "app.test. 1 A 10.0.0.2", "app.test. 1 A 10.0.0.3");
    Await.until("the new answer counts", () -> ids().contains("10.0.0.3:80"));
    assertThat(ids()).containsExactly("10.0.0.2:80", "10.0.0.3:80");
    PoolMember stayed = pool().snapshot().find("10.0.0.2:80").orElseThrow();
    assertThat(stayed.load()).isSameAs(load);
    assertThat(stayed.state()).isEqualTo(MemberState.DOWN);
  }

  @Test
  void theLastGoodAnswerStaysWhenTheServerFails() {
    server.answer("app.test. A", "app.test. 1 A 10.0.0.1");
    discover(name());
    server.is(Mood.SERVFAIL);
    Await.until("two looks failed", () -> looks("failed") >= 2);
    assertThat(ids()).containsExactly("10.0.0.1:80");
    Discovery.Status status = discovery.status("app").orElseThrow();
    assertThat(status.failure()).contains("app.test: the name server says ServFail(2)");
    assertThat(status.members()).isEqualTo(1);
    server.is(Mood.ANSWERS).answer("app.test. A", "app.test. 1 A 10.0.0.7");
    Await.until("it recovers", () -> ids().equals(List.of("10.0.0.7:80")));
    assertThat(discovery.status("app").orElseThrow().failure()).isEmpty();
  }

  @Test
  void aFirstLookThatFailsLeavesThePoolEmptyAndIsTriedAgain() {
    server.is(Mood.SERVFAIL);
    discover(name());
    assertThat(ids()).isEmpty();
    server.is(Mood.ANSWERS).answer("app.test. A", "app.test. 1 A 10.0.0.1");
    Await.until("it is found", () -> ids().equals(List.of("10.0.0.1:80")));
  }

  @Test
  void membersFollowTheFileAndABadLineChangesNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("members.txt"), "a:1\n");
    discover(new DiscoverySource.WatchedFile(file));
    assertThat(ids()).containsExactly("a:1");
    Files.writeString(file, "b:2\nbad\n");
    Await.until("it is refused", () -> looks("failed") > 0);
    assertThat(ids()).containsExactly("a:1");
    assertThat(discovery.status("app").orElseThrow().failure().orElseThrow()).contains(":1: bad");
    Files.writeString(file, "b:2\n");
    Await.until("it is applied", () -> ids().equals(List.of("b:2")));
  }

  @Test
  void anotherSourceTakesOverWithoutAGap() throws IOException {
    Path file = Files.writeString(folder.resolve("members.txt"), "a:1\n");
    discover(new DiscoverySource.WatchedFile(file));
    server.is(Mood.SERVFAIL);
    discover(name());
    assertThat(ids()).containsExactly("a:1");
    server.is(Mood.ANSWERS).answer("app.test. A", "app.test. 1 A 10.0.0.1");
    Await.until("the name counts", () -> ids().equals(List.of("10.0.0.1:80")));
  }

  @Test
  void aReloadWithTheSameSourceDoesNotLookAgain() {
    server.answer("app.test. A", "app.test. 300 A 10.0.0.1");
    discover(name());
    discover(name());
    assertThat(server.questions()).hasSize(1);
  }

  @Test
  void withoutASourceWhatItFoundGoes() {
    server.answer("app.test. A", "app.test. 300 A 10.0.0.1");
    discover(name());
    discovery.configure(List.of()).join();
    assertThat(ids()).isEmpty();
    assertThat(discovery.status("app")).isEmpty();
    assertThat(signals.samples()).noneMatch(s -> s.series().metric() == Metric.DISCOVERY_AGE);
  }
}
