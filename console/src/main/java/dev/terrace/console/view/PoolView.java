package dev.terrace.console.view;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Membership;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolSnapshot;
import dev.terrace.net.discovery.Discovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pool with its members.
 *
 * @param usedBy the tiers that choose from it: dns, http; of a shard's pool: sql
 * @param version grows by one with every change of a member's state or of the file's entry
 * @param available how many members take new work
 * @param discovery where its members are looked for, and how that goes; null if they are not
 */
public record PoolView(
    String name,
    String policy,
    List<String> usedBy,
    long version,
    int available,
    @Nullable DiscoveryView discovery,
    List<MemberView> members) {

  /**
   * How discovery goes.
   *
   * @param failure why the last look found nothing; null if it did
   */
  public record DiscoveryView(String source, int found, @Nullable String failure) {
    static DiscoveryView of(Discovery.Status status) {
      return new DiscoveryView(status.source(), status.members(), status.failure().orElse(null));
    }
  }

  public PoolView {
    usedBy = List.copyOf(usedBy);
    members = List.copyOf(members);
  }

  /** All pools, in file order, those of the stores' shards last. */
  public static List<PoolView> all(Subject subject) {
    return subject.pools().all().stream().map(pool -> of(subject, pool)).toList();
  }

  static PoolView of(Subject subject, Pool pool) {
    PoolSnapshot snapshot = pool.snapshot();
    Optional<Membership> membership = subject.memberships().apply(pool.name());
    return new PoolView(
        pool.name(),
        pool.policy().name(),
        users(subject.file(), pool.name()),
        snapshot.version(),
        snapshot.available().size(),
        subject.discoveries().apply(pool.name()).map(DiscoveryView::of).orElse(null),
        snapshot.members().stream()
            .map(m -> MemberView.of(subject, pool.name(), membership, m))
            .toList());
  }

  private static List<String> users(TerraceConfig file, String pool) {
    List<String> users = new ArrayList<>();
    boolean dns =
        file.dns().zones().values().stream()
            .flatMap(zone -> zone.records().values().stream())
            .anyMatch(name -> name.pool().filter(pool::equals).isPresent());
    if (dns) {
      users.add("dns");
    }
    if (file.http().routes().stream().anyMatch(route -> route.sentTo().contains(pool))) {
      users.add("http");
    }
    // The file's own pools have plain names; those of shards are STORE/SHARD/ROLE.
    if (!file.pools().containsKey(pool)) {
      users.add("sql");
    }
    return users;
  }
}
