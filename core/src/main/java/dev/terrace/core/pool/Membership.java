package dev.terrace.core.pool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a pool: the members of the file, those that discovery found, and over both what
 * operators changed. It is a value; {@link Memberships} holds the present one of each pool.
 *
 * <p>An edit lasts until a source says something new of that member (names it, drops it, gives it
 * another weight or zone): then the source is right again. A drain lasts until it is taken back or
 * the member leaves the pool; so an address that comes back later as another server is not drained.
 *
 * @param declared the file's members, in its order
 * @param discovery what kind of source found those discovered
 * @param discovered the members found; one that is declared too counts as declared
 * @param edits by {@link Member#id}
 * @param drains by {@link Member#id}
 */
public record Membership(
    List<Member> declared,
    MemberSource discovery,
    List<Member> discovered,
    Map<String, MemberEdit> edits,
    Map<String, Drain> drains) {

  public Membership {
    declared = List.copyOf(declared);
    discovered = List.copyOf(discovered);
    edits = Collections.unmodifiableMap(new LinkedHashMap<>(edits));
    drains = Map.copyOf(drains);
  }

  /** Of a pool that only the file speaks of. */
  public static Membership of(List<Member> declared) {
    return new Membership(declared, MemberSource.FILE, List.of(), Map.of(), Map.of());
  }

  /** The members, each once: those of the file first, those added by operators last. */
  public List<Member> members() {
    List<Member> members = new ArrayList<>();
    Map<String, Member> named = named();
    named.forEach((id, member) -> {
      switch (edits.get(id)) {
        case null -> members.add(member);
        case MemberEdit.Added(Member instead) -> members.add(instead);
        case MemberEdit.Weighed(int weight) -> members.add(weighed(member, weight));
        case MemberEdit.Removed() -> {}
      }
    });
    edits.forEach((id, edit) -> {
      if (edit instanceof MemberEdit.Added(Member added) && !named.containsKey(id)) {
        members.add(added);
      }
    });
    return List.copyOf(members);
  }

  /** The member as it counts now, if it belongs to the pool. */
  public Optional<Member> find(String memberId) {
    return members().stream().filter(m -> m.id().equals(memberId)).findFirst();
  }

  /** Who says that this member belongs to the pool. */
  public MemberSource source(String memberId) {
    if (declared.stream().anyMatch(m -> m.id().equals(memberId))) {
      return MemberSource.FILE;
    }
    return discovered.stream().anyMatch(m -> m.id().equals(memberId))
        ? discovery
        : MemberSource.API;
  }

  /** The same pool after the file was read again. */
  public Membership declare(List<Member> now) {
    return named(new Membership(now, discovery, discovered, edits, drains));
  }

  /** The same pool after discovery found these, or with none for when it no longer looks. */
  public Membership discover(MemberSource source, List<Member> now) {
    return named(new Membership(declared, source, now, edits, drains));
  }

  /**
   * The same pool with a member that an operator adds, or has be otherwise than its source says.
   */
  public Membership add(Member member) {
    boolean asNamed = member.equals(named().get(member.id()));
    return edited(member.id(), asNamed ? null : new MemberEdit.Added(member));
  }

  /** The same pool without the member. */
  public Membership remove(String memberId) {
    return edited(memberId, named().containsKey(memberId) ? new MemberEdit.Removed() : null);
  }

  /** The same pool with another weight of a member that belongs to it. */
  public Membership weigh(String memberId, int weight) {
    Member member =
        find(memberId).orElseThrow(() -> new IllegalArgumentException("no member " + memberId));
    Member source = named().get(memberId);
    if (source == null || edits.get(memberId) instanceof MemberEdit.Added) {
      return add(weighed(member, weight));
    }
    return edited(memberId, source.weight() == weight ? null : new MemberEdit.Weighed(weight));
  }

  /** The same pool with a member drained, or no longer if there is no drain given. */
  public Membership drain(String memberId, Optional<Drain> drain) {
    Map<String, Drain> next = new LinkedHashMap<>(drains);
    drain.ifPresentOrElse(d -> next.put(memberId, d), () -> next.remove(memberId));
    return new Membership(declared, discovery, discovered, edits, next).settled();
  }

  /** What the sources name, without the edits, in the order of the pool. */
  private Map<String, Member> named() {
    Map<String, Member> named = new LinkedHashMap<>();
    declared.forEach(m -> named.putIfAbsent(m.id(), m));
    discovered.forEach(m -> named.putIfAbsent(m.id(), m));
    return named;
  }

  /** The next one, without the edits of members that its sources say something new of. */
  private Membership named(Membership next) {
    Map<String, Member> before = named();
    Map<String, Member> now = next.named();
    Map<String, MemberEdit> kept = new LinkedHashMap<>(edits);
    kept.keySet().removeIf(id -> !Objects.equals(before.get(id), now.get(id)));
    return new Membership(next.declared, next.discovery, next.discovered, kept, drains).settled();
  }

  private Membership edited(String memberId, @Nullable MemberEdit edit) {
    Map<String, MemberEdit> next = new LinkedHashMap<>(edits);
    if (edit == null) {
      next.remove(memberId);
    } else {
      next.put(memberId, edit);
    }
    return new Membership(declared, discovery, discovered, next, drains).settled();
  }

  private Membership settled() {
    if (drains.isEmpty()) {
      return this;
    }
    Map<String, Drain> kept = new LinkedHashMap<>(drains);
    kept.keySet().retainAll(members().stream().map(Member::id).toList());
    return new Membership(declared, discovery, discovered, edits, kept);
  }

  private static Member weighed(Member member, int weight) {
    return new Member(member.address(), weight, member.zone());
  }
}
