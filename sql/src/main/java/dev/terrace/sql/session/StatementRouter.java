package dev.terrace.sql.session;

import dev.terrace.config.SqlConfig.AcrossShards;
import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Gather;
import dev.terrace.sql.plan.Parameters;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.Residue;
import dev.terrace.sql.plan.Routing;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ClientEncoding;
import dev.terrace.sql.wire.SqlError;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Says what a session does with a statement: the plan says which shards it needs, the state of the
 * session what of that may be done now.
 */
final class StatementRouter {

  private static final String ONE_SHARD_HINT =
      "A transaction runs on one shard: name the same sharding key in all its statements, or send"
          + " this one outside of the transaction.";

  private final Session session;
  private final ForeignText foreign;

  StatementRouter(Session session) {
    this.session = session;
    this.foreign = new ForeignText(session);
  }

  /** Decides for a statement with these parameters. */
  Decision decide(Plan plan, Parameters parameters) {
    Decision decision = decide(plan, plan.route(parameters));
    return plan.setsByFunction() ? setting(plan, parameters, decision) : decision;
  }

  /** What a statement that calls set_config is to do to the session. */
  private Decision setting(Plan plan, Parameters parameters, Decision decision) {
    Optional<List<FunctionSetting>> made = plan.settings(parameters);
    if (made.isEmpty() || !foreign.canRepeat(made.get())) {
      return pinning(decision);
    }
    if (hasBranches() && !(decision instanceof Decision.Refuse)) {
      return refuse(
          "0A000",
          "set_config would reach one of the servers of the transaction alone",
          "Use SET or SET LOCAL.");
    }
    Decision result = decision;
    for (FunctionSetting setting : made.get()) {
      switch (SettingStatement.of(setting)) {
        case SettingStatement.Assign assign -> {
          // Followed once it is made.
        }
        case SettingStatement.Encode(var assign, ClientEncoding encoding) -> {
          Optional<SqlError> refusal = foreign.refusal(encoding);
          if (refusal.isPresent()) {
            return new Decision.Refuse(refusal.get());
          }
        }
        default -> {
          if (setting.name().equalsIgnoreCase("standard_conforming_strings")) {
            return refuse(
                "0A000",
                "standard_conforming_strings stays on, for Terrace reads statements by it",
                "Write strings with backslashes as E'...'.");
          }
          result = setting.local() ? result : pinning(result);
        }
      }
    }
    return result;
  }

  private Decision decide(Plan plan, Routing routing) {
    session.batch().tally().asks(plan);
    Transaction transaction = session.transaction();
    Optional<SqlError> unreadable = foreign.refusal(plan);
    if (unreadable.isPresent()) {
      return new Decision.Refuse(unreadable.get());
    }
    boolean hopeless =
        plan.kind() == StatementKind.SAVEPOINT && !transaction.failure().mayRecover();
    if (session.status() == 'E' && (hopeless || !endsFailure(plan))) {
      return new Decision.Refuse(transaction.failure().why());
    }
    if (session.scattering().isFetchingInTransaction() && !endsTransaction(plan)) {
      return refuse(
          "0A000",
          "the rows of a statement over several shards are still being fetched",
          "Fetch them all before the next statement of the transaction, or without a row limit.");
    }
    return switch (plan.kind()) {
      case EMPTY -> new Decision.Local();
      case BEGIN -> begin();
      case COMMIT, ROLLBACK -> end(plan);
      case SAVEPOINT -> savepoint();
      case SESSION -> routing instanceof Routing.Session ? setting(plan) : routed(plan, routing);
      case DEALLOCATE ->
          session.state().deallocates(plan) ? new Decision.Local() : anyServer(false);
      case READ, WRITE, PREPARE, EXECUTE, DECLARE, FETCH, LISTEN, COPY_IN, COPY_OUT, DDL, OTHER ->
          routed(plan, routing);
    };
  }

  /** What it may not do for the encoding of its texts. */
  ForeignText foreign() {
    return foreign;
  }

  private static boolean endsTransaction(Plan plan) {
    return plan.kind() == StatementKind.COMMIT || plan.kind() == StatementKind.ROLLBACK;
  }

  static boolean endsFailure(Plan plan) {
    return switch (plan.kind()) {
      case COMMIT, ROLLBACK -> true;
      case SAVEPOINT -> plan.command().equals("ROLLBACK");
      default -> false;
    };
  }

  /** The shard's server in use; the coordinator takes no part in a transaction. */
  private Link.@Nullable Held held() {
    Link.@Nullable Held now = session.link().held();
    return now == null || now.isCoordinator() ? null : now;
  }

  /** Whether the transaction is on more than the server in use. */
  private boolean hasBranches() {
    return !session.branches().isEmpty()
        || session.scattering().isFetchingInTransaction()
        || session.transaction().isBroken()
        || session.transaction().isHidden();
  }

  private Decision begin() {
    if (session.transaction().isHidden()) {
      return new Decision.Local();
    }
    boolean inPlace =
        session.transaction().state() == Transaction.State.OPEN || session.writes().uncommitted();
    return inPlace && held() != null ? here() : new Decision.Local();
  }

  private Decision end(Plan plan) {
    Transaction transaction = session.transaction();
    if (hasBranches()) {
      return Transaction.chains(plan.bare())
          ? refuse(
              "0A000",
              "AND CHAIN is not supported where a transaction is on several shards",
              "Send COMMIT and then BEGIN.")
          : new Decision.End();
    }
    if (transaction.state() == Transaction.State.OPEN) {
      return transaction.failedHere() ? new Decision.Local() : here();
    }
    return session.writes().uncommitted() ? here() : new Decision.Local();
  }

  private Decision savepoint() {
    if (hasBranches()) {
      return new Decision.EveryBranch();
    }
    return session.transaction().state() == Transaction.State.WAITING
        ? new Decision.Local()
        : here();
  }

  /** The server in use, or any if there is none. */
  private Decision here() {
    Link.Held held = held();
    return held == null
        ? anyServer(false)
        : new Decision.Server(new Target(held.shard(), held.replica(), false, false));
  }

  /** Where a statement may be looked at before it is known where it will run. */
  Target anywhere() {
    Link.Held held = held();
    return held == null
        ? new Target(
            Target.ANY, false, false, session.transaction().state() == Transaction.State.WAITING)
        : new Target(held.shard(), held.replica(), false, session.link().isOutside());
  }

  private Decision anyServer(boolean pins) {
    return new Decision.Server(new Target(Target.ANY, false, pins, false));
  }

  private Decision setting(Plan plan) {
    if (hasBranches() && !plan.command().equals("SHOW")) {
      return BranchSettings.decide(SettingStatement.read(plan.command(), plan.bare()), foreign);
    }
    boolean waiting = session.transaction().state() == Transaction.State.WAITING;
    return switch (SettingStatement.read(plan.command(), plan.bare())) {
      case SettingStatement.Assign assign -> waiting ? new Decision.Local() : open();
      case SettingStatement.Reset(String name) when name.equals("client_encoding") ->
          foreign
              .refusal(session.state().initial().encoding())
              .<Decision>map(Decision.Refuse::new)
              .orElseGet(() -> waiting ? new Decision.Local() : open());
      case SettingStatement.Reset reset -> waiting ? new Decision.Local() : open();
      case SettingStatement.ResetAll all -> waiting ? new Decision.Local() : open();
      case SettingStatement.InTransaction in -> waiting ? new Decision.Local() : open();
      case SettingStatement.ShowAfter show -> new Decision.Local();
      case SettingStatement.SetAfter after -> new Decision.Local();
      case SettingStatement.Show show ->
          new Decision.Server(
              new Target(Target.ANY, false, false, waiting && session.transaction().isOrdinary()));
      case SettingStatement.DiscardAll all ->
          session.transaction().state() == Transaction.State.NONE && held() == null
              ? new Decision.Local()
              : open();
      case SettingStatement.DiscardSome some -> open();
      case SettingStatement.Unportable unportable -> pinning(anyServer(true));
      case SettingStatement.Seed seed -> pinning(anyServer(true));
      case SettingStatement.Encode(var assign, ClientEncoding encoding) ->
          foreign.refusal(encoding).<Decision>map(Decision.Refuse::new).orElseGet(this::open);
    };
  }

  /** On the server of the transaction, or on any primary. */
  private Decision open() {
    return session.transaction().state() == Transaction.State.OPEN ? here() : anyServer(false);
  }

  /** Where the cursor was opened. */
  private Decision cursor(Plan plan) {
    int shard = session.transaction().cursorShard(SessionState.lastWord(plan));
    return shard == Target.ANY || session.transaction().state() != Transaction.State.OPEN
        ? open()
        : new Decision.Server(Target.primary(shard));
  }

  private Decision routed(Plan plan, Routing routing) {
    Decision decision =
        switch (routing) {
          case Routing.One one -> one(one.shard(), reads(plan, one.readOnly()));
          case Routing.AnyShard any -> any(plan, reads(plan, any.readOnly()));
          case Routing.Some some -> several(plan, some.shards(), some.readOnly(), some.gather());
          case Routing.All all -> several(plan, allShards(), all.readOnly(), all.gather());
          case Routing.Coordinated coordinated ->
              session.link().coordination().decide(plan, coordinated);
          case Routing.Session own -> plan.kind() == StatementKind.FETCH ? cursor(plan) : open();
          case Routing.Refused refused ->
              refuse(refused.sqlState(), refused.message(), refused.hint());
        };
    if (plan.residue() == Residue.RECALLS) {
      return recalling(decision);
    }
    return plan.holdsSession() ? pinning(decision) : decision;
  }

  /** On the connection on which the session has written last. */
  private Decision recalling(Decision decision) {
    if (!(decision instanceof Decision.Server) || session.identity().keepsServers()) {
      return decision;
    }
    int pinned = session.link().pinnedShard();
    int shard = pinned == Target.ANY ? session.link().own().recall(session.pool()) : pinned;
    return shard == Target.ANY
        ? refuse(
            "55000",
            "currval and lastval are not defined: other sessions have used the server connection"
                + " on which this one has written last",
            "Use RETURNING, ask in the transaction that writes, or set pool: session for the"
                + " user.")
        : pinning(new Decision.Server(Target.primary(shard)));
  }

  /** Whether a replica may run it: it provably reads, or the session writes nothing anyway. */
  private boolean reads(Plan plan, boolean provably) {
    SessionMode mode = session.state().mode();
    boolean plain = plan.kind() == StatementKind.READ || plan.kind() == StatementKind.WRITE;
    return !mode.serializable() && (provably || (plain && mode.readOnly()));
  }

  private List<Integer> allShards() {
    return IntStream.range(0, session.service().members().shards()).boxed().toList();
  }

  private Decision one(int shard, boolean readOnly) {
    Link.Held held = held();
    Transaction transaction = session.transaction();
    boolean bound = transaction.state() == Transaction.State.OPEN || session.writes().uncommitted();
    boolean alone = session.service().config().acrossShards() == AcrossShards.REFUSE;
    if (alone && bound && held != null && held.shard() != shard) {
      return refuse(
          "0A000",
          "the transaction is on shard "
              + held.shard()
              + ", and this statement needs shard "
              + shard,
          ONE_SHARD_HINT);
    }
    boolean replica =
        transaction.state() == Transaction.State.NONE ? readOnly : transaction.readOnly();
    return new Decision.Server(new Target(shard, replica, false, false));
  }

  private Decision any(Plan plan, boolean readOnly) {
    return switch (session.transaction().state()) {
      case OPEN -> here();
      case NONE ->
          session.writes().uncommitted()
              ? here()
              : new Decision.Server(new Target(Target.ANY, readOnly, false, false));
      case WAITING ->
          readOnly && mayBeBeside(plan)
              ? new Decision.Server(new Target(Target.ANY, true, false, true))
              : new Decision.Server(
                  new Target(Target.ANY, session.transaction().readOnly(), false, false));
    };
  }

  /** Whether a read need not know that it is one of the transaction. */
  private boolean mayBeBeside(Plan plan) {
    boolean looks = plan.effects().calls().contains("current_setting");
    Transaction transaction = session.transaction();
    return plan.views().isEmpty() && (looks ? transaction.isOrdinary() : transaction.plain());
  }

  private Decision several(Plan plan, List<Integer> shards, boolean readOnly, Gather gather) {
    if (shards.size() == 1) {
      return one(shards.getFirst(), readOnly);
    }
    if (!plan.views().isEmpty()) {
      return refuse(
          "0A000",
          "a view of Terrace's own cannot be read together with rows of several shards",
          "Name the sharding key, or read them in two statements.");
    }
    // A comment may ask for the primary, which makes it no write.
    boolean reads = readOnly || plan.kind() == StatementKind.READ;
    Transaction transaction = session.transaction();
    boolean none = transaction.state() == Transaction.State.NONE && !session.writes().uncommitted();
    boolean beside =
        transaction.state() == Transaction.State.WAITING && reads && transaction.plain();
    boolean joins = !none && !beside;
    if (joins && session.service().config().acrossShards() == AcrossShards.REFUSE) {
      return refuse(
          "0A000",
          (plan.command().isEmpty() ? "this statement" : plan.command())
              + " needs several shards, which a transaction cannot span",
          ONE_SHARD_HINT);
    }
    boolean replicas = readOnly && (none || transaction.readOnly());
    return new Decision.Scatter(shards, reads, replicas, joins || !reads, gather);
  }

  /** Makes the session keep the server; it can keep only one. */
  private Decision pinning(Decision decision) {
    if (!(decision instanceof Decision.Server(Target target))) {
      return decision instanceof Decision.Scatter
          ? refuse(
              "0A000",
              "a temporary object, lock or prepared statement of the session cannot be on several"
                  + " shards",
              "Name the sharding key, or use an ordinary table.")
          : decision;
    }
    int pinned = session.link().pinnedShard();
    if (pinned != Target.ANY && !target.isAny() && target.shard() != pinned) {
      return refuse(
          "0A000",
          "the session keeps something on shard "
              + pinned
              + ", and this needs shard "
              + target.shard(),
          "Use another connection for it.");
    }
    return new Decision.Server(new Target(target.shard(), false, true, false));
  }

  private static Decision refuse(String sqlState, String message, String hint) {
    return new Decision.Refuse(SqlError.error(sqlState, message, hint));
  }

  /** Whether a statement is of a kind that Terrace may answer without any server. */
  static boolean mayBeLocal(Plan plan) {
    return switch (plan.kind()) {
      case EMPTY, BEGIN, COMMIT, ROLLBACK, SAVEPOINT -> true;
      case SESSION -> !plan.command().equals("SHOW") || SettingStatement.showsAfter(plan);
      default -> false;
    };
  }
}
