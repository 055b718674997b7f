package dev.terrace.dns;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.PoolSnapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which members of a pool may be answered with, and why the others may not.
 *
 * <p>If none is healthy all are candidates: health checks that fail everywhere at once say more
 * about the checks than about the members, and a client that is given an address can at least try.
 * Members that an operator drains stay out of that unless nothing else is left.
 *
 * @param failOpen whether no member is healthy
 * @param members those that may be answered with, with their addresses; of those that share an
 *     address only the first
 * @param leftOut the other members' ids, each with the reason
 */
record Candidates(boolean failOpen, List<Candidate> members, Map<String, String> leftOut) {

  /** A member and what its host stands for. */
  record Candidate(PoolMember member, InetAddress address) {}

  private enum Choice {
    HEALTHY,
    NOT_DRAINING,
    ALL
  }

  static Candidates of(PoolSnapshot snapshot) {
    Candidates healthy = of(snapshot, Choice.HEALTHY);
    if (!healthy.members.isEmpty()) {
      return healthy;
    }
    Candidates notDraining = of(snapshot, Choice.NOT_DRAINING);
    return notDraining.members.isEmpty() ? of(snapshot, Choice.ALL) : notDraining;
  }

  private static Candidates of(PoolSnapshot snapshot, Choice choice) {
    List<Candidate> members = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    Set<InetAddress> seen = new HashSet<>();
    for (PoolMember member : snapshot.members()) {
      InetAddress address = Family.literal(member.member().address().host()).orElse(null);
      if (address == null) {
        leftOut.put(member.id(), "its host is a name, not an IP address");
      } else if (!allows(choice, member)) {
        leftOut.put(member.id(), member.state() + ": " + member.reason());
      } else if (!seen.add(address)) {
        leftOut.put(member.id(), "another member has the same address");
      } else {
        members.add(new Candidate(member, address));
      }
    }
    return new Candidates(choice != Choice.HEALTHY, List.copyOf(members), leftOut);
  }

  private static boolean allows(Choice choice, PoolMember member) {
    return switch (choice) {
      case HEALTHY -> member.state().takesNewWork();
      case NOT_DRAINING -> !member.draining();
      case ALL -> true;
    };
  }

  List<Candidate> of(Family family) {
    return members.stream().filter(m -> family.includes(m.address())).toList();
  }
}
