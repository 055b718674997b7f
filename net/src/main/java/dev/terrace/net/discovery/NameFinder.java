package dev.terrace.net.discovery;

import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Member;
import dev.terrace.core.pool.Memberships;
import dev.terrace.net.discovery.NameLookup.Answer;
import dev.terrace.net.discovery.NameLookup.LookupFailure;
import dev.terrace.net.discovery.NameLookup.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks DNS for members: the addresses of a name, IPv6 ones only if it has no IPv4 ones (a server
 * that has both is one member), or the servers of a service.
 *
 * <p>Of SRV records (RFC 2782) those of the best priority count: the others are there for when none
 * of these can be reached. Their weights, 0 to 65535, become weights from 1 to 256.
 */
final class NameFinder implements Finder {

  static final Duration SHORTEST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private final DiscoverySource.Name name;
  private final NameLookup lookup;

  NameFinder(DiscoverySource.Name name, NameLookup lookup) {
    this.name = name;
    this.lookup = lookup;
  }

  @Override
  public Finding find() throws InterruptedException {
    try {
      Answer<Member> answer = name.isService() ? service() : addresses();
      if (answer.records().size() > Memberships.MEMBERS_MAX) {
        return new Finding.Failed(name.name() + " has too many addresses");
      }
      // Servers turn the order of addresses with every answer: it means nothing.
      List<Member> members =
          answer.records().stream().sorted(Comparator.comparing(Member::id)).toList();
      return new Finding.Found(members, within(answer.ttl()));
    } catch (LookupFailure e) {
      return new Finding.Failed(e.reason());
    }
  }

  private static Duration within(Duration ttl) {
    if (ttl.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return ttl.compareTo(LONGEST) > 0 ? LONGEST : ttl;
  }

  private Answer<Member> addresses() throws LookupFailure, InterruptedException {
    Answer<String> hosts = lookup.addresses(name.name());
    List<Member> members =
        hosts.records().stream()
            .distinct()
            .map(host -> new Member(new Address(host, name.port()), 1, ""))
            .toList();
    return new Answer<>(members, hosts.ttl());
  }

  private Answer<Member> service() throws LookupFailure, InterruptedException {
    Answer<Service> answer = lookup.services(name.name());
    int best = answer.records().stream().mapToInt(Service::priority).min().orElse(0);
    List<Service> services = answer.records().stream().filter(s -> s.priority() == best).toList();
    int heaviest = services.stream().mapToInt(Service::weight).max().orElse(0);
    Map<Address, Member> members = new LinkedHashMap<>();
    Duration ttl = answer.ttl();
    List<String> missing = new ArrayList<>();
    for (Service service : services) {
      try {
        Answer<String> hosts = lookup.addresses(service.target());
        ttl = hosts.ttl().compareTo(ttl) < 0 ? hosts.ttl() : ttl;
        for (String host : hosts.records()) {
          Address address = new Address(host, service.port());
          int weight = weight(service.weight(), heaviest);
          members.putIfAbsent(address, new Member(address, weight, ""));
        }
      } catch (LookupFailure e) {
        if (!e.isAbsent()) {
          throw e;
        }
        missing.add(e.reason());
      }
    }
    if (members.isEmpty()) {
      throw LookupFailure.absent(
          missing.isEmpty() ? name.name() + " names no server" : String.join("; ", missing));
    }
    return new Answer<>(List.copyOf(members.values()), ttl);
  }

  private static int weight(int weight, int heaviest) {
    if (heaviest <= Member.WEIGHT_MAX) {
      return Math.max(1, weight);
    }
    return Math.max(1, Math.round((float) weight * Member.WEIGHT_MAX / heaviest));
  }

  @Override
  public Duration pause(int failures) {
    Duration pause = SHORTEST.multipliedBy(1L << Math.min(failures - 1, 10));
    return pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
  }
}
