package dev.terrace.core.freshness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which replica of a shard is to become its primary, and whether that may be done without being
 * asked for.
 */
public sealed interface Promotion {

  /**
   * This one.
   *
   * @param lackingBytes how much of the log that the primary was last seen to have written it lacks
   */
  record Of(String server, long lackingBytes) implements Promotion {}

  /** None, for this reason. */
  record Not(String reason) implements Promotion {}

  /**
   * The replica that has replayed most of the primary's history, the first in the file of several.
   *
   * @param wanted the only one that will do, if there is one
   */
  static Promotion choose(ShardRoles roles, Optional<String> wanted) {
    if (wanted.isPresent() && !roles.servers().contains(wanted.get())) {
      return new Not(wanted.get() + " is not a server of this shard: " + roles.servers());
    }
    String best = "";
    Optional<Lsn> furthest = Optional.empty();
    List<String> others = new ArrayList<>();
    for (String server : roles.servers()) {
      Role role = roles.role(server);
      boolean eligible =
          role.kind() == Role.Kind.REPLICA && wanted.filter(w -> !w.equals(server)).isEmpty();
      if (!eligible || !(roles.seen().get(server) instanceof Sighting.Standby standby)) {
        others.add(server + ": " + role.reason());
      } else if (furthest.isEmpty() || standby.replayed().compareTo(furthest.get()) > 0) {
        best = server;
        furthest = Optional.of(standby.replayed());
      }
    }
    if (furthest.isEmpty()) {
      return new Not("no replica can be promoted: " + String.join("; ", others));
    }
    Lsn reached = furthest.get();
    return new Of(best, roles.written().map(mark -> reached.behind(mark.lsn())).orElse(0L));
  }

  /**
   * Whether, and whom, to promote without being asked. It must not be this process alone that has
   * lost the primary: no replica streams from it any more, and more than half of the replicas say
   * so.
   *
   * @param silent for how long the primary has not answered any check
   * @param patience for how long it must not have
   * @param lackingBytesMax how much of the log may be lost
   */
  static Promotion automatic(
      ShardRoles roles, Duration silent, Duration patience, long lackingBytesMax) {
    String primary = roles.place();
    if (roles.role(primary).kind() != Role.Kind.SILENT || silent.compareTo(patience) < 0) {
      return new Not(primary + " has not been silent for " + patience.toMillis() + " ms");
    }
    int replicas = 0;
    int agree = 0;
    for (String server : roles.servers()) {
      if (server.equals(primary)) {
        continue;
      }
      replicas++;
      if (roles.role(server).kind() == Role.Kind.FENCED) {
        return new Not(server + " says that it is primary");
      }
      if (roles.seen().get(server) instanceof Sighting.Standby standby) {
        if (standby.streams()) {
          return new Not(primary + " still streams to " + server);
        }
        agree++;
      }
    }
    if (2 * agree <= replicas) {
      return new Not("only " + agree + " of " + replicas + " replicas say that it is gone");
    }
    Promotion choice = choose(roles, Optional.empty());
    return choice instanceof Of(String server, long lacking) && lacking > lackingBytesMax
        ? new Not(
            server + " lacks " + lacking + " bytes of log, more than " + lackingBytesMax + " may")
        : choice;
  }
}
