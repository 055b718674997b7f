package dev.terrace.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.balance.RandomChoice;
import dev.terrace.core.balance.RoundRobin;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolsTest {

  private static Pools.Spec spec(String name, String... members) {
    return new Pools.Spec(
        name, java.util.Arrays.stream(members).map(Member::of).toList(), new RoundRobin());
  }

  @Test
  void aPoolThatStaysIsTheSameObject() {
    Pools pools = new Pools();
    assertThat(pools.all()).isEmpty();
    pools.configure(List.of(spec("a", "x:1"), spec("b", "y:1")));
    Pool kept = pools.get("b");
    kept.setHealth("y:1", MemberState.DOWN, "refused");
    pools.configure(
        List.of(
            spec("c", "z:1"),
            new Pools.Spec("b", List.of(Member.of("y:1"), Member.of("y:2")), new RandomChoice())));
    assertThat(pools.all()).extracting(Pool::name).containsExactly("c", "b");
    assertThat(pools.get("b")).isSameAs(kept);
    assertThat(kept.snapshot().available()).extracting(PoolMember::id).containsExactly("y:2");
    assertThat(kept.policy()).isEqualTo(new RandomChoice());
    assertThat(pools.find("a")).isEmpty();
    assertThatThrownBy(() -> pools.get("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no pool 'a'");
  }
}
