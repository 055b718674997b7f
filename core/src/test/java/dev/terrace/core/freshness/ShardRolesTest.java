package dev.terrace.core.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.freshness.Role.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ShardRolesTest {

  private static final ShardRoles SHARD = ShardRoles.of("a", List.of("b", "c"));

  private static Sighting primary(int timeline) {
    return primary(timeline, 100);
  }

  private static Sighting primary(int timeline, long lsn) {
    return new Sighting.Primary(new LogMark(timeline, new Lsn(lsn)));
  }

  private static Sighting streams(int timeline) {
    return streams(timeline, 100);
  }

  private static Sighting streams(int timeline, long lsn) {
    return new Sighting.Standby("streaming", OptionalInt.of(timeline), new Lsn(lsn));
  }

  private static Sighting idle(long lsn) {
    return new Sighting.Standby("none", OptionalInt.empty(), new Lsn(lsn));
  }

  private static Sighting silent() {
    return new Sighting.Silent("connection refused");
  }

  private static ShardRoles after(ShardRoles roles, Object... turns) {
    ShardRoles now = roles;
    for (int i = 0; i < turns.length; i += 2) {
      now = now.after((String) turns[i], (Sighting) turns[i + 1]);
    }
    return now;
  }

  private static List<Kind> kinds(ShardRoles roles) {
    return roles.servers().stream().map(s -> roles.role(s).kind()).toList();
  }

  private static final ShardRoles STEADY =
      after(SHARD, "a", primary(1), "b", streams(1), "c", streams(1));

  @Test
  void nobodyIsBelievedBeforeAllWereLookedAt() {
    assertThat(kinds(after(SHARD, "a", primary(1), "b", streams(1))))
        .containsExactly(Kind.UNKNOWN, Kind.UNKNOWN, Kind.UNKNOWN);
    assertThat(kinds(STEADY)).containsExactly(Kind.PRIMARY, Kind.REPLICA, Kind.REPLICA);
    assertThat(kinds(after(SHARD, "a", primary(1), "b", silent(), "c", silent())))
        .containsExactly(Kind.PRIMARY, Kind.SILENT, Kind.SILENT);
  }

  @Test
  void atFirstTheHighestTimelineWinsWhateverTheFileSays() {
    ShardRoles roles = after(SHARD, "a", primary(1), "b", primary(2), "c", streams(2));
    assertThat(kinds(roles)).containsExactly(Kind.FENCED, Kind.PRIMARY, Kind.REPLICA);
    assertThat(roles.place()).isEqualTo("b");
    assertThat(roles.role("a").reason()).contains("timeline 1", "b is on timeline 2", "rebuild");
  }

  @Test
  void ofSeveralOnOneTimelineOnlyTheDeclaredOneIsBelieved() {
    assertThat(kinds(after(SHARD, "a", primary(2), "b", primary(2), "c", silent())))
        .containsExactly(Kind.PRIMARY, Kind.FENCED, Kind.SILENT);
    assertThat(kinds(after(SHARD, "a", silent(), "b", primary(2), "c", primary(2))))
        .containsExactly(Kind.SILENT, Kind.FENCED, Kind.FENCED);
  }

  @Test
  void anOldPrimaryIsNotBelievedAtFirstIfAReplicaFollowsALaterOne() {
    ShardRoles roles = after(SHARD, "a", primary(1), "b", silent(), "c", streams(2));
    assertThat(roles.primary()).isEmpty();
    assertThat(roles.role("a").kind()).isEqualTo(Kind.FENCED);
    assertThat(after(roles, "b", primary(2)).primary()).contains("b");
  }

  @Test
  void aPromotionIsFollowedAndTheOldPrimaryFenced() {
    ShardRoles promoted = after(STEADY, "b", primary(2));
    assertThat(kinds(promoted)).containsExactly(Kind.FENCED, Kind.PRIMARY, Kind.ORPHANED);
    assertThat(promoted.role("c").reason()).contains("timeline 1", "b is on timeline 2");
    assertThat(kinds(after(promoted, "c", streams(2), "a", silent())))
        .containsExactly(Kind.SILENT, Kind.PRIMARY, Kind.REPLICA);
    assertThat(kinds(after(promoted, "a", silent(), "a", primary(1))).getFirst())
        .as("it comes back")
        .isEqualTo(Kind.FENCED);
    assertThat(kinds(after(promoted, "b", silent(), "a", primary(1))))
        .as("not even while the new one is gone")
        .containsExactly(Kind.FENCED, Kind.SILENT, Kind.ORPHANED);
    assertThat(kinds(after(promoted, "b", silent(), "b", primary(2))).get(1))
        .isEqualTo(Kind.PRIMARY);
    assertThat(after(promoted, "a", primary(3)).place()).as("promoted anew").isEqualTo("a");
  }

  @Test
  void aSecondOnTheSameTimelineIsFenced() {
    ShardRoles roles = after(STEADY, "b", primary(2), "c", primary(2));
    assertThat(kinds(roles)).containsExactly(Kind.FENCED, Kind.PRIMARY, Kind.FENCED);
  }

  @Test
  void aDivergedOldPrimaryThatComesBackAsAStandbyIsNoReplica() {
    ShardRoles promoted = after(STEADY, "a", silent(), "b", primary(2), "c", streams(2));
    assertThat(after(promoted, "a", idle(500)).role("a").kind()).isEqualTo(Kind.DETACHED);
    assertThat(after(promoted, "a", idle(500), "b", silent()).role("a").kind())
        .as("nor while the new one is gone")
        .isEqualTo(Kind.DETACHED);
    assertThat(after(promoted, "a", streams(2)).role("a").kind()).isEqualTo(Kind.REPLICA);
  }

  @Test
  void anOldPrimaryThatIsMadeAStandbyIsNotWrittenTo() {
    ShardRoles demoted = after(STEADY, "a", idle(100));
    assertThat(demoted.role("a"))
        .isEqualTo(new Role(Kind.DETACHED, "it is a replica (in recovery), not a primary"));
    assertThat(after(demoted, "a", primary(1)).role("a").kind()).isEqualTo(Kind.PRIMARY);
  }

  @Test
  void whoStreamedToTheEndIsStillReadWhileThePrimaryIsGone() {
    ShardRoles alone = after(STEADY, "a", silent(), "b", idle(100));
    assertThat(alone.role("b").kind()).isEqualTo(Kind.REPLICA);
    assertThat(after(STEADY, "b", idle(100)).role("b").kind())
        .as("while the primary is there it must stream")
        .isEqualTo(Kind.DETACHED);
    assertThat(after(alone, "b", silent(), "b", idle(100)).role("b").kind())
        .as("not if it was away itself")
        .isEqualTo(Kind.DETACHED);
    assertThat(after(alone, "c", primary(2)).role("b").kind())
        .as("nor once another was promoted")
        .isEqualTo(Kind.DETACHED);
  }

  @Test
  void aHiddenReceiverCountsOnTheFirstTimelineOnly() {
    Sighting hidden = new Sighting.Standby("streaming", OptionalInt.empty(), new Lsn(100));
    ShardRoles first = after(SHARD, "a", primary(1), "c", silent(), "b", hidden, "b", hidden);
    assertThat(first.role("b").kind()).isEqualTo(Kind.REPLICA);
    ShardRoles later = after(first, "a", primary(2), "b", hidden);
    assertThat(later.role("b").kind()).isEqualTo(Kind.ORPHANED);
    assertThat(later.role("b").reason()).contains("GRANT pg_read_all_stats");
  }

  @Test
  void aReloadKeepsWhatIsKnown() {
    ShardRoles promoted = after(STEADY, "b", primary(2));
    ShardRoles reloaded = promoted.declare("a", List.of("b", "d"));
    assertThat(reloaded.place()).isEqualTo("b");
    assertThat(reloaded.role("a").kind()).isEqualTo(Kind.FENCED);
    assertThat(reloaded.role("d").kind()).isEqualTo(Kind.UNKNOWN);
    ShardRoles without = promoted.declare("a", List.of("c"));
    assertThat(without.primary()).isEmpty();
    assertThat(without.timeline()).isEqualTo(2);
    assertThat(after(without, "a", primary(1)).role("a").kind())
        .as("the file cannot bring an old primary back")
        .isEqualTo(Kind.FENCED);
  }

  /** All sequences of so many sightings of three servers: what must never be, never is. */
  @Test
  void whateverIsSeenThereIsOnePrimaryAtMostAndTimelinesOnlyRise() {
    List<Sighting> sightings =
        List.of(primary(1), primary(2), streams(1), streams(2), idle(100), silent());
    List<ShardRoles> level = List.of(SHARD, STEADY);
    for (int turn = 0; turn < 5; turn++) {
      List<ShardRoles> next = new ArrayList<>();
      for (ShardRoles roles : level) {
        for (String server : SHARD.servers()) {
          for (Sighting sighting : sightings) {
            ShardRoles now = roles.after(server, sighting);
            check(roles, server, sighting, now);
            next.add(now);
          }
        }
      }
      level = next.stream().distinct().toList();
    }
    assertThat(level).hasSizeGreaterThan(200);
  }

  private static void check(ShardRoles before, String server, Sighting sighting, ShardRoles now) {
    assertThat(now.timeline()).isGreaterThanOrEqualTo(before.timeline());
    long primaries = kinds(now).stream().filter(k -> k == Kind.PRIMARY).count();
    assertThat(primaries).isLessThanOrEqualTo(1);
    for (String one : now.servers()) {
      Kind kind = now.role(one).kind();
      if (kind == Kind.PRIMARY) {
        assertThat(now.place()).isEqualTo(one);
        assertThat(now.seen().get(one))
            .isInstanceOfSatisfying(
                Sighting.Primary.class,
                p -> assertThat(p.written().timeline()).isEqualTo(now.timeline()));
      }
      if (kind == Kind.REPLICA) {
        assertThat(now.followed()).containsEntry(one, now.timeline());
        assertThat(now.seen().get(one)).isInstanceOf(Sighting.Standby.class);
      }
    }
    if (!now.primary().equals(before.primary()) && now.timeline() == before.timeline()) {
      assertThat(before.primary()).as("taken over without a higher timeline").isEmpty();
    }
    if (sighting instanceof Sighting.Primary(LogMark mark) && mark.timeline() < now.timeline()) {
      assertThat(now.role(server).kind()).isEqualTo(Kind.FENCED);
    }
  }

  @Test
  void theFurthestReplicaIsPromoted() {
    ShardRoles roles =
        after(STEADY, "a", primary(1, 900), "b", streams(1, 700), "c", streams(1, 800));
    assertThat(Promotion.choose(roles, Optional.empty())).isEqualTo(new Promotion.Of("c", 100));
    assertThat(Promotion.choose(roles, Optional.of("b"))).isEqualTo(new Promotion.Of("b", 200));
    assertThat(Promotion.choose(roles, Optional.of("x")))
        .isInstanceOfSatisfying(
            Promotion.Not.class, n -> assertThat(n.reason()).contains("[a, b, c]"));
    ShardRoles gone = after(roles, "b", silent(), "c", silent());
    assertThat(Promotion.choose(gone, Optional.empty()))
        .isInstanceOfSatisfying(
            Promotion.Not.class, n -> assertThat(n.reason()).contains("b: connection refused"));
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static Promotion automatic(ShardRoles roles, int seconds, long bytes) {
    return Promotion.automatic(roles, Duration.ofSeconds(seconds), PATIENCE, bytes);
  }

  @Test
  void nobodyIsPromotedUnaskedUnlessTheReplicasLostThePrimaryToo() {
    ShardRoles gone = after(STEADY, "a", primary(1, 150), "a", silent());
    assertThat(automatic(gone, 10, 100)).as("they still stream").isInstanceOf(Promotion.Not.class);
    ShardRoles one = after(gone, "b", idle(100), "c", silent());
    assertThat(automatic(one, 10, 100))
        .as("one of two is no majority")
        .isInstanceOf(Promotion.Not.class);
    ShardRoles both = after(gone, "b", idle(100), "c", idle(140));
    assertThat(automatic(both, 10, 100)).isEqualTo(new Promotion.Of("c", 10));
    assertThat(automatic(both, 9, 100)).isInstanceOf(Promotion.Not.class);
    assertThat(automatic(both, 10, 9))
        .as("too much would be lost")
        .isInstanceOf(Promotion.Not.class);
    assertThat(automatic(after(both, "a", primary(1)), 10, 100)).isInstanceOf(Promotion.Not.class);
    assertThat(automatic(after(both, "b", primary(1)), 10, 100)).isInstanceOf(Promotion.Not.class);
  }
}
