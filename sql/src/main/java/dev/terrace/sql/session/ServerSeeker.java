package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.wire.SqlError;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a server for a statement and gets a connection to it: a fresh replica for a read, another
 * one if that fails, the primary if none is left; for everything else the primary.
 */
final class ServerSeeker {

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

  private final Session session;
  private final ServerPool pool;
  private final Set<String> tried = new HashSet<>();

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
    int shards = session.service().members().shards();
    int shard = target.isAny() ? ThreadLocalRandom.current().nextInt(shards) : target.shard();
    attempt(target, shard, found);
  }

  private void attempt(Target target, int wanted, Found found) {
    Members members = session.service().members();
    int candidates = target.isAny() ? members.shards() : 1;
    for (int i = 0; i < candidates; i++) {
      int shard = (wanted + i) % members.shards();
      Optional<Choice> choice = choose(members, shard, target.readOnly());
      if (choice.isPresent()) {
        connect(choice.get(), target, found);
        return;
      }
    }
    found.none(
        SqlError.error(
            "57P03",
            "shard " + wanted + "'s primary is not available: " + members.primaryDown(wanted),
            LATER));
  }

  private Optional<Choice> choose(Members members, int shard, boolean readOnly) {
    if (readOnly) {
      long random = ThreadLocalRandom.current().nextLong();
      Optional<PoolMember> replica =
          members.replica(shard, random, session.writes().last(shard), tried);
      if (replica.isPresent()) {
        return Optional.of(new Choice(replica.get(), shard, true));
      }
    }
    return members
        .primary(shard)
        .filter(member -> !tried.contains(member.id()))
        .map(member -> new Choice(member, shard, false));
  }

  private void connect(Choice choice, Target target, Found found) {
    pool.acquire(
        choice.member().member().address(),
        session.account(),
        session.settings(),
        new ServerPool.Acquired() {
          @Override
          public void connected(ServerConnection connection) {
            if (session.isClosed()) {
              pool.release(connection);
            } else if (stale(connection)) {
              connection.close();
              attempt(target, choice.shard(), found);
            } else {
              connection.schemaVersion(session.shared().schemaVersion().get());
              found.found(
                  new Link.Held(connection, choice.member(), choice.shard(), choice.replica()));
            }
          }

          @Override
          public void failed(ServerFailure failure) {
            if (!session.isClosed()) {
              notConnected(choice, failure, target, found);
            }
          }
        });
  }

  /** Whether it has statements that were prepared under another schema. */
  private boolean stale(ServerConnection connection) {
    return connection.schemaVersion() != session.shared().schemaVersion().get()
        && !connection.statements().isEmpty();
  }

  private void notConnected(Choice choice, ServerFailure failure, Target target, Found found) {
    String who = describe(choice.shard(), choice.replica(), choice.member());
    switch (failure.kind()) {
      case UNREACHABLE -> {
        choice.member().load().fail();
        avoid(choice.member());
        if (choice.replica() || target.isAny()) {
          attempt(target, choice.shard(), found);
        } else {
          found.none(
              SqlError.error("57P03", who + " cannot be reached: " + failure.detail(), LATER));
        }
      }
      case LOGIN ->
          found.none(SqlError.error("08006", "cannot log in to " + who + ": " + failure.detail()));
      case BUSY ->
          found.none(
              SqlError.error(
                  "53300",
                  failure.detail(),
                  "Raise sql.max-server-connections, sql.acquire-timeout or sql.max-waiting, or keep"
                      + " transactions shorter."));
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
        "lost " + describe(held.shard(), held.replica(), held.member()) + ": " + why.message());
  }

  /** How errors name a server. */
  static String describe(int shard, boolean replica, PoolMember member) {
    return "shard " + shard + "'s " + (replica ? "replica " : "primary ") + member.id();
  }
}
