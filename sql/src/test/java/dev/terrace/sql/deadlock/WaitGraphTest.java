package dev.terrace.sql.deadlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WaitGraphTest {

  private static WaitGraph<Integer> graph(int[]... edges) {
    WaitGraph<Integer> graph = new WaitGraph<>();
    for (int[] edge : edges) {
      graph.waits(edge[0], edge[1]);
    }
    return graph;
  }

  @Test
  void theLastOfACircleIsGivenUp() {
    assertThat(graph(new int[] {1, 2}, new int[] {2, 1}).victims()).containsExactly(2);
    assertThat(
            graph(new int[] {3, 1}, new int[] {1, 2}, new int[] {2, 3}, new int[] {9, 1}).victims())
        .containsExactly(3);
  }

  @Test
  void whoOnlyWaitsIsLeftAlone() {
    assertThat(graph().victims()).isEmpty();
    assertThat(
            graph(new int[] {1, 1}, new int[] {1, 2}, new int[] {2, 3}, new int[] {1, 3}).victims())
        .isEmpty();
  }

  @Test
  void aLongChainIsFollowed() {
    WaitGraph<Integer> graph = new WaitGraph<>();
    for (int i = 0; i < 3000; i++) {
      graph.waits(i, i + 1);
    }
    assertThat(graph.victims()).isEmpty();
    graph.waits(3000, 0);
    assertThat(graph.victims()).containsExactly(3000);
  }

  @Test
  void afterwardsThereIsNoCircleAndNobodyWasGivenUpForNothing() {
    Seeded.rounds(
        51,
        2000,
        random -> {
          int nodes = random.nextInt(2, 8);
          Set<List<Integer>> edges = new HashSet<>();
          WaitGraph<Integer> graph = new WaitGraph<>();
          for (int i = random.nextInt(12); i > 0; i--) {
            List<Integer> edge = List.of(random.nextInt(nodes), random.nextInt(nodes));
            if (!edge.getFirst().equals(edge.getLast())) {
              edges.add(edge);
              graph.waits(edge.getFirst(), edge.getLast());
            }
          }
          List<Integer> victims = graph.victims();
          assertThat(hasCircle(edges, new HashSet<>(victims))).isFalse();
          assertThat(victims.isEmpty()).isEqualTo(!hasCircle(edges, Set.of()));
          for (int victim : victims) {
            assertThat(reaches(edges, victim, victim)).as("%d in %s", victim, edges).isTrue();
          }
        });
  }

  /** By taking away again and again what waits for nobody. */
  private static boolean hasCircle(Set<List<Integer>> edges, Set<Integer> gone) {
    Set<List<Integer>> left = new HashSet<>(edges);
    left.removeIf(edge -> gone.contains(edge.getFirst()) || gone.contains(edge.getLast()));
    boolean fewer = true;
    while (fewer) {
      Set<List<Integer>> now = Set.copyOf(left);
      fewer =
          left.removeIf(
              edge -> now.stream().noneMatch(other -> other.getFirst().equals(edge.getLast())));
    }
    return !left.isEmpty();
  }

  private static boolean reaches(Set<List<Integer>> edges, int from, int to) {
    Set<Integer> reached = new HashSet<>(Set.of(from));
    boolean more = true;
    while (more) {
      more = false;
      for (List<Integer> edge : edges) {
        if (reached.contains(edge.getFirst())) {
          if (edge.getLast() == to) {
            return true;
          }
          more |= reached.add(edge.getLast());
        }
      }
    }
    return false;
  }
}
