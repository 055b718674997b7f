package dev.terrace.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MembershipTest {

  private static final Member A = Member.of("a:1");
  private static final Member B = Member.of("b:2");
  private static final Member C = Member.of("c:3");
  private static final Member HEAVY_B = new Member(Address.parse("b:2"), 5, "east");
  private static final Optional<Drain> FOR_GOOD = Optional.of(new Drain(Optional.empty()));

  private final Membership file = Membership.of(List.of(A, B));

  @Test
  void theFilesMembersComeFirstThenThoseFoundThenThoseAdded() {
    Membership all = file.discover(MemberSource.DNS, List.of(C)).add(Member.of("d:4"));
    assertThat(all.members()).extracting(Member::id).containsExactly("a:1", "b:2", "c:3", "d:4");
    assertThat(all.source("a:1")).isEqualTo(MemberSource.FILE);
    assertThat(all.source("c:3")).isEqualTo(MemberSource.DNS);
    assertThat(all.source("d:4")).isEqualTo(MemberSource.API);
  }

  @Test
  void whatIsBothDeclaredAndFoundIsThereOnceAsDeclared() {
    Membership both = Membership.of(List.of(HEAVY_B)).discover(MemberSource.DNS, List.of(B, C));
    assertThat(both.members()).containsExactly(HEAVY_B, C);
    assertThat(both.source("b:2")).isEqualTo(MemberSource.FILE);
  }

  @Test
  void anEditOutlastsAReloadThatDoesNotTouchItsMember() {
    Membership edited = file.remove("b:2").add(C).weigh("a:1", 7);
    Membership reloaded = edited.declare(List.of(Member.of("x:9"), B, A));
    assertThat(reloaded.members())
        .containsExactly(Member.of("x:9"), new Member(A.address(), 7, ""), C);
  }

  @Test
  void theFileIsRightAgainOnceItChangesThatMember() {
    assertThat(file.remove("b:2").declare(List.of(A, HEAVY_B)).members())
        .containsExactly(A, HEAVY_B);
    assertThat(file.weigh("b:2", 7).declare(List.of(A, HEAVY_B)).members())
        .containsExactly(A, HEAVY_B);
    Membership taken = file.add(C).declare(List.of(A, B, C));
    assertThat(taken.edits()).isEmpty();
    assertThat(taken.declare(List.of(A, B)).members()).containsExactly(A, B);
  }

  @Test
  void aRemovedMemberIsBackAfterDnsDroppedAndNamedItAgain() {
    Membership found = Membership.of(List.of()).discover(MemberSource.DNS, List.of(A, B));
    Membership removed = found.remove("b:2");
    assertThat(removed.discover(MemberSource.DNS, List.of(B, A)).members()).containsExactly(A);
    Membership dropped = removed.discover(MemberSource.DNS, List.of(A));
    assertThat(dropped.edits()).isEmpty();
    assertThat(dropped.discover(MemberSource.DNS, List.of(A, B)).members()).containsExactly(A, B);
  }

  @Test
  void anEditThatIsTakenBackLeavesNothing() {
    assertThat(file.add(C).remove("c:3")).isEqualTo(file);
    assertThat(file.remove("b:2").add(B)).isEqualTo(file);
    assertThat(file.weigh("b:2", 9).weigh("b:2", 1)).isEqualTo(file);
    assertThat(file.remove("b:2").add(HEAVY_B).members()).containsExactly(A, HEAVY_B);
    assertThat(file.add(C).weigh("c:3", 4).weigh("c:3", 6).find("c:3"))
        .contains(new Member(C.address(), 6, ""));
    assertThatThrownBy(() -> file.weigh("c:3", 4)).hasMessageContaining("c:3");
  }

  @Test
  void aDrainOutlastsReloadsButNotTheMember() {
    Membership drained = file.drain("b:2", FOR_GOOD);
    assertThat(drained.declare(List.of(HEAVY_B, A)).drains()).containsOnlyKeys("b:2");
    assertThat(drained.declare(List.of(A)).declare(List.of(A, B)).drains()).isEmpty();
    assertThat(drained.remove("b:2").drains()).isEmpty();
    assertThat(drained.drain("b:2", Optional.empty())).isEqualTo(file);
    assertThat(file.drain("gone:1", FOR_GOOD)).isEqualTo(file);
    Drain until = new Drain(Optional.of(Instant.EPOCH));
    assertThat(drained.drain("b:2", Optional.of(until)).drains()).containsEntry("b:2", until);
  }
}
