package dev.terrace.sql.session;

import dev.terrace.core.pool.PoolMember;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's server connection: at most one at a time is in use. It is lent for a transaction, or
 * for a statement outside of one, and gets the session's settings before it is used. A session that
 * leaves something behind in a server keeps that connection to its end.
 */
final class Link {

  /** A connection in use. */
  record Held(ServerConnection connection, PoolMember member, int shard, boolean replica) {
    boolean isCoordinator() {
      return shard == Target.COORDINATOR;
    }
  }

  private final Session session;
  private final ServerPool pool;
  private final ServerSeeker seeker;
  private final Coordination coordination;
  private @Nullable Held held;
  private final OwnServers own;
  private final PauseWait pause;
  private final Settling settling;
  private boolean outside;
  private boolean waiting;
  private boolean asking;

  Link(Session session, ServerPool pool) {
    this.session = session;
    this.pool = pool;
    this.seeker = new ServerSeeker(session, pool);
    this.coordination = new Coordination(session, pool);
    this.own = new OwnServers(session);
    this.pause = new PauseWait(session);
    this.settling = new Settling(session, this);
  }

  /** Waits while what the session needs is paused. */
  PauseWait pause() {
    return pause;
  }

  /** Finds servers for this session. */
  ServerSeeker seeker() {
    return seeker;
  }

  /** What goes to the store's coordinator. */
  Coordination coordination() {
    return coordination;
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
    return own.pinnedShard();
  }

  /** The connections that the session keeps. */
  OwnServers own() {
    return own;
  }

  /** Whether the connection in use runs statements beside the transaction. */
  boolean isOutside() {
    return outside;
  }

  /** The state of the transaction at the connection in use, if that takes part in one. */
  byte status() {
    return held == null || outside ? (byte) 'I' : held.connection().status();
  }

  /** Whether the session waits for a connection to become ready. */
  boolean isWaiting() {
    return waiting || asking || pause.isWaiting() || session.state().kept().isWaiting();
  }

  /** Whether the session waits for what Terrace itself asks a server. */
  void asking(boolean now) {
    asking = now;
  }

  /** The session waits for the server from now on. */
  void waits() {
    waiting = true;
  }

  /** What was waited for has come, or will not. */
  void stopWaiting() {
    waiting = false;
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
  void with(Target wanted, Runnable then) {
    // Whoever keeps its servers would miss on a replica what it has left on the primary.
    Target target = session.identity().keepsServers() ? wanted.onPrimary() : wanted;
    Held now = held;
    if (now == null) {
      acquire(target, then);
    } else if (fits(now, target)) {
      own.keepIfWanted(now, target);
      then.run();
    } else {
      session.control().joinUncommitted();
      settling.settle(() -> acquire(target, then));
    }
  }

  private boolean fits(Held now, Target target) {
    boolean sameShard = target.shard() == now.shard() || (target.isAny() && !now.isCoordinator());
    if (session.transaction().state() == Transaction.State.OPEN) {
      return sameShard;
    }
    if (session.transaction().state() == Transaction.State.WAITING
        && !(outside && target.outside())) {
      // What ran before it was begun is to be over first: BEGIN is sent to a server that is new.
      return false;
    }
    return sameShard && (target.readOnly() || !now.replica()) && target.outside() == outside;
  }

  /** Ends what was sent to the connection in use. */
  Settling settling() {
    return settling;
  }

  /** Gives the connection in use back, or keeps it for the end of the transaction. */
  void leave() {
    if (held != null && !outside && session.transaction().state() == Transaction.State.OPEN) {
      park();
    } else {
      release();
    }
  }

  /** Puts the connection in use to the others of the transaction. */
  void park() {
    Held now = held;
    if (now != null) {
      held = null;
      session.branches().park(now);
    }
  }

  private void acquire(Target target, Runnable then) {
    waiting = true;
    Held parked = parked(target);
    if (parked != null) {
      held = parked;
      outside = false;
      parked.connection().use(session.replies());
      own.keepIfWanted(parked, target);
      go(then);
      return;
    }
    pause.pass(target, free -> find(free, then), this::giveUp);
  }

  private void find(Target target, Runnable then) {
    Held kept = own.find(target);
    if (kept != null) {
      adopt(kept, target, then);
      return;
    }
    seeker.seek(
        target,
        new ServerSeeker.Found() {
          @Override
          public void found(Held next) {
            adopt(next, target, then);
          }

          @Override
          public void none(SqlError error) {
            giveUp(error);
          }
        });
  }

  private @Nullable Held parked(Target target) {
    Branches branches = session.branches();
    if (branches.isEmpty()) {
      return null;
    }
    return branches.take(target.isAny() ? branches.anyShard() : target.shard());
  }

  private void giveUp(SqlError error) {
    waiting = false;
    session.batch().fail(error);
    session.resume();
  }

  private void adopt(Held next, Target target, Runnable then) {
    held = next;
    outside = target.outside();
    ServerConnection connection = next.connection();
    connection.use(session.replies());
    next.member().load().begin();
    own.keepIfWanted(next, target);
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
    Held now = held;
    if (now != null && now.isCoordinator()) {
      coordination.snapshots(now, () -> go(then), this::giveUp);
      return;
    }
    if (transaction.state() == Transaction.State.NONE || target.outside()) {
      go(then);
      return;
    }
    if (transaction.preludeMayFail()) {
      inject(
          transaction.openAt(connection()),
          error -> error.ifPresentOrElse(this::giveUp, () -> go(then)));
    } else {
      // It leaves with the statement that follows.
      write(transaction.openAt(connection()), error -> error.ifPresent(e -> desynchronized()));
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
    write(sql, done);
    connection().flush();
  }

  private void write(String sql, Consumer<Optional<SqlError>> done) {
    session.replies().expect(Expect.hiddenQuery(done));
    connection().sendForReady(Requests.query(session.alloc(), sql));
  }

  /** Gives the connection in use back. */
  void release() {
    Held now = held;
    if (now == null) {
      return;
    }
    held = null;
    outside = false;
    giveBack(now);
  }

  /** Gives a connection back. */
  void giveBack(Held now) {
    now.member().load().end();
    now.connection().channel().config().setAutoRead(true);
    if (own.contains(now.connection())) {
      now.connection().use(new PinnedIdle(session));
    } else if (now.isCoordinator()) {
      coordination.giveBack(now);
    } else {
      pool.release(now.connection());
    }
  }

  /** Notes that the connection in use is gone; says what it was. */
  @Nullable Held dropLost(ServerConnection lost) {
    Held now = held;
    if (own.lost(lost)) {
      session.pinnedLost();
    }
    if (now == null || !now.connection().equals(lost)) {
      return null;
    }
    held = null;
    outside = false;
    now.member().load().end();
    now.member().load().fail();
    if (now.replica()) {
      seeker.avoid(now.member());
    }
    return now;
  }

  /** What the session left behind may be wiped: DISCARD ALL. */
  void unpin() {
    for (ServerConnection connection : own.leave()) {
      boolean inUse = held != null && held.connection().equals(connection);
      if (!inUse) {
        pool.release(connection);
      }
    }
    own.goes(pool);
  }

  /** The client is gone. What is not clean is closed. */
  void close() {
    Held now = held;
    pause.close();
    session.state().kept().close();
    if (!session.control().isEnding()) {
      session.state().invalidation().lost();
    }
    unpin();
    if (now != null) {
      if (!now.connection().isClean()) {
        now.connection().taint();
      }
      release();
    }
  }

  /** Cancels what runs on the connection in use, or the wait for one. */
  void cancel() {
    seeker.cancel();
    coordination.cancel();
    pause.cancel();
    session.state().kept().cancel();
    cancelRunning();
  }

  /**
   * Cancels what runs on the connection in use. The server takes no notice if the statement has not
   * arrived there yet, so it is asked again for as long as the client waits.
   */
  void cancelRunning() {
    Held now = held;
    if (now != null) {
      CancelRequest.send(session.shared().loops(), now.connection());
      long round = session.batch().rounds();
      session
          .loop()
          .schedule(
              () -> cancelAgain(now, round), CancelRequest.AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void cancelAgain(Held cancelled, long round) {
    if (cancelled.equals(held) && session.batch().isBusy() && session.batch().rounds() == round) {
      cancelRunning();
    }
  }
}
