package dev.terrace.sql.session;

import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Parameters;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The extended query protocol: Parse, Bind, Describe, Execute, Close, Flush, Sync. The session
 * keeps the client's statements; servers get them under other names when they are needed there.
 */
final class ExtendedQuery {

  private static final int STATEMENTS_MAX = 10_000;

  private final Session session;
  private final Pipeline pipeline;
  private final ScatteredPortals scattered;
  private final ServerPortals held;
  private final FilledStatements filled;
  private final ClientStatements statements;
  private final Map<String, Portal> portals = new HashMap<>();

  ExtendedQuery(Session session) {
    this.session = session;
    this.statements = new ClientStatements(session);
    this.pipeline = new Pipeline(session);
    this.scattered = new ScatteredPortals(session, this);
    this.held = new ServerPortals(session, this);
    this.filled = new FilledStatements(session);
  }

  ClientStatements statements() {
    return statements;
  }

  FilledStatements filled() {
    return filled;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /** Parse. */
  void parse(ByteBuf message) throws ProtocolViolation {
    Statement statement =
        Statement.read(message, session.texts().parsed(), session.service().planner());
    boolean taken =
        !statement.isUnnamed()
            && statements.has(statement.name())
            && !session.retries().isRetrying();
    if (taken) {
      session
          .batch()
          .fail(
              SqlError.error(
                  "42P05", "prepared statement \"" + statement.name() + "\" already exists"));
      return;
    }
    if (statements.size() >= STATEMENTS_MAX) {
      session
          .batch()
          .fail(
              SqlError.error(
                  "53400",
                  "a session may have " + STATEMENTS_MAX + " prepared statements",
                  "DEALLOCATE those that are not needed."));
      return;
    }
    Plan plan = plan(statement);
    statement.encodedIn(session.state().mode().encoding());
    session.batch().tally().asks(plan);
    Optional<SqlError> refusal = filled.refusal(plan);
    if (refusal.isPresent()) {
      session.batch().fail(refusal.get());
      return;
    }
    statement = filled.prepared(statement, plan);
    if (!statements.put(statement)) {
      session.batch().fail(session.state().memory().exhausted());
      return;
    }
    if (StatementRouter.mayBeLocal(plan)) {
      pipeline.answer(Answers.parseComplete());
    } else {
      pipeline.prepare(statement);
      if (pipeline.isFull()) {
        flushAnywhere(() -> {});
      }
    }
  }

  private Plan plan(Statement statement) {
    return statement.plan(session.service().planner());
  }

  private void flushAnywhere(Runnable then) {
    session
        .link()
        .with(
            session.router().anywhere(),
            () -> {
              pipeline.flush();
              then.run();
            });
  }

  /** Bind. */
  void bind(ByteBuf message) throws ProtocolViolation {
    message.skipBytes(5);
    String portal = Statement.text(message);
    String name = Statement.text(message);
    Statement statement = statements.get(name);
    if (statement == null) {
      session.batch().fail(noStatement(name));
      return;
    }
    if (!statement.isReadableIn(session.state().mode().encoding())) {
      session
          .batch()
          .fail(
              SqlError.error(
                  "26000",
                  "the statement was prepared in another client encoding",
                  "Prepare it again."));
      return;
    }
    Plan plan = plan(statement);
    if (plan.isWhole()) {
      bind(portal, statement, plan, message);
      return;
    }
    filled.bound(plan, message, (text, its) -> bind(portal, statement.instead(text), its, message));
  }

  private void bind(String portal, Statement statement, Plan plan, ByteBuf message)
      throws ProtocolViolation {
    Parameters parameters =
        plan.needsParameters()
            ? BoundParameters.read(statement, message, message.readerIndex())
            : Parameters.NONE;
    switch (session.router().decide(plan, parameters)) {
      case Decision.Local() -> {
        putPortal(portal, new Portal.Local(plan));
        pipeline.answer(Answers.bindComplete());
      }
      case Decision.Server(Target target)
          when target.outside()
              && !target.isCoordinator()
              && ScatteredPortals.fetches(plan, portal) ->
          scattered.bind(scattered.anyOf(target), portal, statement, plan, message.retainedSlice());
      case Decision.Server(Target target) -> {
        List<FunctionSetting> settings =
            plan.setsByFunction() ? plan.settings(parameters).orElse(List.of()) : List.of();
        held.bind(
            target,
            new ServerPortals.Bound(portal, statement, plan, settings),
            message.retainedSlice());
      }
      case Decision.End() -> {
        putPortal(portal, new Portal.Ending(plan));
        pipeline.answer(Answers.bindComplete());
      }
      case Decision.EveryBranch() -> {
        putPortal(portal, new Portal.EveryBranch(plan));
        pipeline.answer(Answers.bindComplete());
      }
      case Decision.Scatter where ->
          scattered.bind(where, portal, statement, plan, message.retainedSlice());
      case Decision.Refuse(SqlError error) -> session.batch().fail(error);
    }
  }

  private static SqlError noStatement(String name) {
    return SqlError.error(
        "26000",
        name.isEmpty()
            ? "unnamed prepared statement does not exist"
            : "prepared statement \"" + name + "\" does not exist");
  }

  void putPortal(String name, @Nullable Portal portal) {
    Portal before = portal == null ? portals.remove(name) : portals.put(name, portal);
    if (before != null) {
      before.release();
    }
  }

  /** Describe. */
  void describe(ByteBuf message) throws ProtocolViolation {
    int start = message.readerIndex();
    byte kind = message.skipBytes(5).readByte();
    String name = Statement.text(message);
    if (kind == 'S') {
      describeStatement(name);
      return;
    }
    switch (portals.get(name)) {
      case null -> session.batch().fail(noPortal(name));
      case Portal.Ran ran -> scattered.describe(ran.scattered());
      case Portal.Local(Plan plan) -> pipeline.answer(session.localAnswers().description(plan));
      case Portal.Ending ending -> pipeline.answer(Answers.noData());
      case Portal.EveryBranch every -> pipeline.answer(Answers.noData());
      case Portal.AtServer here -> held.describe(here, name, message.readerIndex(start));
      case Portal.Scattered portal -> scattered.describe(portal);
    }
  }

  private void describeStatement(String name) {
    Statement statement = statements.get(name);
    if (statement == null) {
      session.batch().fail(noStatement(name));
    } else if (StatementRouter.mayBeLocal(plan(statement))) {
      pipeline.answer(Answers.noParameters());
      pipeline.answer(session.localAnswers().description(plan(statement)));
    } else {
      pipeline.describe(statement);
    }
  }

  static SqlError noPortal(String name) {
    return SqlError.error("34000", "portal \"" + name + "\" does not exist");
  }

  /** Execute. */
  void execute(ByteBuf message) throws ProtocolViolation {
    int start = message.readerIndex();
    String name = Statement.text(message.skipBytes(5));
    switch (portals.get(name)) {
      case null -> session.batch().fail(noPortal(name));
      case Portal.Ran ran -> scattered.fetchOn(ran, name, message.readInt());
      case Portal.Local(Plan plan) -> {
        if (LocalAnswers.followsTheRest(session, plan)) {
          session.link().settling().settle(() -> runHere(plan));
        } else {
          runHere(plan);
        }
      }
      case Portal.AtServer here -> {
        int rowsMax = message.getInt(message.readerIndex());
        held.execute(here, name, rowsMax, message.readerIndex(start));
      }
      case Portal.Ending(Plan plan) -> session.control().end(plan, pipeline::answer);
      case Portal.EveryBranch(Plan plan) -> session.control().onEveryBranch(plan, pipeline::answer);
      case Portal.Scattered portal ->
          scattered.run(portal, message.readInt(), ran -> portals.put(name, ran));
    }
  }

  private void runHere(Plan plan) {
    Optional<SqlError> error = session.localAnswers().run(plan, pipeline::answer);
    error.ifPresent(session.batch()::fail);
  }

  /** Close. */
  void close(ByteBuf message) throws ProtocolViolation {
    int start = message.readerIndex();
    byte kind = message.skipBytes(5).readByte();
    String name = Statement.text(message);
    if (kind == 'S') {
      statements.remove(name);
      pipeline.answer(Answers.closeComplete());
      return;
    }
    Portal portal = portals.remove(name);
    if (portal instanceof Portal.Ran ran && session.scattering().isFetching(ran.scatter())) {
      scattered.close(ran);
      return;
    }
    Link.Held held = session.link().held();
    boolean atServer =
        portal instanceof Portal.AtServer here
            && held != null
            && held.connection() == here.server();
    if (atServer && pipeline.isEmpty()) {
      session.replies().expect(Expect.CLOSE);
      session.link().connection().send(message.readerIndex(start).retain());
    } else {
      if (portal != null) {
        portal.release();
      }
      pipeline.answer(Answers.closeComplete());
    }
  }

  /** Flush. */
  void flush() {
    if (!pipeline.isEmpty()) {
      flushAnywhere(this::flushServer);
    } else {
      flushServer();
    }
  }

  private void flushServer() {
    Link.Held held = session.link().held();
    if (held != null) {
      held.connection().sendPlain(Requests.flush());
    } else {
      session.replies().emitLocal();
    }
  }

  /** Sync. */
  void sync() {
    if (!pipeline.isEmpty() && !session.batch().isSkipping()) {
      flushAnywhere(this::syncServer);
    } else {
      syncServer();
    }
  }

  /** The pipeline is over: the server in use commits it, or there is none. */
  void syncServer() {
    Link.Held held = session.link().held();
    if (session.transaction().isHidden()) {
      session.control().endHidden();
    } else if (held != null && held.connection().unsynced()) {
      session.replies().expect(Expect.SYNC);
      held.connection().sendForReady(Requests.sync());
    } else if (!session.replies().awaitsServer()) {
      session.batch().readyHere();
    } else {
      // A query of Terrace's own is under way: the client's Sync follows it.
      session.replies().expect(Expect.SYNC);
      session.link().connection().sendForReady(Requests.sync());
    }
  }

  /** The transaction is over, and its portals with it. */
  void dropPortals() {
    if (!portals.isEmpty()) {
      portals.values().forEach(Portal::release);
      portals.clear();
    }
  }

  /** An error of Terrace's own: what was written in this pipeline is undone, the rest skipped. */
  void fail(SqlError error) {
    pipeline.clear();
    Link.Held held = session.link().held();
    boolean undoes =
        session.writes().uncommitted()
            || (session.transaction().state() == Transaction.State.NONE
                && session.transaction().hasSet());
    if (undoes && held != null) {
      session.replies().expectHiddenStatement("ROLLBACK");
    }
    session.replies().local(Answers.error(session.alloc(), error));
    // An error is told at once: the client may wait for it before it sends its Sync.
    if (session.replies().awaitsServer() && held != null) {
      held.connection().sendPlain(Requests.flush());
    } else {
      session.replies().emitLocal();
    }
  }

  /** The pipeline is sent again from its start. */
  void startAgain() {
    pipeline.clear();
    dropPortals();
  }

  /** The client is gone. */
  void closeAll() {
    startAgain();
    statements.clear();
  }
}
