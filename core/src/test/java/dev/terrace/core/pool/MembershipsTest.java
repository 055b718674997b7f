package dev.terrace.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.pool.Memberships.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipsTest {

  private static final Member A = Member.of("a:1");
  private static final Member B = Member.of("b:2");
  private static final Optional<Drain> FOR_GOOD = Optional.of(new Drain(Optional.empty()));

  private final Pools pools = new Pools();
  private final Memberships memberships = new Memberships(pools);
  private final List<List<String>> told = new ArrayList<>();

  @BeforeEach
  void twoMembers() {
    memberships.configure(List.of(new Pools.Spec("app", List.of(A, B), new RoundRobin())));
    memberships.follow(pool -> told.add(ids(pool)));
  }

  private static List<String> ids(Pool pool) {
    return pool.snapshot().members().stream().map(PoolMember::id).toList();
  }

  private PoolMember member(String id) {
    return pools.get("app").snapshot().find(id).orElseThrow();
  }

  @Test
  void aChangeIsInThePoolBeforeFollowersAreTold() {
    assertThat(memberships.add("app", Member.of("c:3"))).isEqualTo(Outcome.DONE);
    memberships.discovered("app", MemberSource.DNS, List.of(Member.of("d:4")));
    assertThat(memberships.remove("app", "a:1")).isEqualTo(Outcome.DONE);
    assertThat(memberships.weigh("app", "b:2", 9)).isEqualTo(Outcome.DONE);
    assertThat(told)
        .containsExactly(
            List.of("a:1", "b:2", "c:3"),
            List.of("a:1", "b:2", "d:4", "c:3"),
            List.of("b:2", "d:4", "c:3"),
            List.of("b:2", "d:4", "c:3"));
    assertThat(member("b:2").member().weight()).isEqualTo(9);
  }

  @Test
  void whoStaysKeepsHealthAndLoad() {
    Load load = member("b:2").load();
    pools.get("app").setHealth("b:2", MemberState.DOWN, "refused");
    memberships.discovered("app", MemberSource.DNS, List.of(Member.of("c:3")));
    memberships.weigh("app", "b:2", 3);
    assertThat(member("b:2").load()).isSameAs(load);
    assertThat(member("b:2").state()).isEqualTo(MemberState.DOWN);
  }

  @Test
  void whatIsSoAlreadyIsNotTold() {
    memberships.discovered("app", MemberSource.DNS, List.of(B, A));
    memberships.discovered("gone", MemberSource.DNS, List.of(B));
    memberships.drain("app", "a:1", FOR_GOOD);
    assertThat(told).isEmpty();
    assertThat(member("a:1").state()).isEqualTo(MemberState.DRAINING);
  }

  @Test
  void refusalsChangeNothing() {
    assertThat(memberships.add("none", A)).isEqualTo(Outcome.NO_POOL);
    assertThat(memberships.add("app", A)).isEqualTo(Outcome.ALREADY_MEMBER);
    assertThat(memberships.remove("none", "a:1")).isEqualTo(Outcome.NO_POOL);
    assertThat(memberships.remove("app", "x:1")).isEqualTo(Outcome.NO_MEMBER);
    assertThat(memberships.drain("app", "x:1", FOR_GOOD)).isEqualTo(Outcome.NO_MEMBER);
    List<Member> many = new ArrayList<>();
    for (int i = 2; i < Memberships.MEMBERS_MAX; i++) {
      many.add(Member.of("m" + i + ":1"));
    }
    memberships.discovered("app", MemberSource.DNS, many);
    assertThat(memberships.add("app", Member.of("x:1"))).isEqualTo(Outcome.FULL);
  }

  @Test
  void aReloadKeepsWhatWasFoundEditedAndDrained() {
    memberships.discovered("app", MemberSource.WATCHED_FILE, List.of(Member.of("c:3")));
    memberships.remove("app", "a:1");
    memberships.drain("app", "b:2", FOR_GOOD);
    memberships.configure(
        List.of(
            new Pools.Spec("app", List.of(B, A), new RoundRobin()),
            new Pools.Spec("other", List.of(A), new RoundRobin())));
    assertThat(ids(pools.get("app"))).containsExactly("b:2", "c:3");
    assertThat(member("b:2").state()).isEqualTo(MemberState.DRAINING);
    memberships.configure(List.of(new Pools.Spec("other", List.of(A), new RoundRobin())));
    assertThat(memberships.find("app")).isEmpty();
    assertThat(pools.find("app")).isEmpty();
  }

  @Test
  void anAddressThatLeavesAndComesBackIsNotDrained() {
    memberships.discovered("app", MemberSource.DNS, List.of(Member.of("c:3")));
    memberships.drain("app", "c:3", FOR_GOOD);
    memberships.discovered("app", MemberSource.DNS, List.of());
    memberships.discovered("app", MemberSource.DNS, List.of(Member.of("c:3")));
    assertThat(member("c:3").state()).isEqualTo(MemberState.UP);
  }
}
