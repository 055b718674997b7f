package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerFailure;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's server connection: at most one at a time is in use. It is lent for a transaction, or
 * for a statement outside of one, and gets the session's settings before it is used. A session that
 * leaves something behind in a server keeps that connection to its end.
 */
final class Link {

  /** A connection in use. */
  record Held(ServerConnection connection, PoolMember member, int shard, boolean replica) {}

  private final Session session;
  private final ServerPool pool;
  private final Set<String> tried = new HashSet<>();
  private @Nullable Held held;
  private @Nullable Held pinned;
  private boolean outside;
  private boolean waiting;

  Link(Session session, ServerPool pool) {
    this.session = session;
    this.pool = pool;
  }

  /** The connection in use, null if there is none. */
  @Nullable Held held() {
    return held;
  }

  /** The connection in use, which there must be. */
  ServerConnection connection() {
    Held now = held;
    if (now == null) {
      throw new IllegalStateException("there is no server connection");
    }
    return now.connection();
  }

  /** The shard on which the session has left something behind, {@link Target#ANY} if none. */
  int pinnedShard() {
    return pinned == null ? Target.ANY : pinned.shard();
  }

  /** Whether the connection in use runs statements beside the transaction. */
  boolean isOutside() {
    return outside;
  }

  /** Whether the session waits for a connection to become ready. */
  boolean isWaiting() {
    return waiting;
  }

  /** Relays what the server has sent so far. */
  void cut() {
    if (held != null) {
      held.connection().cut();
    }
  }

  /** The server sent what fits nothing: it must never be used again. */
  void desynchronized() {
    if (held != null) {
      held.connection().close();
    }
  }

  /** Sees to a connection for the target, then goes on; if there is none, the session fails. */
  void with(Target target, Runnable then) {
    Held now = held;
    if (now == null) {
      acquire(target, then);
    } else if (fits(now, target)) {
      pinIfWanted(now, target);
      then.run();
    } else {
      settle(() -> acquire(target, then));
    }
  }

  private boolean fits(Held now, Target target) {
    if (session.transaction().state() == Transaction.State.OPEN) {
      return true;
    }
    boolean sameShard = target.isAny() || target.shard() == now.shard();
    return sameShard && (target.readOnly() || !now.replica()) && target.outside() == outside;
  }

  /** Ends what was sent to the connection in use, gives it back, then goes on. */
  void settle(Runnable then) {
    Held now = held;
    if (now == null) {
      then.run();
      return;
    }
    if (!now.connection().unsynced()) {
      release();
      then.run();
      return;
    }
    waiting = true;
    session.replies().expect(
        Expect.hiddenSync(none -> {
          waiting = false;
          session.settled();
          if (!session.isSkipping()) {
            release();
            then.run();
          }
          session.resume();
        }));
    now.connection().sendForReady(Requests.sync());
    now.connection().flush();
  }

  private void acquire(Target target, Runnable then) {
    waiting = true;
    Held kept = pinned;
    if (kept != null && (target.isAny() || target.shard() == kept.shard())) {
      adopt(kept, target, then);
      return;
    }
    int shards = session.service().members().shards();
    int shard = target.isAny() ? ThreadLocalRandom.current().nextInt(shards) : target.shard();
    attempt(target, shard, then);
  }

  private void attempt(Target target, int wanted, Runnable then) {
    Members members = session.service().members();
    int shard = wanted;
    Optional<PoolMember> chosen = Optional.empty();
    boolean replica = false;
    int candidates = target.isAny() ? members.shards() : 1;
    for (int i = 0; i < candidates && chosen.isEmpty(); i++) {
      shard = (wanted + i) % members.shards();
      if (target.readOnly()) {
        long random = ThreadLocalRandom.current().nextLong();
        chosen = members.replica(shard, random, session.lastWrite(shard), tried);
        replica = chosen.isPresent();
      }
      if (chosen.isEmpty()) {
        chosen = members.primary(shard).filter(m -> !tried.contains(m.id()));
      }
    }
    if (chosen.isEmpty()) {
      waiting = false;
      session.fail(unavailable(shard, members.primaryDown(shard)));
      session.resume();
      return;
    }
    connect(new Choice(chosen.get(), shard, replica), target, then);
  }

  private record Choice(PoolMember member, int shard, boolean replica) {}

  private void connect(Choice choice, Target target, Runnable then) {
    pool.acquire(
        choice.member().member().address(),
        session.settings(),
        new ServerPool.Acquired() {
          @Override
          public void connected(ServerConnection connection) {
            Held next =
                new Held(connection, choice.member(), choice.shard(), choice.replica());
            if (session.isClosed()) {
              pool.release(connection);
            } else if (stale(connection)) {
              connection.close();
              attempt(target, choice.shard(), then);
            } else {
              adopt(next, target, then);
            }
          }

          @Override
          public void failed(ServerFailure failure) {
            if (!session.isClosed()) {
              notConnected(choice, failure, target, then);
            }
          }
        });
  }

  /** Whether it has statements that were prepared under another schema. */
  private boolean stale(ServerConnection connection) {
    return connection.schemaVersion() != session.shared().schemaVersion().get()
        && !connection.statements().isEmpty();
  }

  private void notConnected(
      Choice choice, ServerFailure failure, Target target, Runnable then) {
    String who = describe(choice.shard(), choice.replica(), choice.member());
    switch (failure.kind()) {
      case UNREACHABLE -> {
        choice.member().load().fail();
        tried.add(choice.member().id());
        if (choice.replica() || target.isAny()) {
          attempt(target, choice.shard(), then);
          return;
        }
        giveUp(SqlError.error(
            "57P03",
            who + " cannot be reached: " + failure.detail(),
            "Try again once it is back; other shards are served meanwhile."));
      }
      case LOGIN ->
          giveUp(SqlError.error("08006", "cannot log in to " + who + ": " + failure.detail()));
      case BUSY ->
          giveUp(SqlError.error(
              "53300",
              failure.detail(),
              "Raise sql.max-server-connections or sql.acquire-timeout, or hold transactions"
                  + " open for less long."));
    }
  }

  private void giveUp(SqlError error) {
    waiting = false;
    session.fail(error);
    session.resume();
  }

  private static SqlError unavailable(int shard, String why) {
    return SqlError.error(
        "57P03",
        "shard " + shard + "'s primary is not available: " + why,
        "Try again once it is back; other shards are served meanwhile.");
  }

  /** How errors name a server. */
  static String describe(int shard, boolean replica, PoolMember member) {
    return "shard " + shard + "'s " + (replica ? "replica " : "primary ") + member.id();
  }

  private void adopt(Held next, Target target, Runnable then) {
    held = next;
    outside = target.outside();
    ServerConnection connection = next.connection();
    connection.use(session.replies());
    connection.schemaVersion(session.shared().schemaVersion().get());
    next.member().load().begin();
    pinIfWanted(next, target);
    if (connection.settings().equals(session.settings())) {
      begin(target, then);
      return;
    }
    inject(
        session.settings().sql(),
        error -> {
          if (error.isPresent()) {
            connection.taint();
            release();
            giveUp(error.get());
          } else {
            connection.settings(session.settings());
            begin(target, then);
          }
        });
  }

  private void begin(Target target, Runnable then) {
    Transaction transaction = session.transaction();
    if (transaction.state() != Transaction.State.WAITING || target.outside()) {
      go(then);
      return;
    }
    boolean mayFail = transaction.preludeMayFail();
    inject(
        transaction.open(),
        error -> {
          if (mayFail) {
            if (error.isPresent()) {
              giveUp(error.get());
            } else {
              go(then);
            }
          }
        });
    if (!mayFail) {
      go(then);
    }
  }

  private void go(Runnable then) {
    waiting = false;
    then.run();
    session.resume();
  }

  /** Runs a query that the client does not know of. */
  void inject(String sql, Consumer<Optional<SqlError>> done) {
    session.replies().expect(Expect.hiddenQuery(done));
    ServerConnection connection = connection();
    connection.sendForReady(Requests.query(session.alloc(), sql));
    connection.flush();
  }

  private void pinIfWanted(Held now, Target target) {
    if (target.pins() && pinned == null) {
      pinned = now;
    }
  }

  /** Gives the connection in use back. */
  void release() {
    Held now = held;
    if (now == null) {
      return;
    }
    held = null;
    outside = false;
    now.member().load().end();
    now.connection().channel().config().setAutoRead(true);
    if (now == pinned) {
      now.connection().use(new PinnedIdle(session));
    } else {
      pool.release(now.connection());
    }
  }

  /** The statement is over: members that failed it may be tried again. */
  void forgetTried() {
    if (!tried.isEmpty()) {
      tried.clear();
    }
  }

  /** Notes that the connection in use is gone; says what it was. */
  @Nullable Held dropLost(ServerConnection lost) {
    Held now = held;
    if (pinned != null && pinned.connection() == lost) {
      pinned = null;
      session.pinnedLost();
    }
    if (now == null || now.connection() != lost) {
      return null;
    }
    held = null;
    outside = false;
    waiting = false;
    now.member().load().fail();
    now.member().load().end();
    tried.add(now.member().id());
    return now;
  }

  /** What the session left behind may be wiped: DISCARD ALL. */
  void unpin() {
    Held kept = pinned;
    pinned = null;
    if (kept != null && kept != held) {
      kept.connection().suspect();
      pool.release(kept.connection());
    } else if (kept != null) {
      kept.connection().suspect();
    }
  }

  /** The client is gone. What is not clean is closed. */
  void close() {
    Held now = held;
    unpin();
    if (now != null) {
      if (!now.connection().isClean()) {
        now.connection().taint();
      }
      release();
    }
  }

  /** Cancels what runs on the connection in use. */
  void cancel() {
    Held now = held;
    if (now != null) {
      CancelRequest.send(session.shared().loops(), now.connection());
    }
  }
}
