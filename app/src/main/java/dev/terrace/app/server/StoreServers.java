package dev.terrace.app.server;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.core.freshness.Replication;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pool;
import dev.terrace.core.pool.PoolMember;
import dev.terrace.core.pool.Pools;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.net.health.HealthChecks;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Keeps the two pools of each shard in step with who is primary: a server that was promoted moves
 * to the one, who was primary before to the other, where it is down until it follows.
 */
final class StoreServers implements StoreRoles.Follower, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StoreServers.class.getName());

  private final Replication replication;
  private final Pools pools;
  private final Memberships memberships;
  private final HealthChecks checks;
  private final Signals signals;

  /** One after the other, and not on the thread of the check that saw the change. */
  private final ExecutorService moves =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("store-servers").factory());

  private volatile Optional<TerraceConfig> file = Optional.empty();

  StoreServers(
      Replication replication,
      Pools pools,
      Memberships memberships,
      HealthChecks checks,
      Signals signals) {
    this.replication = replication;
    this.pools = pools;
    this.memberships = memberships;
    this.checks = checks;
    this.signals = signals;
    replication.roles().follow(this);
  }

  /** Makes the set of pools equal to the file's, each primary where it is known to be. */
  synchronized void configure(TerraceConfig next) {
    Set<Shard> wanted = new HashSet<>();
    next.databases()
        .forEach((store, config) -> {
          for (int number = 0; number < config.shards().size(); number++) {
            Shard shard = new Shard(store, number);
            ShardConfig servers = config.shards().get(number);
            wanted.add(shard);
            replication
                .roles()
                .declare(
                    shard,
                    servers.primary().toString(),
                    servers.replicas().stream().map(Address::toString).toList());
          }
        });
    replication.roles().retain(wanted);
    file = Optional.of(next);
    memberships.configure(PoolSpecs.of(next, this::primary));
    wanted.forEach(this::unchecked);
  }

  private Optional<String> primary(String store, int shard) {
    return replication.roles().of(store, shard).flatMap(ShardRoles::primary);
  }

  /** Servers take nothing before their roles are known: the file may be older than they are. */
  private void unchecked(Shard shard) {
    replication
        .roles()
        .of(shard.store(), shard.number())
        .ifPresent(roles -> {
          for (Pool pool : pools(shard)) {
            for (PoolMember member : pool.snapshot().members()) {
              Role role = roles.role(member.id());
              if (role.kind() == Role.Kind.UNKNOWN) {
                pool.setHealth(member.id(), MemberState.DOWN, role.reason());
              }
            }
          }
        });
  }

  private List<Pool> pools(Shard shard) {
    return List.of(
        pools.get(PoolSpecs.primary(shard.store(), shard.number())),
        pools.get(PoolSpecs.replicas(shard.store(), shard.number())));
  }

  @Override
  public void changed(Shard shard, ShardRoles before, ShardRoles now) {
    for (String server : now.servers()) {
      tell(shard, server, before.role(server).kind(), now.role(server));
    }
    if (!before.place().equals(now.place())) {
      // At once, so that nothing goes there until its place is another's.
      pools
          .find(PoolSpecs.primary(shard.store(), shard.number()))
          .ifPresent(pool ->
              pool.setHealth(
                  before.place(), MemberState.DOWN, now.place() + " is the primary now"));
    }
    if (!before.primary().equals(now.primary())) {
      if (before.timeline() > 0 && now.primary().isPresent()) {
        signals
            .counter(Metric.SQL_PROMOTIONS, shard.store(), Integer.toString(shard.number()))
            .increment();
      }
      later(() -> arrange(shard));
    }
  }

  /** An orphan wavers between not streaming and streaming the wrong log: that is no news. */
  private static void tell(Shard shard, String server, Role.Kind before, Role now) {
    boolean was = before == Role.Kind.PRIMARY || before == Role.Kind.REPLICA;
    boolean is = now.kind() == Role.Kind.PRIMARY || now.kind() == Role.Kind.REPLICA;
    boolean news =
        was != is || now.kind() == Role.Kind.FENCED || before == Role.Kind.UNKNOWN || was;
    if (news && before != now.kind() && now.kind() != Role.Kind.UNKNOWN) {
      LOG.log(
          is ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
          "{0}: {1} is {2}: {3}",
          shard,
          server,
          now.kind().name().toLowerCase(Locale.ROOT),
          now.reason());
    }
  }

  @Override
  public void suspected(Shard shard) {
    later(() -> hurry(shard));
  }

  /** Has all servers of the shard checked now. */
  void hurry(Shard shard) {
    checks.hurry(PoolSpecs.primary(shard.store(), shard.number()));
    checks.hurry(PoolSpecs.replicas(shard.store(), shard.number()));
  }

  private void later(Runnable work) {
    try {
      moves.execute(work);
    } catch (RejectedExecutionException e) {
      // It is stopping: nobody is served by it any more.
    }
  }

  private synchronized void arrange(Shard shard) {
    Optional<StoreConfig> store = file.map(f -> f.databases().get(shard.store()));
    Optional<ShardRoles> known = replication.roles().of(shard.store(), shard.number());
    if (store.isEmpty() || known.isEmpty() || known.get().primary().isEmpty()) {
      return;
    }
    ShardRoles roles = known.get();
    for (Pools.Spec spec :
        PoolSpecs.shard(shard.store(), store.get(), shard.number(), roles.primary())) {
      memberships.declared(spec.name(), spec.members());
    }
    String replicas = PoolSpecs.replicas(shard.store(), shard.number());
    for (String server : roles.servers()) {
      Role role = roles.role(server);
      if (!server.equals(roles.place()) && role.kind() != Role.Kind.REPLICA) {
        pools.get(replicas).setHealth(server, MemberState.DOWN, role.reason());
      }
    }
  }

  @Override
  public void close() {
    moves.shutdownNow();
  }
}
