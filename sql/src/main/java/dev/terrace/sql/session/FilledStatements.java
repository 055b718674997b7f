package dev.terrace.sql.session;

import dev.terrace.sql.plan.NextId;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.plan.View;
import dev.terrace.sql.plan.ViewText;
import dev.terrace.sql.server.ServerQueryException;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A session's statements that a server cannot run as they are: about {@link View}s, whose rows are
 * gathered when a statement is to run, and with {@link NextId}, whose numbers are fetched then.
 */
final class FilledStatements {

  private final Session session;

  FilledStatements(Session session) {
    this.session = session;
  }

  /** Why a statement cannot be run, if it names views at all. */
  Optional<SqlError> refusal(Plan plan) {
    if (plan.views().isEmpty()) {
      return Optional.empty();
    }
    String view = "terrace." + plan.views().getFirst().table();
    if (!session.service().config().operators().contains(session.identity().user())) {
      return Optional.of(
          SqlError.error(
              "42501",
              "permission denied for view " + view,
              "Only users that sql.operators names may read it."));
    }
    if (plan.kind() != StatementKind.READ) {
      return Optional.of(
          SqlError.error(
              "0A000",
              view + " can only be read, by a SELECT of its own",
              "Copy what you need of it into a table by way of the application."));
    }
    Optional<String> other =
        plan.views().stream().map(View::table).filter(plan.tables()::contains).findFirst();
    return other.map(name ->
        SqlError.error(
            "0A000",
            "a statement cannot read terrace." + name + " and a table " + name,
            "Read them in two statements."));
  }

  /** A statement as it is prepared: without rows and numbers, which come when it is bound. */
  Statement prepared(Statement statement, Plan plan) {
    if (plan.isWhole()) {
      return statement;
    }
    String text =
        plan.numbers() > 0
            ? NextId.described(plan.sql())
            : ViewText.of(plan.sql(), empty(plan.views()));
    return statement.instead(text).named(statement.name());
  }

  /** What runs a statement's text, with its plan. */
  @FunctionalInterface
  interface Filled {
    void with(String text, Plan plan) throws ProtocolViolation;
  }

  /**
   * Fills the statement, then goes on with it. Where that takes time the session takes no message
   * meanwhile. If the client is gone by then, nothing follows.
   */
  void filled(Plan plan, Filled then) {
    CompletableFuture<String> text = plan.numbers() > 0 ? numbered(plan) : withRows(plan);
    Filled run = plan.numbers() > 0 ? (its, _) -> then.with(its, replanned(its)) : then;
    if (text.isDone() && !text.isCompletedExceptionally()) {
      run(run, text.join(), plan);
      return;
    }
    session.link().asking(true);
    text.whenComplete((its, failure) ->
        session
            .loop()
            .execute(() -> {
              session.link().asking(false);
              if (session.isClosed()) {
                return;
              }
              if (failure != null) {
                session.batch().fail(error(failure));
              } else {
                run(run, its, plan);
              }
              session.resume();
            }));
  }

  private void run(Filled then, String text, Plan plan) {
    try {
      then.with(text, plan);
    } catch (ProtocolViolation e) {
      session.violated(e);
    } catch (IndexOutOfBoundsException e) {
      session.violated(new ProtocolViolation("malformed message of type B"));
    }
  }

  private CompletableFuture<String> withRows(Plan plan) {
    return ViewRows.json(session.shared().survey(), plan.views())
        .thenApply(rows -> ViewText.of(plan.sql(), rows));
  }

  private CompletableFuture<String> numbered(Plan plan) {
    return session
        .shared()
        .ids()
        .next(plan.numbers())
        .thenApply(numbers -> NextId.filled(plan.sql(), numbers));
  }

  /** With its numbers a statement is another one: they may be its keys. */
  private Plan replanned(String text) {
    return session.service().planner().plan(text);
  }

  private static SqlError error(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof ServerQueryException query
        ? SqlError.error(
            query.sqlState(),
            "terrace.next_id(): " + query.getMessage(),
            "Its numbers are leased in the table terrace.id_lease of the first shard.")
        : SqlError.error("XX000", cause.toString());
  }

  /** As {@link #filled}, with a Bind message that is kept until then. */
  void bound(Plan plan, ByteBuf message, Filled then) {
    Optional<SqlError> refusal = refusal(plan);
    if (refusal.isPresent()) {
      session.batch().fail(refusal.get());
      return;
    }
    session.heldBack().hold(message.retain());
    filled(
        plan,
        (text, its) -> {
          session.heldBack().unhold();
          try {
            then.with(text, its);
          } finally {
            message.release();
          }
        });
  }

  private static Map<View, String> empty(List<View> views) {
    Map<View, String> rows = new EnumMap<>(View.class);
    views.forEach(view -> rows.put(view, "[]"));
    return rows;
  }
}
