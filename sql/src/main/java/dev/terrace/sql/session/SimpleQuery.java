package dev.terrace.sql.session;

import dev.terrace.sql.plan.Parameters;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.QuickPlans;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The simple query protocol: one text, perhaps of several statements, for one shard. */
final class SimpleQuery {

  private static final int HEADER = 5;

  private final Session session;

  SimpleQuery(Session session) {
    this.session = session;
  }

  /**
   * Runs a Query message.
   *
   * @throws ProtocolViolation if it is malformed
   */
  void run(ByteBuf message) throws ProtocolViolation {
    session.state().kept().begin();
    int start = message.readerIndex() + HEADER;
    int end = message.indexOf(start, message.writerIndex(), (byte) 0);
    if (end < 0) {
      message.release();
      throw new ProtocolViolation("malformed message: a text lacks its end");
    }
    QuickPlans quick = session.texts().queries();
    message.getBytes(start, quick.room(end - start), 0, end - start);
    List<Plan> plans = quick.planAll(session.service().planner(), end - start);
    Link.Held now = session.link().held();
    if (now == null || !now.connection().unsynced()) {
      run(plans, message);
      return;
    }
    session.heldBack().hold(message);
    session
        .link()
        .settling()
        .endPipeline(() -> {
          session.heldBack().unhold();
          run(plans, message);
        });
  }

  private void run(List<Plan> plans, ByteBuf message) {
    if (plans.isEmpty()) {
      message.release();
      session.write(Answers.emptyQuery());
      session.batch().readyHere();
    } else if (plans.size() == 1) {
      one(plans, message);
    } else {
      several(plans, message);
    }
  }

  private void one(List<Plan> plans, ByteBuf message) {
    Plan plan = plans.getFirst();
    if (!plan.isWhole()) {
      message.release();
      filled(plan);
      return;
    }
    decided(plans, plan, message);
  }

  private void filled(Plan plan) {
    session.batch().tally().asks(plan);
    FilledStatements statements = session.extended().filled();
    Optional<SqlError> refusal = statements.refusal(plan);
    if (refusal.isPresent()) {
      session.batch().fail(refusal.get());
    } else {
      statements.filled(
          plan, (text, its) -> decided(List.of(its), its, Requests.query(session.alloc(), text)));
    }
  }

  private void decided(List<Plan> plans, Plan plan, ByteBuf message) {
    switch (session.router().decide(plan, Parameters.NONE)) {
      case Decision.Local() -> {
        message.release();
        local(plans);
      }
      case Decision.Server(Target target) -> {
        KeptAnswers kept = session.state().kept();
        if (kept.answers(plan, message)) {
          message.release();
        } else {
          send(plans, kept.target(target), message);
        }
      }
      case Decision.Scatter wanted -> {
        if (session.state().kept().answers(plan, message)) {
          message.release();
          return;
        }
        message.release();
        Decision.Scatter scatter = session.state().kept().where(wanted);
        session.scattering().run(new Scatter(session, scatter, new ScatterWork.Simple(plan), 0));
      }
      case Decision.End() -> {
        message.release();
        session.control().end(plan, session::write);
      }
      case Decision.EveryBranch() -> {
        message.release();
        session.control().onEveryBranch(plan, session::write);
      }
      case Decision.Refuse(SqlError error) -> {
        message.release();
        session.batch().fail(error);
      }
    }
  }

  private void local(List<Plan> plans) {
    if (plans.size() == 1 && SettingStatement.showsAfter(plans.getFirst())) {
      Plan show = plans.getFirst();
      session.write(session.localAnswers().description(show));
      session.localAnswers().run(show, session::write);
      return;
    }
    for (Plan plan : plans) {
      if (plan.kind() == StatementKind.COMMIT || plan.kind() == StatementKind.ROLLBACK) {
        if (plans.size() == 1 && rollsBackAtServer(plan)) {
          return;
        }
      }
      Optional<SqlError> error = session.localAnswers().run(plan, session::write);
      if (error.isPresent()) {
        session.batch().fail(error.get());
        return;
      }
    }
    session.batch().readyHere();
  }

  /** Ends a transaction that failed here and not at its server, by a ROLLBACK in its place. */
  private boolean rollsBackAtServer(Plan plan) {
    if (session.transaction().state() != Transaction.State.OPEN || session.link().held() == null) {
      return false;
    }
    session.transaction().ended(plan.bare());
    session.replies().expect(Expect.query(List.of()));
    session
        .link()
        .connection()
        .sendForReady(Requests.query(session.alloc(), Transaction.rollback(plan.bare())));
    return true;
  }

  private void send(List<Plan> plans, Target target, ByteBuf message) {
    session.heldBack().hold(message);
    session
        .link()
        .with(
            target,
            () -> {
              session.heldBack().unhold();
              plans.forEach(session.state()::sending);
              session.state().kept().records();
              session.replies().expect(Expect.query(plans));
              session.link().connection().sendForReady(message);
            });
  }

  private void several(List<Plan> plans, ByteBuf message) {
    List<Decision> decisions = new ArrayList<>();
    Optional<SqlError> never = neverTogether(plans);
    if (never.isPresent()) {
      message.release();
      session.batch().fail(never.get());
      return;
    }
    if (session.status() == 'E' && StatementRouter.endsFailure(plans.getFirst())) {
      oneByOne(plans, message);
      return;
    }
    for (Plan plan : plans) {
      decisions.add(session.router().decide(plan, Parameters.NONE));
    }
    if (decisions.stream().allMatch(d -> d instanceof Decision.Local)) {
      message.release();
      local(plans);
      return;
    }
    Together together = new Together(session.status() == 'T');
    for (int i = 0; i < plans.size(); i++) {
      together.add(plans.get(i), decisions.get(i));
    }
    Optional<SqlError> refusal = together.refusal();
    if (refusal.isPresent() && session.status() == 'T') {
      oneByOne(plans, message);
    } else if (refusal.isPresent()) {
      message.release();
      session.batch().fail(refusal.get());
    } else {
      send(plans, together.target(), message);
    }
  }

  private static Optional<SqlError> neverTogether(List<Plan> plans) {
    String alone =
        !plans.stream().allMatch(Plan::isWhole)
            ? "a view or function of Terrace's own"
            : plans.stream().anyMatch(SimpleQuery::isAboutAfter) ? AfterToken.NAME : "";
    return alone.isEmpty()
        ? Optional.empty()
        : Optional.of(
            SqlError.error(
                "0A000",
                alone + " beside other statements in one query is not supported",
                "Send each statement by itself."));
  }

  /** In a transaction that was begun, statements of one message are as good as on their own. */
  private void oneByOne(List<Plan> plans, ByteBuf message) {
    message.release();
    String rest = plans.stream().skip(1).map(Plan::sql).collect(Collectors.joining("\n;"));
    session.batch().thenGoesOn(Requests.query(session.alloc(), rest));
    Plan first = plans.getFirst();
    decided(List.of(first), first, Requests.query(session.alloc(), first.sql()));
  }

  private static boolean isAboutAfter(Plan plan) {
    return plan.kind() == StatementKind.SESSION
        && switch (SettingStatement.read(plan.command(), plan.bare())) {
          case SettingStatement.ShowAfter show -> true;
          case SettingStatement.SetAfter set -> true;
          default -> false;
        };
  }

  /** Several statements of one message, which must all go to one server. */
  private static final class Together {
    private final boolean inTransaction;
    private int shard = Target.ANY;
    private boolean readOnly = true;
    private boolean pins;
    private boolean control;
    private boolean sets;
    private Optional<SqlError> refusal = Optional.empty();

    Together(boolean inTransaction) {
      this.inTransaction = inTransaction;
    }

    void add(Plan plan, Decision decision) {
      switch (plan.kind()) {
        case BEGIN, COMMIT, ROLLBACK, SAVEPOINT -> control = true;
        case SESSION -> sets |= !plan.command().equals("SHOW");
        default -> {
          // An ordinary statement.
        }
      }
      switch (decision) {
        case Decision.Local() -> readOnly = false;
        case Decision.Server(Target target) -> add(target);
        case Decision.Scatter scatter -> refuseSplit();
        case Decision.End() -> refuseSplit();
        case Decision.EveryBranch() -> refuseSplit();
        case Decision.Refuse(SqlError error) -> refuse(error);
      }
    }

    private void add(Target target) {
      readOnly &= target.readOnly();
      pins |= target.pins();
      if (target.isCoordinator()) {
        refuseSplit();
      }
      if (target.isAny()) {
        return;
      }
      if (shard != Target.ANY && shard != target.shard()) {
        refuseSplit();
      }
      shard = target.shard();
    }

    private void refuseSplit() {
      refuse(
          SqlError.error(
              "0A000",
              "several statements in one query must all go to the same shard",
              "Send each statement by itself."));
    }

    private void refuse(SqlError error) {
      if (refusal.isEmpty()) {
        refusal = Optional.of(error);
      }
    }

    Optional<SqlError> refusal() {
      if (control && sets) {
        refuse(
            SqlError.error(
                "0A000",
                "SET beside BEGIN, COMMIT or ROLLBACK in one query is not supported",
                "Send each statement by itself."));
      }
      return refusal;
    }

    Target target() {
      return new Target(shard, readOnly && !control && !inTransaction, pins, false);
    }
  }
}
