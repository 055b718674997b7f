package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.plan.View;
import dev.terrace.sql.plan.ViewText;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A session's statements about {@link View}s. Their rows are gathered when a statement is to run;
 * then a server runs it with those.
 */
final class ViewStatements {

  private final Session session;

  ViewStatements(Session session) {
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

  /** A statement as it is prepared: without rows, which come when it is bound. */
  Statement prepared(Statement statement, Plan plan) {
    return plan.views().isEmpty()
        ? statement
        : statement.instead(ViewText.of(plan.sql(), empty(plan))).named(statement.name());
  }

  /**
   * Gathers the rows, then goes on with the statement's text that has them. Meanwhile the session
   * takes no message. If the client is gone by then, nothing follows.
   */
  void filled(Plan plan, Consumer<String> then) {
    session.link().asking(true);
    ViewRows.json(session.shared().survey(), plan.views())
        .thenApply(rows -> ViewText.of(plan.sql(), rows))
        .whenComplete((text, failure) ->
            session
                .loop()
                .execute(() -> {
                  session.link().asking(false);
                  if (session.isClosed()) {
                    return;
                  }
                  if (failure != null) {
                    session.batch().fail(SqlError.error("XX000", failure.toString()));
                  } else {
                    then.accept(text);
                  }
                  session.resume();
                }));
  }

  /** What runs a statement's Bind. */
  @FunctionalInterface
  interface Bound {
    void with(String text) throws ProtocolViolation;
  }

  /** As {@link #filled}, with a Bind message that is kept until then. */
  void bound(Plan plan, ByteBuf message, Bound then) {
    Optional<SqlError> refusal = refusal(plan);
    if (refusal.isPresent()) {
      session.batch().fail(refusal.get());
      return;
    }
    session.hold(message.retain());
    filled(
        plan,
        text -> {
          session.unhold();
          try {
            then.with(text);
          } catch (ProtocolViolation e) {
            session.violated(e);
          } catch (IndexOutOfBoundsException e) {
            session.violated(new ProtocolViolation("malformed message of type B"));
          } finally {
            message.release();
          }
        });
  }

  private static Map<View, String> empty(Plan plan) {
    Map<View, String> rows = new EnumMap<>(View.class);
    plan.views().forEach(view -> rows.put(view, "[]"));
    return rows;
  }
}
