package dev.terrace.net.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Drain;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Memberships.Outcome;
import dev.terrace.core.pool.Pools;
import dev.terrace.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DrainsTest {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Optional<Duration> SOON = Optional.of(Duration.ofMillis(100));
  private static final Optional<Duration> LATER = Optional.of(Duration.ofHours(1));

  private final Pools pools = new Pools();
  private final Memberships memberships = new Memberships(pools);
  private final List<String> cut = new CopyOnWriteArrayList<>();
  private final AtomicReference<Instant> clock = new AtomicReference<>(NOON);
  private final Drains drains =
      new Drains(memberships, (pool, member) -> cut.add(pool + " " + member), clock::get);

  @BeforeEach
  void start() {
    configure(Member.of("a:1"), Member.of("b:2"));
  }

  @AfterEach
  void stop() {
    drains.close();
  }

  private void configure(Member... members) {
    memberships.configure(List.of(new Pools.Spec("app", List.of(members), new RoundRobin())));
  }

  private MemberState state(String member) {
    return pools.get("app").snapshot().find(member).orElseThrow().state();
  }

  @Test
  void theDeadlineCutsAndTheMemberStaysOut() {
    assertThat(drains.drain("app", "a:1", SOON)).isEqualTo(Outcome.DONE);
    assertThat(state("a:1")).isEqualTo(MemberState.DRAINING);
    assertThat(cut).isEmpty();
    assertThat(memberships.find("app").orElseThrow().drains())
        .containsEntry("a:1", new Drain(Optional.of(NOON.plusMillis(100))));
    Await.until("it is cut", () -> cut.equals(List.of("app a:1")));
    assertThat(state("a:1")).isEqualTo(MemberState.DRAINING);
  }

  @Test
  void aClockThatJumpsNeitherHastensNorHoldsUpADeadline() {
    drains.drain("app", "b:2", LATER);
    drains.drain("app", "a:1", SOON);
    clock.set(NOON.plusSeconds(7 * 3600));
    Await.until("only the one that is due is cut", () -> !cut.isEmpty());
    clock.set(NOON.minusSeconds(7 * 3600));
    drains.drain("app", "b:2", SOON);
    Await.until("the other too", () -> cut.equals(List.of("app a:1", "app b:2")));
  }

  @Test
  void whatWasUndrainedOrLeftIsNotCut() {
    drains.drain("app", "a:1", SOON);
    drains.undrain("app", "a:1");
    assertThat(state("a:1")).isEqualTo(MemberState.UP);
    drains.drain("app", "b:2", SOON);
    configure(Member.of("a:1"));
    configure(Member.of("a:1"), Member.of("b:2"));
    drains.drain("app", "a:1", Optional.of(Duration.ofMillis(200)));
    Await.until("a later one is cut", () -> !cut.isEmpty());
    assertThat(cut).containsExactly("app a:1");
  }

  @Test
  void aLaterDrainReplacesTheDeadline() {
    drains.drain("app", "a:1", SOON);
    drains.drain("app", "a:1", Optional.empty());
    drains.drain("app", "b:2", LATER);
    drains.drain("app", "b:2", SOON);
    Await.until("the second is cut", () -> !cut.isEmpty());
    assertThat(cut).containsExactly("app b:2");
  }

  @Test
  void whoIsNotThereCannotBeDrained() {
    assertThat(drains.drain("app", "x:1", SOON)).isEqualTo(Outcome.NO_MEMBER);
    assertThat(drains.drain("none", "a:1", SOON)).isEqualTo(Outcome.NO_POOL);
    assertThat(drains.undrain("app", "x:1")).isEqualTo(Outcome.NO_MEMBER);
  }
}
