package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.wire.SqlError;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server for a statement and gets a connection to it: a fresh replica for a read, another
 * one if that fails, the primary if none is left; for everything else the primary. While there is
 * none it waits, as in a failover: nothing was sent yet, so nothing is lost by it.
 */
final class ServerSeeker {

  /** What a client gets that has asked for it. */
  static final SqlError CANCELLED =
      SqlError.error("57014", "canceling statement due to user request");

  /** Takes the outcome of {@link #seek}; called once, perhaps before seek returns. */
  interface Found {
    /** Here is a connection; the session is still there. */
    void found(Link.Held held);

    /** There is none. */
    void none(SqlError error);
  }

  private record Choice(PoolMember member, int shard, boolean replica) {}

  private static final String LATER =
      "Try again once it is back; other shards are served meanwhile.";

  /** How often it is looked whether there is a primary again. */
  private static final long PRIMARY_AGAIN_MILLIS = 25;

  /** How often it is looked whether a replica has come further: checks tell of it. */
  private static final long REPLICA_AGAIN_MILLIS = 5;

  private final Session session;
  private final ServerPool pool;
  private final Set<String> tried = new HashSet<>();
  private @Nullable Search waiting;

  ServerSeeker(Session session, ServerPool pool) {
    this.session = session;
    this.pool = pool;
  }

  /** A member failed this statement: it is not to be tried for it again. */
  void avoid(PoolMember member) {
    tried.add(member.id());
  }

  /** The statement is over: members that failed it may be tried again. */
  void forget() {
    if (!tried.isEmpty()) {
      tried.clear();
    }
  }

  /** Finds a connection for the target. */
  void seek(Target target, Found found) {
    if (target.isCoordinator()) {
      session.link().coordination().seek(found);
      return;
    }
    int shards = session.service().members().shards();
    int shard = target.isAny() ? ThreadLocalRandom.current().nextInt(shards) : target.shard();
    Search search = new Search(target, shard, found);
    search.attempt();
    if (!search.over) {
      session.batch().tally().waits();
    }
  }

  /** Gives up what is waited for: the client has asked for that. */
  void cancel() {
    Search now = waiting;
    if (now != null) {
      now.fail(CANCELLED);
    }
  }

  /** The search of one server for one statement. */
  private final class Search {
    private final Target target;
    private final int wanted;
    private final Found found;

    /** Few searches meet any. */
    private Set<Integer> unreachable = Set.of();

    private long startNanos;
    private String lastFailure = "";
    private boolean waited;
    private boolean over;

    Search(Target target, int wanted, Found found) {
      this.target = target;
      this.wanted = wanted;
      this.found = found;
    }

    void attempt() {
      Members members = session.service().members();
      int candidates = target.isAny() ? members.shards() : 1;
      for (int i = 0; i < candidates; i++) {
        int shard = (wanted + i) % members.shards();
        Optional<Choice> replica = replica(members, shard);
        if (replica.isEmpty() && mayWaitForReplica(members, shard)) {
          again(REPLICA_AGAIN_MILLIS);
          return;
        }
        Optional<Choice> choice = replica.isPresent() ? replica : primary(members, shard);
        if (choice.isPresent()) {
          connect(choice.get());
          return;
        }
      }
      unreachable = Set.of();
      if (within(members.failoverWait())) {
        waited = true;
        again(PRIMARY_AGAIN_MILLIS);
        return;
      }
      String why = lastFailure.isEmpty() ? members.primaryDown(wanted) : lastFailure;
      fail(
          SqlError.error(
              "57P03", "shard " + wanted + "'s primary is not available: " + why, LATER));
    }

    private Optional<Choice> replica(Members members, int shard) {
      if (!target.readOnly()) {
        return Optional.empty();
      }
      long random = ThreadLocalRandom.current().nextLong();
      return members
          .replica(shard, random, session.writes().needs(shard), tried)
          .map(member -> new Choice(member, shard, true));
    }

    private boolean mayWaitForReplica(Members members, int shard) {
      return target.readOnly()
          && !members.readWait().isZero()
          && members.mayCatchUp(shard, session.writes().needs(shard), tried)
          && within(members.readWait());
    }

    private Optional<Choice> primary(Members members, int shard) {
      return unreachable.contains(shard)
          ? Optional.empty()
          : members.primary(shard).map(member -> new Choice(member, shard, false));
    }

    private boolean within(Duration patience) {
      long now = System.nanoTime();
      if (startNanos == 0) {
        startNanos = now;
      }
      return now - startNanos < patience.toNanos();
    }

    private void again(long millis) {
      waiting = this;
      session.loop().schedule(this::goOn, millis, TimeUnit.MILLISECONDS);
    }

    private void goOn() {
      if (!over && !session.isClosed()) {
        waiting = null;
        attempt();
      }
    }

    private void connect(Choice choice) {
      session.batch().tally().seeks(choice.member().id());
      waiting = this;
      pool.acquire(
          choice.member().member().address(),
          session.account(),
          session.settings(),
          session.link().own().owner(),
          new ServerPool.Acquired() {
            @Override
            public void connected(ServerConnection connection) {
              if (over || session.isClosed()) {
                pool.release(connection);
              } else if (!choice.replica() && connection.isStandby()) {
                demoted(choice, connection);
              } else {
                succeed(
                    new Link.Held(connection, choice.member(), choice.shard(), choice.replica()));
              }
            }

            @Override
            public void failed(ServerFailure failure) {
              if (!over && !session.isClosed()) {
                notConnected(choice, failure);
              }
            }
          });
    }

    /** It was made a standby since it was last looked at; or was one when it was connected to. */
    private void demoted(Choice choice, ServerConnection connection) {
      connection.close();
      lastFailure = choice.member().id() + " is in recovery and takes no writes";
      unreachable(choice);
    }

    private void notConnected(Choice choice, ServerFailure failure) {
      String who = describe(choice.shard(), choice.replica(), choice.member());
      switch (failure.kind()) {
        case UNREACHABLE -> {
          choice.member().load().fail();
          lastFailure = choice.member().id() + " cannot be reached: " + failure.detail();
          if (choice.replica()) {
            avoid(choice.member());
            attempt();
          } else {
            unreachable(choice);
          }
        }
        case LOGIN ->
            fail(SqlError.error("08006", "cannot log in to " + who + ": " + failure.detail()));
        case BUSY ->
            fail(
                SqlError.error(
                    "53300",
                    failure.detail(),
                    "Raise sql.max-server-connections, sql.acquire-timeout or sql.max-waiting, or"
                        + " keep transactions shorter."));
      }
    }

    private void unreachable(Choice choice) {
      session.service().members().suspect(choice.shard());
      unreachable = new HashSet<>(unreachable);
      unreachable.add(choice.shard());
      attempt();
    }

    private void succeed(Link.Held held) {
      end("served");
      found.found(held);
    }

    private void fail(SqlError error) {
      end("failed");
      found.none(error);
    }

    private void end(String how) {
      over = true;
      waiting = waiting == this ? null : waiting;
      session.batch().tally().waited();
      if (waited) {
        session.service().meters().waitedForPrimary(how);
      }
    }
  }

  /** What to tell the client of a connection that broke. */
  static SqlError lost(Link.Held held) {
    SqlError why =
        held.connection()
            .farewell()
            .orElse(SqlError.error("08006", "the server closed the connection unexpectedly"));
    return SqlError.error(
        why.sqlState(),
        "lost " + describe(held.shard(), held.replica(), held.member()) + ": " + why.message(),
        held.replica() || held.isCoordinator()
            ? "Try again: another server is asked."
            : "A write that was under way may or may not have been done. The session goes on: look,"
                + " and try again.");
  }

  /** How errors name a server. */
  static String describe(int shard, boolean replica, PoolMember member) {
    return shard == Target.COORDINATOR
        ? "the coordinator " + member.id()
        : "shard " + shard + "'s " + (replica ? "replica " : "primary ") + member.id();
  }
}
