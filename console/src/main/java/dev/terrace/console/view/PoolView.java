package dev.terrace.console.view;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * A pool with its members.
 *
 * @param usedBy the tiers that choose from it: dns, http; of a shard's pool: sql
 * @param version grows by one with every change of a member's state or of the file's entry
 * @param available how many members take new work
 */
public record PoolView(
    String name,
    String policy,
    List<String> usedBy,
    long version,
    int available,
    List<MemberView> members) {

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
    return new PoolView(
        pool.name(),
        pool.policy().name(),
        users(subject.file(), pool.name()),
        snapshot.version(),
        snapshot.available().size(),
        snapshot.members().stream().map(m -> MemberView.of(subject, pool.name(), m)).toList());
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
