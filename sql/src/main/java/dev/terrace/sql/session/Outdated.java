package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What follows when a server does not take a statement as it is prepared there: the schema has
 * changed unnoticed, or the statement was dropped. The client, which may have prepared it a moment
 * ago, did nothing wrong; so all are prepared again before they are used again, and what it sent is
 * run again if nothing has come of it.
 */
final class Outdated {

  /** To one who was told of other columns: PostgreSQL's words, by which drivers know it. */
  static final SqlError COLUMNS_CHANGED =
      new SqlError(
          "ERROR",
          "0A000",
          "cached plan must not change result type",
          "The schema has changed since the statement was prepared: prepare it again.",
          "RevalidateCachedQuery");

  private final Session session;
  private final Deque<Expect> awaited;

  Outdated(Session session, Deque<Expect> awaited) {
    this.session = session;
    this.awaited = awaited;
  }

  /** Whether the error is of that kind and all is run again, so that the client is told nothing. */
  boolean repeats(@Nullable Expect next, SqlError error) {
    boolean about =
        isNext(next) && (error.sqlState().equals("26000") || error.sqlState().equals("0A000"));
    Link.Held now = session.link().held();
    if (!about || now == null || !forget(error, now.connection())) {
      return false;
    }
    boolean undone =
        session.transaction().state() != Transaction.State.OPEN
            && session.branches().isEmpty()
            && session.retries().repeatable();
    if (undone) {
      repeat(now);
    }
    return undone;
  }

  /** Whether the server is to answer a Bind or Describe. */
  private static boolean isNext(@Nullable Expect next) {
    return next != null && (next.kind == Expect.Kind.BIND || next.kind == Expect.Kind.DESCRIBE);
  }

  /** Sees to it that nobody meets the like again; false if the error means something else. */
  private boolean forget(SqlError error, ServerConnection connection) {
    if (error.sqlState().equals("26000")) {
      connection.statements().clear();
      return true;
    }
    // Not by its words: servers speak many languages.
    boolean changed = error.routine().startsWith("RevalidateCached");
    if (changed) {
      session.shared().schemaVersion().incrementAndGet();
    }
    return changed;
  }

  private void repeat(Link.Held now) {
    boolean synced = awaited.stream().anyMatch(expect -> expect.kind == Expect.Kind.SYNC);
    for (Expect expect : awaited) {
      if (expect.kind == Expect.Kind.PARSE && expect.statement != null) {
        session.batch().notPrepared(expect.statement, expect.relays);
      }
      expect.release();
    }
    awaited.clear();
    session.heldBack().drop();
    session.link().settling().awaitSync(this::again);
    if (!synced) {
      now.connection().sendForReady(Requests.sync());
      now.connection().flush();
    }
  }

  private void again() {
    session.writes().lost();
    session.batch().startAgain();
    session.extended().startAgain();
    session.retries().start();
  }
}
