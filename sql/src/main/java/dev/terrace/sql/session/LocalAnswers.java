package dev.terrace.sql.session;

import dev.terrace.core.freshness.ReadAfter;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Does what a session can do without a server, and says so as PostgreSQL would. */
final class LocalAnswers {

  private final Session session;

  LocalAnswers(Session session) {
    this.session = session;
  }

  /** Runs a statement; its answers go to {@code out}, or an error comes back. */
  Optional<SqlError> run(Plan plan, Consumer<ByteBuf> out) {
    session.retries().impossible();
    return switch (plan.kind()) {
      case EMPTY -> {
        out.accept(Answers.emptyQuery());
        yield Optional.empty();
      }
      case BEGIN -> begin(plan, out);
      case COMMIT, ROLLBACK -> end(plan, out);
      case SAVEPOINT -> keep(plan, out);
      case SESSION -> setting(plan, out);
      case DEALLOCATE -> {
        session.state().deallocate(plan);
        yield say(
            out,
            plan.bare().toUpperCase(Locale.ROOT).contains("ALL") ? "DEALLOCATE ALL" : "DEALLOCATE");
      }
      default -> throw new IllegalStateException("not to be answered here: " + plan.kind());
    };
  }

  private Optional<SqlError> say(Consumer<ByteBuf> out, String tag) {
    out.accept(Answers.complete(session.alloc(), tag));
    return Optional.empty();
  }

  private Optional<SqlError> begin(Plan plan, Consumer<ByteBuf> out) {
    if (session.transaction().isHidden()) {
      session.transaction().reveal();
    } else if (session.transaction().state() == Transaction.State.NONE) {
      session.transaction().begin(plan.bare(), plan.readOnlyTransaction(), session.state().mode());
    } else {
      out.accept(
          Answers.warning(session.alloc(), "25001", "there is already a transaction in progress"));
    }
    return say(out, plan.command().equals("START") ? "START TRANSACTION" : "BEGIN");
  }

  /** Whether it begins a transaction that what is under way at a server must be no part of. */
  static boolean followsTheRest(Session session, Plan plan) {
    return plan.kind() == StatementKind.BEGIN
        && session.transaction().state() == Transaction.State.NONE;
  }

  private Optional<SqlError> end(Plan plan, Consumer<ByteBuf> out) {
    Transaction transaction = session.transaction();
    Optional<SqlError> untold = transaction.failure().untold();
    if (plan.kind() == StatementKind.COMMIT && untold.isPresent()) {
      transaction.reset();
      return untold;
    }
    boolean commits = plan.kind() == StatementKind.COMMIT && !transaction.failedHere();
    switch (transaction.state()) {
      case NONE -> {
        if (Transaction.chains(plan.bare())) {
          return Optional.of(
              SqlError.error(
                  "25P01", plan.command() + " AND CHAIN can only be used in transaction blocks"));
        }
        out.accept(
            Answers.warning(session.alloc(), "25P01", "there is no transaction in progress"));
      }
      case WAITING -> {
        if (commits) {
          session.state().commitSettings();
        }
        transaction.ended(plan.bare());
      }
      case OPEN -> {
        if (!transaction.failedHere()) {
          return Optional.of(
              SqlError.error(
                  "0A000",
                  plan.command() + " was bound before its transaction was on a server",
                  "Bind it after the statements that go before it."));
        }
        // The server does not know that the transaction has failed.
        if (session.link().held() != null) {
          session.link().inject(Transaction.rollback(plan.bare()), error -> {});
        }
        transaction.ended(plan.bare());
      }
    }
    return say(out, commits ? "COMMIT" : "ROLLBACK");
  }

  private Optional<SqlError> keep(Plan plan, Consumer<ByteBuf> out) {
    Transaction transaction = session.transaction();
    if (!plan.command().equals("SAVEPOINT") && transaction.pending().lacksSavepoint(plan.bare())) {
      return Optional.of(SqlError.error("3B001", "savepoint does not exist"));
    }
    if (!transaction.keep(plan.bare())) {
      return Optional.of(
          SqlError.error("54000", "too many statements before the first that names a shard"));
    }
    transaction.savepoint(plan.command(), plan.bare());
    return say(out, plan.command());
  }

  /** What a statement that is answered here gives rows of. */
  ByteBuf description(Plan plan) {
    return SettingStatement.showsAfter(plan)
        ? Answers.textColumn(session.alloc(), AfterToken.NAME)
        : Answers.noData();
  }

  /** Answers once the primaries were asked; the session takes nothing until then. */
  private void show(Consumer<ByteBuf> out) {
    AfterToken.find(
        session,
        new AfterToken.Told() {
          @Override
          public void told(ReadAfter token) {
            AfterToken.shown(session, token).forEach(out);
            over();
          }

          @Override
          public void failed(SqlError error) {
            session.batch().fail(error);
            session.resume();
          }

          private void over() {
            if (session.batch().isSimple()) {
              session.batch().readyHere();
            }
            session.resume();
          }
        });
  }

  private Optional<SqlError> setting(Plan plan, Consumer<ByteBuf> out) {
    SettingStatement setting = SettingStatement.read(plan.command(), plan.bare());
    if (setting instanceof SettingStatement.DiscardAll) {
      session.state().discardAll();
      return say(out, "DISCARD ALL");
    }
    if (setting instanceof SettingStatement.SetAfter(String token)) {
      Optional<SqlError> error = AfterToken.follow(session, token);
      return error.isPresent() ? error : say(out, plan.command());
    }
    if (setting instanceof SettingStatement.ShowAfter) {
      show(out);
      return Optional.empty();
    }
    if (!session.transaction().keep(plan.bare())) {
      return Optional.of(
          SqlError.error("54000", "too many statements before the first that names a shard"));
    }
    if (!(setting instanceof SettingStatement.InTransaction)) {
      session.transaction().pending().add(setting);
    }
    return say(out, plan.command());
  }
}
