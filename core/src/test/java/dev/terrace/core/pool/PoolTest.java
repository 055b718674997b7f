package dev.terrace.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.balance.Pick;
import dev.terrace.core.balance.PickRequest;
import dev.terrace.core.balance.RandomChoice;
import dev.terrace.core.balance.RoundRobin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PoolTest {

  private static Pool pool(String... members) {
    return new Pool("app", members(members), new RoundRobin());
  }

  private static List<Member> members(String... members) {
    return java.util.Arrays.stream(members).map(Member::of).toList();
  }

  private static PoolMember member(Pool pool, String id) {
    return pool.snapshot().find(id).orElseThrow();
  }

  private static List<String> available(Pool pool) {
    return pool.snapshot().available().stream().map(PoolMember::id).toList();
  }

  @Test
  void allMembersStartUp() {
    Pool pool = pool("a:1", "b:2");
    assertThat(pool.name()).isEqualTo("app");
    assertThat(pool.policy()).isEqualTo(new RoundRobin());
    assertThat(available(pool)).containsExactly("a:1", "b:2");
    assertThat(member(pool, "a:1").state()).isEqualTo(MemberState.UP);
    assertThat(member(pool, "a:1").reason()).isEqualTo("not checked yet");
    assertThat(pool.snapshot().find("c:3")).isEmpty();
  }

  @Test
  void healthAndDrainingTogetherGiveTheState() {
    for (MemberState health : List.of(MemberState.UP, MemberState.WARMING, MemberState.DOWN)) {
      for (boolean draining : new boolean[] {false, true}) {
        Pool pool = pool("a:1");
        pool.setHealth("a:1", health, "because");
        pool.setDraining("a:1", draining);
        MemberState expected =
            draining && health != MemberState.DOWN ? MemberState.DRAINING : health;
        assertThat(member(pool, "a:1").state()).isEqualTo(expected);
        boolean picked = pool.pick(PickRequest.first(0)) instanceof Pick.Picked;
        assertThat(picked).isEqualTo(!draining && health != MemberState.DOWN);
      }
    }
  }

  @Test
  void whatIsSoAlreadyOrNotThereChangesNothing() {
    Pool pool = pool("a:1");
    pool.setHealth("a:1", MemberState.DOWN, "refused");
    PoolSnapshot before = pool.snapshot();
    pool.setHealth("a:1", MemberState.DOWN, "refused");
    pool.setHealth("gone:1", MemberState.DOWN, "refused");
    pool.setDraining("a:1", false);
    pool.setDraining("gone:1", true);
    pool.configure(members("a:1"), new RoundRobin());
    assertThat(pool.snapshot()).isSameAs(before);
    pool.setHealth("a:1", MemberState.DOWN, "timed out");
    assertThat(pool.snapshot().version()).isEqualTo(before.version() + 1);
    assertThat(member(pool, "a:1").reason()).isEqualTo("timed out");
  }

  @Test
  void configureKeepsStateAndLoadOfWhoStays() {
    Pool pool = pool("a:1", "b:2", "c:3");
    pool.setHealth("b:2", MemberState.DOWN, "refused");
    pool.setDraining("c:3", true);
    Load load = member(pool, "b:2").load();
    load.begin();
    Member heavier = new Member(Address.parse("b:2"), 5, "east");
    pool.configure(List.of(Member.of("d:4"), heavier, Member.of("c:3")), new LeastConnections());
    assertThat(pool.snapshot().members())
        .extracting(PoolMember::id)
        .containsExactly("d:4", "b:2", "c:3");
    assertThat(member(pool, "b:2").load()).isSameAs(load);
    assertThat(member(pool, "b:2").state()).isEqualTo(MemberState.DOWN);
    assertThat(member(pool, "b:2").member()).isEqualTo(heavier);
    assertThat(member(pool, "c:3").state()).isEqualTo(MemberState.DRAINING);
    assertThat(member(pool, "d:4").state()).isEqualTo(MemberState.UP);
    assertThat(pool.policy()).isEqualTo(new LeastConnections());
    assertThat(available(pool)).containsExactly("d:4");
  }

  @Test
  void anOldSnapshotStaysAsItWas() {
    Pool pool = pool("a:1", "b:2");
    PoolSnapshot before = pool.snapshot();
    pool.setHealth("a:1", MemberState.DOWN, "refused");
    pool.configure(members("z:9"), new RandomChoice());
    assertThat(before.available()).hasSize(2);
    assertThat(before.version()).isEqualTo(1);
  }

  @Test
  void concurrentChangesAreNeverLost() throws Exception {
    int threads = 8;
    String[] ids = new String[threads];
    for (int i = 0; i < threads; i++) {
      ids[i] = "m" + i + ":1";
    }
    Pool pool = pool(ids);
    AtomicBoolean done = new AtomicBoolean();
    Map<String, MemberState> last = new HashMap<>();
    Map<String, Boolean> lastDraining = new HashMap<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads + 1)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String id = ids[t];
        Random random = new Random(100 + t);
        writers.add(
            workers.submit(() -> {
              MemberState health = MemberState.UP;
              boolean draining = false;
              for (int i = 0; i < 3000; i++) {
                health = random.nextBoolean() ? MemberState.UP : MemberState.DOWN;
                draining = random.nextBoolean();
                pool.setHealth(id, health, "step " + i);
                pool.setDraining(id, draining);
                // Only this thread changes this member: each change must still be there.
                assertThat(member(pool, id).health()).isEqualTo(health);
                assertThat(member(pool, id).draining()).isEqualTo(draining);
              }
              synchronized (last) {
                last.put(id, health);
                lastDraining.put(id, draining);
              }
            }));
      }
      Future<?> reloads =
          workers.submit(() -> {
            for (int i = 0; !done.get(); i++) {
              pool.configure(members(ids), i % 2 == 0 ? new RandomChoice() : new RoundRobin());
            }
          });
      for (Future<?> writer : writers) {
        writer.get();
      }
      done.set(true);
      reloads.get();
    }
    for (String id : ids) {
      assertThat(member(pool, id).health()).isEqualTo(last.get(id));
      assertThat(member(pool, id).draining()).isEqualTo(lastDraining.get(id));
      assertThat(member(pool, id).reason()).isEqualTo("step 2999");
    }
  }

  @Test
  void loadCountsWhatIsBegunEndedAndFailed() {
    Load load = new Load();
    load.begin();
    load.begin();
    load.end();
    load.fail();
    assertThat(load.inFlight()).isEqualTo(1);
    assertThat(load.started()).isEqualTo(2);
    assertThat(load.failed()).isEqualTo(1);
  }

  @Test
  void aMembersWeightHasBounds() {
    assertThat(Member.of("a:1").weight()).isEqualTo(1);
    assertThat(new Member(Address.parse("a:1"), 256, "z").id()).isEqualTo("a:1");
    for (int weight : new int[] {0, -1, 257}) {
      assertThatThrownBy(() -> new Member(Address.parse("a:1"), weight, ""))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("between 1 and 256");
    }
  }
}
