package dev.terrace.app.server;

import dev.terrace.config.PoolSpecs;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.console.Failover;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Promotion;
import dev.terrace.core.freshness.Role;
import dev.terrace.core.freshness.ShardRoles;
import dev.terrace.core.freshness.StoreRoles;
import dev.terrace.core.freshness.StoreRoles.Shard;
import dev.terrace.core.pool.Address;
import dev.terrace.core.pool.Drain;
import dev.terrace.core.pool.Memberships;
import dev.terrace.core.pool.Pools;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engines.postgresql.PostgresSwitchOver;
import dev.terrace.kv.data.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Makes another server of a shard its primary. The old one is fenced first if it can be asked: no
 * statement goes to it, work in hand ends, it takes no more writes of anybody, and only when the
 * new one has replayed all of its log is that promoted. What fails before the promotion is undone.
 */
final class Failovers {

  private static final System.Logger LOG = System.getLogger(Failovers.class.getName());

  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration NOTICE_TIMEOUT = Duration.ofSeconds(10);
  private static final long AGAIN_NANOS = 10_000_000;

  private final Pools pools;
  private final Memberships memberships;
  private final StoreRoles roles;
  private final StoreServers servers;
  private final Set<Shard> underWay = new HashSet<>();

  Failovers(Pools pools, Memberships memberships, StoreRoles roles, StoreServers servers) {
    this.pools = pools;
    this.memberships = memberships;
    this.roles = roles;
    this.servers = servers;
  }

  /** Does it, or says why not; it blocks. */
  Failover run(TerraceConfig file, Failover.Request request) {
    Shard shard = new Shard(request.store(), request.shard());
    synchronized (underWay) {
      if (!underWay.add(shard)) {
        return new Failover.Refused(
            "a failover of " + shard + " is under way", "wait until it is over");
      }
    }
    try {
      StoreConfig store = file.databases().get(request.store());
      Optional<ShardRoles> known = roles.of(request.store(), request.shard());
      if (store == null || known.isEmpty()) {
        return new Failover.Refused("there is no " + shard, "see terrace status");
      }
      return new Run(request, shard, store, known.get()).choose();
    } finally {
      synchronized (underWay) {
        underWay.remove(shard);
      }
    }
  }

  private static boolean await(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(AGAIN_NANOS);
    }
    return true;
  }

  private final class Run {
    private final Failover.Request request;
    private final Shard shard;
    private final ShardRoles before;
    private final PostgresSwitchOver steps;
    private final String primaryPool;
    private final String old;
    private final List<String> warnings = new ArrayList<>();

    Run(Failover.Request request, Shard shard, StoreConfig store, ShardRoles before) {
      this.request = request;
      this.shard = shard;
      this.before = before;
      this.steps =
          new PostgresSwitchOver(
              EngineSettings.of(shard.store(), store, STEP_TIMEOUT, STEP_TIMEOUT, 1));
      this.primaryPool = PoolSpecs.primary(shard.store(), shard.number());
      this.old = before.place();
    }

    Failover choose() {
      return switch (Promotion.choose(before, request.to())) {
        case Promotion.Not(String reason) ->
            new Failover.Refused(
                shard + ": " + reason, "name another with --to, or see terrace status");
        case Promotion.Of(String server, long lacking) ->
            before.primaryUp() || request.force()
                ? replaceBy(server, lacking)
                : new Failover.Refused(
                    "the primary "
                        + old
                        + " of "
                        + shard
                        + " cannot be asked ("
                        + before.role(old).reason()
                        + "): "
                        + server
                        + " lacks "
                        + lacking
                        + " bytes of what its log was last seen to be, and whatever it wrote since",
                    "go on with --force if that may be lost, or bring the primary back");
      };
    }

    private Failover replaceBy(String next, long lacking) {
      LOG.log(System.Logger.Level.WARNING, "{0}: failover from {1} to {2}", shard, old, next);
      memberships.drain(primaryPool, old, Optional.of(new Drain(Optional.empty())));
      boolean fenced = false;
      try {
        if (before.primaryUp()) {
          fenced = fence(next);
        }
        steps.promote(Address.parse(next), STEP_TIMEOUT);
      } catch (EngineFailure e) {
        undo();
        return new Failover.Refused(
            shard + " keeps its primary " + old + ": " + e.reason(), "see to that and try again");
      }
      return finish(next, fenced ? Optional.empty() : Optional.of(lacking));
    }

    /** Takes the old primary out of use; whether the next one is sure to have all of it. */
    private boolean fence(String next) throws EngineFailure {
      if (!await(DRAIN_TIMEOUT, () -> inHand() == 0)) {
        warnings.add(inHand() + " transactions were ended on " + old);
      }
      LogMark end;
      try {
        end = steps.fence(Address.parse(old));
      } catch (EngineFailure e) {
        if (!request.force()) {
          throw e;
        }
        warnings.add("the old primary could not be fenced: " + e.reason());
        return false;
      }
      long deadline = System.nanoTime() + STEP_TIMEOUT.toNanos();
      while (steps.replayed(Address.parse(next)).compareTo(end.lsn()) < 0) {
        if (System.nanoTime() - deadline >= 0) {
          throw new EngineFailure(
              EngineFailure.Kind.TIMEOUT,
              next + " did not replay the log of " + old + " up to " + end.lsn() + " in time");
        }
        LockSupport.parkNanos(AGAIN_NANOS);
      }
      return true;
    }

    private int inHand() {
      return pools
          .find(primaryPool)
          .flatMap(pool -> pool.snapshot().find(old))
          .map(member -> member.load().inFlight())
          .orElse(0);
    }

    private void undo() {
      if (before.primaryUp()) {
        try {
          steps.unfence(Address.parse(old));
        } catch (EngineFailure e) {
          LOG.log(
              System.Logger.Level.ERROR,
              "{0}: {1} may still be read only: run ALTER SYSTEM RESET"
                  + " default_transaction_read_only there; {2}",
              shard,
              old,
              e.reason());
        }
      }
      memberships.drain(primaryPool, old, Optional.empty());
      servers.hurry(shard);
    }

    private Failover finish(String next, Optional<Long> lacking) {
      boolean noticed =
          await(
              NOTICE_TIMEOUT,
              () -> {
                servers.hurry(shard);
                return roles
                    .of(shard.store(), shard.number())
                    .filter(now -> now.place().equals(next) && now.primaryUp())
                    .isPresent();
              });
      if (!noticed) {
        warnings.add(next + " was promoted, and does not say so yet: see terrace status");
      }
      List<String> repointed = new ArrayList<>();
      List<String> orphaned = new ArrayList<>();
      for (String server : before.servers()) {
        if (!server.equals(next)) {
          (repointed(server, next) ? repointed : orphaned).add(server);
        }
      }
      ShardRoles now = roles.of(shard.store(), shard.number()).orElse(before);
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: {1} is primary, on timeline {2}; not read from until they follow it: {3}",
          shard,
          next,
          Integer.toString(now.timeline()),
          orphaned);
      return new Failover.Done(
          shard.store(),
          shard.number(),
          old,
          next,
          now.timeline(),
          lacking.orElse(null),
          repointed,
          orphaned,
          warnings);
    }

    private boolean repointed(String server, String next) {
      Role.Kind kind = before.role(server).kind();
      boolean standby = kind == Role.Kind.REPLICA || kind == Role.Kind.DETACHED;
      if (server.equals(old) || !standby) {
        warnings.add(server + " must be rebuilt as a replica of " + next + " (pg_rewind)");
        return false;
      }
      if (!request.repoint()) {
        warnings.add(server + " follows " + old + " still: set its primary_conninfo to " + next);
        return false;
      }
      try {
        steps.repoint(Address.parse(server), Address.parse(next));
        return true;
      } catch (EngineFailure e) {
        warnings.add(e.reason());
        return false;
      }
    }
  }
}
