package dev.terrace.sql.session;

import dev.terrace.sql.cache.NotKept;
import dev.terrace.sql.cache.Recording;
import dev.terrace.sql.plan.FunctionSetting;
import dev.terrace.sql.plan.Parameters;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a session awaits from its server, in order: one for each message it sent. */
final class Expect {

  /** By what message the server answers. */
  enum Kind {
    /** Everything up to ReadyForQuery. */
    QUERY,
    /** ParseComplete. */
    PARSE,
    /** BindComplete. */
    BIND,
    /** RowDescription or NoData, after ParameterDescription if it was of a statement. */
    DESCRIBE,
    /** Rows and a CommandComplete. */
    EXECUTE,
    /** CloseComplete. */
    CLOSE,
    /** ReadyForQuery. */
    SYNC,
    /** Nothing: this is Terrace's own answer, in its turn. */
    LOCAL
  }

  static final Expect BIND = new Expect(Kind.BIND, true);
  static final Expect BIND_HIDDEN = new Expect(Kind.BIND, false);
  private static final Expect DESCRIBE = new Expect(Kind.DESCRIBE, true);
  static final Expect EXECUTE_HIDDEN = new Expect(Kind.EXECUTE, false);
  static final Expect PARSE_HIDDEN = new Expect(Kind.PARSE, false);
  static final Expect CLOSE = new Expect(Kind.CLOSE, true);
  static final Expect CLOSE_HIDDEN = new Expect(Kind.CLOSE, false);
  static final Expect SYNC = new Expect(Kind.SYNC, true);

  final Kind kind;

  /** Whether the client is told. */
  final boolean relays;

  /**
   * What is prepared, for {@link Kind#PARSE}; whose columns are looked at, for {@link
   * Kind#DESCRIBE}.
   */
  final @Nullable Statement statement;

  /** The statements that run, for {@link Kind#QUERY} and {@link Kind#EXECUTE}. */
  final List<Plan> plans;

  /** Terrace's own answer, for {@link Kind#LOCAL}. */
  final @Nullable ByteBuf answer;

  /** What records the answer that comes next, for {@link Kind#LOCAL}. */
  final @Nullable Recording recording;

  /** Takes the outcome of a message that the client does not know of. */
  final Consumer<Optional<SqlError>> done;

  private List<FunctionSetting> settings = List.of();
  private @Nullable ByteBuf parameters;
  private int completed;
  private Optional<SqlError> error = Optional.empty();

  private Expect(Kind kind, boolean relays) {
    this(kind, relays, null, List.of(), null, Expect::ignore);
  }

  private Expect(Recording recording) {
    this.kind = Kind.LOCAL;
    this.relays = true;
    this.statement = null;
    this.plans = List.of();
    this.answer = null;
    this.recording = recording;
    this.done = Expect::ignore;
  }

  private Expect(
      Kind kind,
      boolean relays,
      @Nullable Statement statement,
      List<Plan> plans,
      @Nullable ByteBuf answer,
      Consumer<Optional<SqlError>> done) {
    this.kind = kind;
    this.relays = relays;
    this.statement = statement;
    this.plans = plans;
    this.answer = answer;
    this.recording = null;
    this.done = done;
  }

  static Expect parse(Statement statement, boolean relays) {
    return new Expect(Kind.PARSE, relays, statement, List.of(), null, Expect::ignore);
  }

  /** The client is told a statement's columns, and relies on them from then on. */
  static Expect describe(Statement statement) {
    return new Expect(Kind.DESCRIBE, true, statement, List.of(), null, Expect::ignore);
  }

  /** As {@link #describe}, by a portal: what is prepared once and bound often is described once. */
  static Expect describePortal(Statement statement) {
    boolean first = !statement.isUnnamed() && !statement.isTold();
    return first ? describe(statement) : DESCRIBE;
  }

  /** Terrace itself looks at a statement's columns. */
  static Expect columns(Statement statement, Consumer<Optional<SqlError>> done) {
    return new Expect(Kind.DESCRIBE, false, statement, List.of(), null, done);
  }

  static Expect execute(Plan plan, List<FunctionSetting> settings) {
    Expect made = new Expect(Kind.EXECUTE, true, null, List.of(plan), null, Expect::ignore);
    made.settings = settings;
    return made;
  }

  static Expect query(List<Plan> plans) {
    return new Expect(Kind.QUERY, true, null, plans, null, Expect::ignore);
  }

  static Expect hiddenQuery(Consumer<Optional<SqlError>> done) {
    return new Expect(Kind.QUERY, false, null, List.of(), null, done);
  }

  static Expect hiddenSync(Consumer<Optional<SqlError>> done) {
    return new Expect(Kind.SYNC, false, null, List.of(), null, done);
  }

  static Expect local(ByteBuf answer) {
    return new Expect(Kind.LOCAL, true, null, List.of(), answer, Expect::ignore);
  }

  static Expect recording(Recording recording) {
    return new Expect(recording);
  }

  private static void ignore(Optional<SqlError> outcome) {
    // The client is told.
  }

  /** The statement that completes next, if it is known. */
  @Nullable Plan running() {
    return completed < plans.size() ? plans.get(completed) : null;
  }

  /** What the running statement sets by calling set_config. */
  List<FunctionSetting> settings() {
    Plan plan = running();
    return kind == Kind.QUERY && plan != null && plan.setsByFunction()
        ? plan.settings(Parameters.NONE).orElse(List.of())
        : settings;
  }

  void completedOne() {
    completed++;
  }

  /** Whether the tag with which the running statement completes matters to the session. */
  boolean wantsTag() {
    Plan plan = running();
    if (plan == null) {
      return false;
    }
    StatementKind kindOfStatement = plan.kind();
    return kindOfStatement == StatementKind.COMMIT
        || kindOfStatement == StatementKind.ROLLBACK
        || kindOfStatement == StatementKind.SAVEPOINT
        || kindOfStatement == StatementKind.SESSION
        || kindOfStatement == StatementKind.DEALLOCATE
        || kindOfStatement == StatementKind.DDL
        || plan.setsByFunction();
  }

  void failed(SqlError why) {
    error = Optional.of(why);
  }

  Optional<SqlError> error() {
    return error;
  }

  /** Keeps what the server said of parameters until it has said what the columns are. */
  void parameters(ByteBuf description) {
    parameters = description;
  }

  /** Takes that out; null if there is none. */
  @Nullable ByteBuf takeParameters() {
    ByteBuf taken = parameters;
    parameters = null;
    return taken;
  }

  void release() {
    ByteBuf kept = takeParameters();
    if (kept != null) {
      kept.release();
    }
    if (answer != null) {
      answer.release();
    }
    if (recording != null) {
      recording.abandon(NotKept.ANSWER);
    }
  }
}
