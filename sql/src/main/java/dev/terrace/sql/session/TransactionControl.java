package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Does to all servers of a session's transaction what the client asked for. */
final class TransactionControl {

  private final Session session;
  private boolean busy;
  private boolean ending;

  TransactionControl(Session session) {
    this.session = session;
  }

  /** Whether the servers are at it. */
  boolean isBusy() {
    return busy;
  }

  /** Whether the end of the transaction is under way, which goes on without the client. */
  boolean isEnding() {
    return ending;
  }

  /** The client is gone: servers that were not told to end the transaction are given back. */
  void close() {
    if (!ending) {
      session.branches().release();
    }
  }

  /**
   * If the pipeline has written, and goes on at another server: what would be committed by its Sync
   * alone becomes a transaction that the client does not know of.
   */
  void joinUncommitted() {
    boolean uncommitted =
        session.transaction().state() == Transaction.State.NONE && session.writes().uncommitted();
    if (uncommitted && session.link().held() != null) {
      session.transaction().beginHidden();
      session.replies().expectHiddenStatement("BEGIN");
    }
  }

  /** Ends the transaction on all its servers, as the client asked for. */
  void end(Plan plan, Consumer<ByteBuf> answer) {
    endAll(
        plan.kind() == StatementKind.COMMIT,
        (tag, error) -> {
          if (error.isPresent()) {
            session.batch().fail(error.get());
          } else {
            answer.accept(Answers.complete(session.alloc(), tag));
            endSimple();
          }
        });
  }

  /** Ends a transaction that the client does not know of: its Sync or its statement commits. */
  void endHidden() {
    endAll(
        !session.batch().hasFailed(),
        (tag, error) -> {
          error.ifPresent(e -> session.write(Answers.error(session.alloc(), e)));
          session.batch().readyHere();
        });
  }

  /** As {@link #endHidden()}, for a statement that is a simple query by itself. */
  void endHidden(Optional<SqlError> failure, ByteBuf answer) {
    endAll(
        failure.isEmpty(),
        (tag, error) -> {
          Optional<SqlError> why = failure.or(() -> error);
          if (why.isPresent()) {
            answer.release();
            session.batch().fail(why.get());
          } else {
            session.write(answer);
            session.batch().readyHere();
          }
        });
  }

  private void endAll(boolean commits, BiConsumer<String, Optional<SqlError>> then) {
    busy = true;
    Invalidation invalidation = session.state().invalidation();
    if (commits) {
      invalidation.commits();
    } else {
      invalidation.rollsBack();
    }
    session.retries().impossible();
    session.replies().emitLocal();
    BiConsumer<String, Optional<SqlError>> done =
        (tag, error) -> {
          busy = false;
          ending = false;
          invalidation.over(error.isEmpty() || !error.get().isOfConnection());
          session.transaction().reset();
          session.writes().ending();
          if (!session.isClosed()) {
            then.accept(tag, error);
            session.resume();
          }
        };
    session
        .scattering()
        .stopFetching(() -> {
          if (session.isClosed()) {
            close();
          } else {
            session.link().settling().park(() -> endParked(commits, done));
          }
        });
  }

  private void endParked(boolean commits, BiConsumer<String, Optional<SqlError>> done) {
    if (commits && failedBefore()) {
      return;
    }
    ending = true;
    if (commits) {
      TransactionEnd.commit(session, done);
    } else {
      TransactionEnd.rollBack(session, done);
    }
  }

  /** Says a SAVEPOINT or SET to every server of the session.transaction(). */
  void onEveryBranch(Plan plan, Consumer<ByteBuf> answer) {
    busy = true;
    session.replies().emitLocal();
    session
        .link()
        .settling()
        .park(() -> {
          if (failedBefore()) {
            return;
          }
          List<Branch> all = session.branches().all();
          Branches.each(
              all,
              branch -> plan.bare(),
              () -> {
                busy = false;
                SqlError error = Branches.error(all);
                if (session.isClosed()) {
                  return;
                }
                if (error != null) {
                  session.batch().fail(error);
                } else {
                  session.state().completed(plan, plan.command());
                  answer.accept(Answers.complete(session.alloc(), plan.command()));
                  endSimple();
                }
                session.resume();
              });
        });
  }

  /** What went before in the pipeline has failed: the server would skip this up to the Sync. */
  private boolean failedBefore() {
    if (!session.batch().isSkipping() || session.batch().isBusy()) {
      return false;
    }
    busy = false;
    session.transaction().fail();
    session.resume();
    return true;
  }

  private void endSimple() {
    if (session.batch().isSimple()) {
      session.batch().readyHere();
    }
  }
}
