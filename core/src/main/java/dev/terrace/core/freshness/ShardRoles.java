package dev.terrace.core.freshness;

import dev.terrace.core.freshness.Role.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Who is primary of a shard and who follows it, by what its servers say of themselves. It is a
 * value; {@link StoreRoles} holds the present one of each shard.
 *
 * <p>Whoever says that it is primary is believed if its timeline is higher than that of the last
 * primary, since a promotion always begins a higher one; or if it is the last primary itself.
 * Anyone else who says so is an old primary that has come back, or one of two that were promoted
 * beside each other: it is fenced. When nothing is known yet, all servers are looked at first, and
 * the highest timeline wins; of several on one timeline only the one that the file declares.
 *
 * <p>A standby counts as a replica while it streams the primary's timeline. While the primary is
 * gone nobody streams; then who streamed its timeline until the end still holds its history.
 *
 * @param servers in file order, the declared primary first
 * @param seen the last sighting of each
 * @param primary who was believed last
 * @param written how far the log was written when a primary was believed last; its timeline is the
 *     highest that ever was here
 * @param followed the timeline that a standby was last seen to stream, with no break since
 */
public record ShardRoles(
    List<String> servers,
    Map<String, Sighting> seen,
    Optional<String> primary,
    Optional<LogMark> written,
    Map<String, Integer> followed) {

  public ShardRoles {
    servers = List.copyOf(servers);
    seen = Collections.unmodifiableMap(new LinkedHashMap<>(seen));
    followed = Map.copyOf(followed);
  }

  /** Of a shard that nothing is known of but what the file says. */
  public static ShardRoles of(String declaredPrimary, List<String> replicas) {
    List<String> servers = new ArrayList<>(List.of(declaredPrimary));
    servers.addAll(replicas);
    return new ShardRoles(servers, Map.of(), Optional.empty(), Optional.empty(), Map.of());
  }

  /** The same shard after the file was read again: what is known of servers that stay, stays. */
  public ShardRoles declare(String declaredPrimary, List<String> replicas) {
    List<String> next = of(declaredPrimary, replicas).servers;
    Map<String, Sighting> nextSeen = new LinkedHashMap<>(seen);
    nextSeen.keySet().retainAll(next);
    Map<String, Integer> nextFollowed = new HashMap<>(followed);
    nextFollowed.keySet().retainAll(next);
    return new ShardRoles(next, nextSeen, primary.filter(next::contains), written, nextFollowed);
  }

  /** The same shard after one more check of a server. */
  public ShardRoles after(String server, Sighting sighting) {
    if (!servers.contains(server)) {
      return this;
    }
    Map<String, Sighting> nextSeen = new LinkedHashMap<>(seen);
    nextSeen.put(server, sighting);
    Map<String, Integer> nextFollowed = new HashMap<>(followed);
    OptionalInt streamed = streamed(sighting);
    boolean broken = !(sighting instanceof Sighting.Standby);
    if (streamed.isPresent()) {
      nextFollowed.put(server, streamed.getAsInt());
    } else if (broken) {
      nextFollowed.remove(server);
    }
    ShardRoles next = new ShardRoles(servers, nextSeen, primary, written, nextFollowed);
    return written.isPresent() ? next.judged(server, sighting) : next.elected();
  }

  /** The timeline that a standby streams; where it is not told, none but the first is certain. */
  private OptionalInt streamed(Sighting sighting) {
    if (!(sighting instanceof Sighting.Standby standby) || !standby.streams()) {
      return OptionalInt.empty();
    }
    return standby.timeline().isEmpty() && timeline() == 1 ? OptionalInt.of(1) : standby.timeline();
  }

  private ShardRoles judged(String server, Sighting sighting) {
    if (!(sighting instanceof Sighting.Primary(LogMark mark))) {
      return this;
    }
    boolean same = primary.isPresent() && primary.get().equals(server);
    return mark.timeline() > timeline() || (same && mark.timeline() == timeline())
        ? believing(server, mark)
        : this;
  }

  private ShardRoles elected() {
    if (!complete()) {
      return this;
    }
    Map<String, LogMark> claims = new LinkedHashMap<>();
    int highest = 1;
    for (String server : servers) {
      switch (seen.get(server)) {
        case Sighting.Primary(LogMark mark) -> {
          claims.put(server, mark);
          highest = Math.max(highest, mark.timeline());
        }
        case Sighting.Standby standby ->
            highest = Math.max(highest, standby.streams() ? standby.timeline().orElse(1) : 1);
        case Sighting.Silent silent -> {}
        case null -> {}
      }
    }
    int wanted = highest;
    claims.values().removeIf(mark -> mark.timeline() != wanted);
    if (claims.size() > 1) {
      claims.keySet().retainAll(List.of(servers.getFirst()));
    }
    return claims.entrySet().stream()
        .findFirst()
        .map(best -> believing(best.getKey(), best.getValue()))
        .orElse(this);
  }

  private ShardRoles believing(String server, LogMark mark) {
    return new ShardRoles(servers, seen, Optional.of(server), Optional.of(mark), followed);
  }

  /** The highest timeline that was ever believed here; 0 before any was. */
  public int timeline() {
    return written.map(LogMark::timeline).orElse(0);
  }

  /** Whether every server was looked at, be it in vain. */
  public boolean complete() {
    return seen.keySet().containsAll(servers);
  }

  /** The server that belongs in the primary's place: the one believed last, else the declared. */
  public String place() {
    return primary.orElse(servers.getFirst());
  }

  /** Whether the primary was there when last checked. */
  public boolean primaryUp() {
    return primary.isPresent() && role(primary.get()).kind() == Kind.PRIMARY;
  }

  /** The part that a server has. */
  public Role role(String server) {
    return switch (seen.get(server)) {
      case null -> new Role(Kind.UNKNOWN, "its role was not checked yet");
      case Sighting.Silent(String reason) -> new Role(Kind.SILENT, reason);
      case Sighting.Primary(LogMark mark) -> ofPrimary(server, mark);
      case Sighting.Standby standby -> ofStandby(server, standby);
    };
  }

  private Role ofPrimary(String server, LogMark mark) {
    if (written.isEmpty()) {
      return complete()
          ? new Role(
              Kind.FENCED,
              "it says that it is primary, on timeline "
                  + mark.timeline()
                  + ", and so does another, or a replica follows a later one: stop the wrong one")
          : new Role(Kind.UNKNOWN, "it says that it is primary; not all others were checked yet");
    }
    if (primary.isPresent() && primary.get().equals(server) && mark.timeline() == timeline()) {
      return new Role(Kind.PRIMARY, "primary on timeline " + mark.timeline());
    }
    return new Role(
        Kind.FENCED,
        "fenced: it says that it is primary, on timeline "
            + mark.timeline()
            + ", but "
            + primary.map(p -> p + " is").orElse("the last primary was")
            + " on timeline "
            + timeline()
            + "; rebuild it as a replica");
  }

  private Role ofStandby(String server, Sighting.Standby standby) {
    if (primary.isPresent() && primary.get().equals(server)) {
      return new Role(Kind.DETACHED, "it is a replica (in recovery), not a primary");
    }
    if (written.isEmpty()) {
      return new Role(Kind.UNKNOWN, "it is a replica, and no primary is known");
    }
    int known = timeline();
    Integer own = followed.get(server);
    if (standby.streams()) {
      return streaming(standby, known, own);
    }
    boolean heldOn = own != null && own == known && !primaryUp();
    return heldOn
        ? new Role(Kind.REPLICA, "replica on timeline " + known + "; its primary is gone")
        : new Role(
            Kind.DETACHED, "it does not stream from its primary: receiver " + standby.receiver());
  }

  private Role streaming(Sighting.Standby standby, int known, @Nullable Integer own) {
    if (own != null && own == known) {
      return new Role(Kind.REPLICA, "replica on timeline " + known);
    }
    if (standby.timeline().isEmpty()) {
      return new Role(
          Kind.ORPHANED,
          "whose log it streams is hidden from the store's user, and there was a promotion:"
              + " GRANT pg_read_all_stats to that user");
    }
    return new Role(
        Kind.ORPHANED,
        "it streams timeline "
            + standby.timeline().getAsInt()
            + ", and the primary "
            + place()
            + " is on timeline "
            + known
            + ": point its primary_conninfo there");
  }
}
