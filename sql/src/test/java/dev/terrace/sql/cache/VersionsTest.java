package dev.terrace.sql.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What makes a kept result true, with writers and readers whose steps are interleaved at random: a
 * reader never finds what is older than what was acknowledged before it looked, nor older than what
 * any reader has seen before.
 */
final class VersionsTest {

  private static final List<String> TABLES = List.of("a", "b");

  /** A database of two counters, and a cache of their sum. */
  private static final class World {
    final Versions versions = new Versions();
    final Map<String, Integer> committed = new HashMap<>(Map.of("a", 0, "b", 0));
    final Map<Set<String>, Held> kept = new HashMap<>();
    int hits;

    /** What a reader of both tables must see at least: the sum of all acknowledged, or seen. */
    final Map<Set<String>, Integer> seenAtLeast = new HashMap<>();

    int sum(Set<String> tables) {
      return tables.stream().mapToInt(t -> committed.getOrDefault(t, 0)).sum();
    }

    void mustSee(Set<String> tables) {
      // Who knows of a commit knows of it whatever it reads.
      for (Set<String> each : List.of(Set.of("a"), Set.of("b"), Set.of("a", "b"))) {
        if (each.stream().anyMatch(tables::contains)) {
          seenAtLeast.merge(each, sum(each), Math::max);
        }
      }
    }
  }

  private record Held(int value, Versions.Seen seen) {}

  /** Something that goes on step by step; false when it is through. */
  private interface Actor {
    boolean step(World world);
  }

  /** Tells, commits, perhaps fails instead, and tells again; only then it is acknowledged. */
  private static Actor writer(Seeded random) {
    Set<String> tables = random.nextInt(4) == 0 ? Set.of("a", "b") : Set.of(random.pick(TABLES));
    boolean everything = random.nextInt(5) == 0;
    boolean fails = random.nextInt(4) == 0;
    return new Actor() {
      private int at;
      private Runnable end = () -> {};

      @Override
      public boolean step(World world) {
        switch (at++) {
          case 0 ->
              end = everything ? world.versions.beginEverything() : world.versions.begin(tables);
          case 1 -> {
            if (!fails) {
              tables.forEach(t -> world.committed.merge(t, 1, Integer::sum));
            }
          }
          case 2 -> end.run();
          default -> {
            if (!fails) {
              world.mustSee(tables);
            }
            return false;
          }
        }
        return true;
      }
    };
  }

  /** Looks for what is kept; else notes, asks, and keeps. */
  private static Actor reader(Seeded random) {
    Set<String> tables = random.nextInt(2) == 0 ? Set.of("a", "b") : Set.of(random.pick(TABLES));
    return new Actor() {
      private int at;
      private int value;
      private Versions.@Nullable Seen seen;

      @Override
      public boolean step(World world) {
        switch (at++) {
          case 0 -> {
            Held held = world.kept.get(tables);
            if (held != null && held.seen().isCurrent()) {
              world.hits++;
              assertThat(held.value())
                  .isGreaterThanOrEqualTo(world.seenAtLeast.getOrDefault(tables, 0));
              return false;
            }
          }
          case 1 -> seen = world.versions.look(tables);
          case 2 -> {
            value = world.sum(tables);
            // From here on this reader knows, and so may all.
            world.mustSee(tables);
          }
          default -> {
            if (seen != null && seen.isSteady() && seen.isCurrent()) {
              world.kept.put(tables, new Held(value, seen));
            }
            return false;
          }
        }
        return true;
      }
    };
  }

  @Test
  void noInterleavingShowsWhatIsOld() {
    int[] hits = {0};
    Seeded.rounds(
        20_261_128,
        3000,
        random -> {
          World world = new World();
          List<Actor> actors = new ArrayList<>();
          for (int step = 0; step < 120; step++) {
            if (actors.size() < 5) {
              actors.add(random.nextInt(4) == 0 ? writer(random) : reader(random));
            }
            Actor next = random.pick(actors);
            if (!next.step(world)) {
              actors.remove(next);
            }
          }
          hits[0] += world.hits;
          actors.forEach(rest -> {
            while (rest.step(world)) {
              // To its end.
            }
          });
          for (Map.Entry<Set<String>, Held> kept : world.kept.entrySet()) {
            if (kept.getValue().seen().isCurrent()) {
              assertThat(kept.getValue().value()).isEqualTo(world.sum(kept.getKey()));
            }
          }
        });
    assertThat(hits[0]).as("something was found at all").isGreaterThan(10_000);
  }

  @Test
  void aWriteToEverythingEndsAllThatWasNoted() {
    Versions versions = new Versions();
    Versions.Seen seen = versions.look(List.of("a"));
    assertThat(seen.isSteady() && seen.isCurrent()).isTrue();
    Runnable end = versions.beginEverything();
    assertThat(seen.isCurrent()).isFalse();
    assertThat(versions.look(List.of("b")).isSteady()).isFalse();
    end.run();
    assertThat(versions.look(List.of("b")).isSteady()).isTrue();
    versions.begin(List.of("b")).run();
    assertThat(versions.look(List.of("a")).isCurrent()).isTrue();
  }
}
