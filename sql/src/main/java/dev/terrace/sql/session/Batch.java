package dev.terrace.sql.session;

import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One round between client and Terrace: a simple query, or a pipeline of extended ones up to its
 * Sync. It ends with one ReadyForQuery; an error skips the rest of it.
 */
final class Batch {

  private final Session session;
  private final Tally tally;
  private boolean starting = true;
  private boolean simple;
  private boolean busy;
  private boolean skipping;
  private boolean failed;
  private boolean sent;
  private boolean draining;
  private @Nullable SqlError cancelledFor;
  private @Nullable ByteBuf rest;
  private long rounds;
  private long startedNanos;

  Batch(Session session) {
    this.session = session;
    this.tally = new Tally(session);
  }

  /** Counts and times the statements. */
  Tally tally() {
    return tally;
  }

  /** When its first message came. */
  long startedNanos() {
    return startedNanos;
  }

  /** Whether the client has sent all of it and awaits the end of the answer. */
  boolean isBusy() {
    return busy;
  }

  /** Whether what comes is skipped up to the Sync. */
  boolean isSkipping() {
    return skipping;
  }

  /** Whether a statement of it has failed. */
  boolean hasFailed() {
    return failed;
  }

  /** Whether it is a simple query. */
  boolean isSimple() {
    return simple;
  }

  /** Whether the client has not been told yet that it may begin. */
  boolean isStarting() {
    return starting;
  }

  /** The client has been told all that it needs to begin. */
  void greeted() {
    starting = false;
    readyHere();
  }

  /** A message has come. */
  void started() {
    if (startedNanos == 0) {
      startedNanos = System.nanoTime();
      rounds++;
    }
  }

  /** Whether a message of it has come, and not yet the end of its answer. */
  boolean isUnderWay() {
    return startedNanos != 0;
  }

  /** Grows with each. */
  long rounds() {
    return rounds;
  }

  /** It is being cancelled, and the client is to be told that reason. */
  void cancelFor(SqlError why) {
    cancelledFor = why;
  }

  /** What the client is told of an error: of a statement that Terrace has cancelled, why. */
  SqlError told(SqlError error) {
    SqlError why = cancelledFor;
    return why != null && error.sqlState().equals(ServerSeeker.CANCELLED.sqlState()) ? why : error;
  }

  /** It is a simple query. */
  void simpleStarts() {
    simple = true;
    busy = true;
  }

  /** What is under way is the first statement of a message; this query is the rest of it. */
  void thenGoesOn(ByteBuf query) {
    dropRest();
    rest = query;
  }

  /** What follows in the message of the query that is over; null if nothing does. */
  @Nullable ByteBuf takeRest() {
    if (busy) {
      return null;
    }
    ByteBuf taken = rest;
    rest = null;
    return taken;
  }

  /** Forgets what was to follow. */
  void dropRest() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  /** Its Sync has come. */
  void syncing() {
    busy = true;
  }

  /** A statement has gone to a server. */
  void sent() {
    sent = true;
  }

  /** It starts over, on another server. */
  void startAgain() {
    busy = false;
    simple = false;
    failed = false;
  }

  /** The session ends once no transaction is open. */
  void drain() {
    draining = true;
  }

  /** A statement cannot be run: the client is told, as PostgreSQL would tell it. */
  void fail(SqlError met) {
    session.heldBack().drop();
    if (session.isClosed()) {
      return;
    }
    SqlError error = session.router().foreign().shown(met);
    session.service().meters().rejected(error.sqlState());
    tally.failed(null);
    if (starting) {
      session.goodBye(SqlError.fatal(error.sqlState(), error.message()));
      return;
    }
    failed = true;
    session.transaction().fail();
    if (simple) {
      session.write(Answers.error(session.alloc(), error));
      readyHere();
      return;
    }
    session.extended().fail(error);
    skipping = true;
    if (busy) {
      session.extended().syncServer();
    }
  }

  /** The server answered with an error, which the client gets. */
  void serverFailed() {
    failed = true;
  }

  /** A statement was not prepared at the server in use. */
  void notPrepared(Statement statement, boolean forClient) {
    Link.Held now = session.link().held();
    if (now != null) {
      now.connection().statements().remove(statement.text());
    }
    if (forClient) {
      session.extended().statements().remove(statement);
    }
  }

  /** The server ignores what comes until the client's Sync. */
  void skipToSync() {
    skipping = true;
    session.extended().pipeline().clear();
  }

  /** The server wants COPY data; it ignores a Sync that the client sent ahead. */
  void copyInBegins(Deque<Expect> awaited) {
    session.retries().impossible();
    Link.Held now = session.link().held();
    boolean goesOn =
        awaited.stream().anyMatch(expect -> expect.kind == Expect.Kind.SYNC && !expect.relays);
    if (now != null && awaited.removeIf(expect -> expect.kind == Expect.Kind.SYNC)) {
      now.connection().syncIgnored();
      busy = false;
    }
    if (goesOn) {
      session.violated(Dispatcher.notInCopy());
    }
  }

  /** The part of a pipeline that went to one server is over, and the next goes to another. */
  void settled() {
    Link.Held now = session.link().held();
    if (now != null && now.connection().status() == 'I') {
      session.writes().ended(now.shard(), System.nanoTime());
      session.branches().ended();
      session.state().invalidation().over(true);
      settlePending();
    }
  }

  /** That part failed: the rest is skipped. */
  void settleFailed() {
    session.heldBack().drop();
    if (busy) {
      session.extended().syncServer();
    }
  }

  private void settlePending() {
    if (failed) {
      session.transaction().pending().discard();
    } else {
      session.state().commitSettings();
    }
  }

  /** The server said ReadyForQuery to what the client sent. */
  void ready(byte status) {
    Link.Held now = session.link().held();
    boolean outside = session.link().isOutside();
    session.transaction().ready(status, outside);
    if (outside && failed) {
      session.transaction().fail();
    }
    if (status == 'I' && now != null && !outside) {
      session.writes().ended(now.shard(), System.nanoTime());
      session.state().invalidation().over(true);
      settlePending();
    }
    finish(outside ? (byte) 'I' : status);
  }

  /** The client gets ReadyForQuery without a server's word. */
  void readyHere() {
    finish(session.link().status());
  }

  private void finish(byte serverStatus) {
    byte shown = session.transaction().status(serverStatus);
    if (!starting) {
      session.state().told().catchUp();
    }
    Link.Held now = session.link().held();
    if (now != null && (now.connection().status() == 'I' || session.link().isOutside())) {
      if (sent) {
        long took = System.nanoTime() - startedNanos;
        now.member().load().took(took, startedNanos + took);
      }
      session.link().release();
    }
    boolean reports =
        shown == 'I'
            && !starting
            && session.writes().isUnlocated()
            && session.service().members().reportsToken();
    if (reports) {
      report();
    } else {
      finished(shown);
    }
  }

  /** Tells what others must read after, to see what was just committed; then it is finished. */
  private void report() {
    AfterToken.find(
        session,
        new AfterToken.Told() {
          @Override
          public void told(ReadAfter token) {
            session.write(Answers.parameterStatus(session.alloc(), AfterToken.NAME, token.text()));
            over();
          }

          @Override
          public void failed(SqlError error) {
            // The commit stands; who wants the token asks for it.
            over();
          }

          private void over() {
            finished((byte) 'I');
            session.resume();
          }
        });
  }

  private void finished(byte shown) {
    if (session.transaction().state() == Transaction.State.NONE) {
      session.transaction().reset();
      session.extended().dropPortals();
    }
    session.replies().emitLocal();
    if (failed) {
      dropRest();
    }
    if (rest == null) {
      session.write(Answers.ready(shown));
    }
    busy = false;
    simple = false;
    skipping = false;
    failed = false;
    cancelledFor = null;
    session.state().kept().over();
    session.retries().reset();
    session.link().seeker().forget();
    session.notifications().flush();
    if (sent || tally.isOpen()) {
      long now = System.nanoTime();
      tally.over(now);
      sent = false;
    }
    startedNanos = 0;
    if (draining && session.transaction().state() == Transaction.State.NONE) {
      session.goodBye(SqlError.fatal("57P01", "terminating connection: Terrace is shutting down"));
    }
  }
}
