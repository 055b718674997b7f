package dev.terrace.sql.session;

import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statement of a session that runs on several shards right now, if one does. */
final class Scattering {

  private final Session session;
  private @Nullable Scatter running;

  /** One of the transaction whose rows are still to be fetched. */
  private @Nullable Scatter fetching;

  Scattering(Session session) {
    this.session = session;
  }

  boolean isRunning() {
    return running != null;
  }

  /** Runs one. */
  void run(Scatter next) {
    session.control().joinUncommitted();
    session
        .link()
        .settling()
        .settle(() -> session.link().pause().pass(next.where(), () -> start(next), this::refused));
  }

  private void refused(SqlError error) {
    session.batch().fail(error);
    session.resume();
  }

  private void start(Scatter next) {
    begins(next);
    if (!next.where().readOnly()) {
      session.retries().impossible();
      if (session.transaction().state() == Transaction.State.NONE) {
        session.transaction().beginHiddenLater();
      }
      session.state().invalidation().sends(next.work().plan());
    }
    next.start();
  }

  private void begins(Scatter next) {
    session.batch().sent();
    session.batch().tally().sentTo(next.where().shards());
    session.replies().emitLocal();
    running = next;
  }

  /** Goes on with one that gave the client some of its rows. */
  void resume(Scatter suspended, int rowsMax) {
    Runnable then =
        () -> {
          begins(suspended);
          suspended.resume(rowsMax);
        };
    Link.Held now = session.link().held();
    if (!session.replies().awaitsServer() && (now == null || !now.connection().unsynced())) {
      then.run();
    } else if (session.transaction().state() != Transaction.State.OPEN) {
      session.link().settling().settle(then);
    } else {
      session
          .batch()
          .fail(
              SqlError.error(
                  "0A000",
                  "rows of several shards cannot be fetched in a pipeline with a transaction's"
                      + " statements",
                  "Send Sync before it."));
    }
  }

  /** It is over, or gives no more rows for now. */
  void over(Scatter of, Optional<SqlError> error, ByteBuf answer) {
    running = null;
    if (of.work().plan().kind() == StatementKind.DDL) {
      session.shared().schemaVersion().incrementAndGet();
    }
    if (error.isEmpty()) {
      session.batch().tally().answered(of.work().plan(), answer);
    }
    fetching = of.isSuspended() && of.where().joins() ? of : null;
    if (session.batch().isSimple() && session.transaction().isHidden()) {
      session.control().endHidden(error, answer);
      return;
    }
    if (error.isPresent()) {
      answer.release();
      session.batch().fail(session.batch().told(error.get()));
    } else if (session.batch().isSimple()) {
      session.write(answer);
      session.batch().readyHere();
    } else {
      session.extended().pipeline().answer(answer);
    }
    session.resume();
  }

  /** Whether rows of the transaction's servers are still to be fetched. */
  boolean isFetchingInTransaction() {
    return fetching != null;
  }

  /** Whether they are to be fetched by that one. */
  boolean isFetching(Scatter scatter) {
    return fetching == scatter;
  }

  /** Drops rows that are still to be fetched, then goes on. */
  void stopFetching(Runnable then) {
    Scatter rest = fetching;
    fetching = null;
    if (rest == null) {
      then.run();
    } else {
      rest.drain(then);
    }
  }

  /** What takes the client's COPY data, if it is to send them. */
  Optional<CopyInGatherer> copyIn() {
    return running == null ? Optional.empty() : running.copyIn();
  }

  /** The client takes more again. */
  void goOn() {
    if (running != null) {
      running.goOn();
    }
  }

  /** Whether the client has a part of a row. */
  boolean isMidRow() {
    return running != null && running.legs().stream().anyMatch(leg -> leg.connection().midRelay());
  }

  /** The one that runs; null if none does. */
  @Nullable Scatter running() {
    return running;
  }

  void cancel() {
    if (running != null) {
      running.cancel();
    }
  }

  /** The client is gone. */
  void abort() {
    if (running != null) {
      running.abort();
      running = null;
    }
    if (fetching != null) {
      fetching.abort();
      fetching = null;
    }
  }
}
