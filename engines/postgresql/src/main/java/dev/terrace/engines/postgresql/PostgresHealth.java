package dev.terrace.engines.postgresql;

import dev.terrace.core.freshness.LagLimit;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.ReplicaProgress;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.Sighting;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.health.ProbeResult;
import dev.terrace.core.pool.Member;
import dev.terrace.engine.StoreSettings;
import dev.terrace.net.health.Probe;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The checks of PostgreSQL servers. Each is asked for its role, which goes into {@link StoreRoles};
 * a primary then passes if it is the one that is believed, a replica if it follows that one closely
 * enough, which is noted in {@link ReplicaProgress}.
 */
public final class PostgresHealth implements AutoCloseable {

  /** The checks of one shard's servers. */
  public record ShardProbes(int shard, Probe primary, Probe replica) {}

  private record Store(StoreSettings settings, int shards, LagLimit limit) {}

  private record Checked(ProbeConnections connections, List<ShardProbes> probes) {}

  private final StoreRoles roles;
  private final ReplicaProgress progress;
  private final Map<Store, Checked> stores = new HashMap<>();

  /** Checks nothing yet. */
  public PostgresHealth(StoreRoles roles, ReplicaProgress progress) {
    this.roles = roles;
    this.progress = progress;
  }

  /**
   * The checks of a store, by shard; the same objects for the same arguments, so that a reload
   * which leaves the store alone leaves its checks alone.
   *
   * @param limit a replica that is further behind fails its check
   */
  public synchronized List<ShardProbes> probes(StoreSettings settings, int shards, LagLimit limit) {
    return stores.computeIfAbsent(new Store(settings, shards, limit), this::checked).probes();
  }

  private Checked checked(Store store) {
    ProbeConnections connections = new ProbeConnections(store.settings());
    List<ShardProbes> probes = new ArrayList<>();
    for (int number = 0; number < store.shards(); number++) {
      Shard shard = new Shard(store.settings().store(), number);
      ShardCheck check = new ShardCheck(shard, new LogPositions(), connections, store.limit());
      probes.add(new ShardProbes(number, check::primary, check::replica));
    }
    return new Checked(connections, List.copyOf(probes));
  }

  private final class ShardCheck {
    private final Shard shard;
    private final LogPositions log;
    private final ProbeConnections connections;
    private final LagLimit limit;

    ShardCheck(Shard shard, LogPositions log, ProbeConnections connections, LagLimit limit) {
      this.shard = shard;
      this.log = log;
      this.connections = connections;
      this.limit = limit;
    }

    ProbeResult primary(Member member, Duration timeout) {
      ShardRoles now = look(member, timeout);
      Role role = now.role(member.id());
      return switch (role.kind()) {
        case PRIMARY -> new ProbeResult.Passed();
        case REPLICA -> new ProbeResult.Failed("it is a replica, not a primary");
        case UNKNOWN -> unknown(now, role);
        case FENCED, ORPHANED, DETACHED, SILENT -> new ProbeResult.Failed(role.reason());
      };
    }

    ProbeResult replica(Member member, Duration timeout) {
      ShardRoles now = look(member, timeout);
      Role role = now.role(member.id());
      return switch (role.kind()) {
        case REPLICA -> near(member, now);
        case PRIMARY -> new ProbeResult.Failed("it is the primary, not a replica");
        case UNKNOWN -> unknown(now, role);
        case FENCED, ORPHANED, DETACHED, SILENT -> new ProbeResult.Failed(role.reason());
      };
    }

    private static ProbeResult unknown(ShardRoles now, Role role) {
      return now.complete()
          ? new ProbeResult.Failed(role.reason())
          : new ProbeResult.Undecided(role.reason());
    }

    private ProbeResult near(Member member, ShardRoles now) {
      Optional<Progress> seen = progress.of(member.id());
      if (seen.isEmpty()) {
        String why = "how far it is behind is not known";
        return now.primaryUp() ? new ProbeResult.Undecided(why) : new ProbeResult.Failed(why);
      }
      Optional<String> exceeded = limit.exceeded(seen.get());
      return exceeded.isPresent()
          ? new ProbeResult.Failed(exceeded.get())
          : new ProbeResult.Passed();
    }

    /** Asks the server for its role, and says what is known of the shard then. */
    private ShardRoles look(Member member, Duration timeout) {
      long asked = System.nanoTime();
      return connections.ask(
          member,
          timeout,
          ServerQuestion.SQL,
          row -> saw(member, row, asked),
          reason -> roles.note(shard, member.id(), new Sighting.Silent(reason)));
    }

    private ShardRoles saw(Member member, ResultSet row, long asked) throws SQLException {
      Sighting sighting = ServerQuestion.read(row);
      ShardRoles now = roles.note(shard, member.id(), sighting);
      Role.Kind kind = now.role(member.id()).kind();
      if (kind == Role.Kind.PRIMARY) {
        log.sample(ServerQuestion.sample(row, asked));
      }
      if (kind == Role.Kind.REPLICA && sighting instanceof Sighting.Standby standby) {
        measure(member, new LogMark(now.timeline(), standby.replayed()));
      } else {
        progress.forget(member.id());
      }
      return now;
    }

    private void measure(Member member, LogMark replayed) {
      OptionalLong caughtUp = log.caughtUpTo(replayed);
      if (caughtUp.isPresent()) {
        progress.note(
            member.id(),
            new Progress(
                caughtUp.getAsLong(),
                log.lag(replayed, System.nanoTime()),
                log.lagBytes(replayed),
                replayed));
      }
    }
  }

  /** Closes the kept connections. */
  @Override
  public synchronized void close() {
    stores.values().forEach(checked -> checked.connections().close());
    stores.clear();
  }
}
