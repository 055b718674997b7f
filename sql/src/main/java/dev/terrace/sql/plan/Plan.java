package dev.terrace.sql.plan;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one statement before its parameters are: its kind, its tables, and how to find
 * its shard once they are bound. Its meaning never changes; statements that differ in their
 * constants alone share the costly part.
 */
public final class Plan {

  private static final Set<String> VOUCHABLE = Set.of("SELECT", "WITH", "VALUES", "TABLE");

  private static final Set<StatementKind> WRITING =
      Set.of(StatementKind.WRITE, StatementKind.DDL, StatementKind.COPY_IN, StatementKind.OTHER);

  private final Constants constants;
  private final Hint hint;
  private final boolean plain;
  private final Shape shape;
  private final Statement statement;
  private final int shards;

  /** The text, until it is asked for as a string. */
  private final byte[] bytes;

  private @Nullable String sql;

  Plan(String sql, Lexed lexed, Shape shape, int shards) {
    this(sql, new byte[0], lexed, lexed.hint, shape, shards);
  }

  private Plan(
      @Nullable String sql, byte[] bytes, Constants constants, Hint hint, Shape shape, int shards) {
    this.sql = sql;
    this.bytes = bytes;
    this.constants = constants;
    this.hint = hint;
    this.plain = hint.decidesNothing();
    this.shape = shape;
    this.statement = shape.statement();
    this.shards = shards;
  }

  /** The plan of a statement that differs from this one in its constants alone. */
  Plan with(byte[] text, Constants others) {
    return new Plan(null, text, others, hint, shape, shards);
  }

  /** Whether the text has constants, so that texts like it may be many. */
  public boolean hasConstants() {
    return !(constants instanceof Lexed lexed) || lexed.slots() > 0;
  }

  /** Whether a skeleton of the text has the same constants as the plan. */
  boolean hasConstants(Skeleton skeleton) {
    return constants instanceof Lexed lexed && skeleton.matches(lexed);
  }

  /** The statement's text. */
  public String sql() {
    String text = sql;
    if (text == null) {
      text = new String(bytes, StandardCharsets.UTF_8);
      sql = text;
    }
    return text;
  }

  /** The text without comments, as what is said of the session is read and said again. */
  public String bare() {
    return Lexed.bare(sql());
  }

  /** What the statement does. */
  public StatementKind kind() {
    return isVouchedFor() ? StatementKind.READ : statement.kind();
  }

  /** Whether its author says that it only reads, which cannot be proven but may well be. */
  private boolean isVouchedFor() {
    return hint.replica()
        && statement.kind() == StatementKind.WRITE
        && VOUCHABLE.contains(statement.command());
  }

  /** Its first keyword in upper case: SELECT, SET, DISCARD; empty if there is none. */
  public String command() {
    return statement.command();
  }

  /** The tables it names, as the file names them, in the order they are met. */
  public List<String> tables() {
    return statement.tables();
  }

  /** What it has in common with statements that differ in their constants alone. */
  public Fingerprint fingerprint() {
    return shape.fingerprint();
  }

  /** What it asks of Terrace itself; empty for nearly all statements. */
  public List<View> views() {
    return shape.views();
  }

  /** How often it calls {@link NextId}: the text with numbers in place of the calls is run. */
  public int numbers() {
    return shape.numbers();
  }

  /** Whether a server can run the text as it is, without what Terrace itself has to put there. */
  public boolean isWhole() {
    return shape.numbers() == 0 && shape.views().isEmpty();
  }

  /** What it does to tables, and what its result depends on beside them. */
  public Effects effects() {
    return statement.effects();
  }

  /** What its comment says of keeping its result. */
  public Keeping keeping() {
    return hint.keeping();
  }

  /** Whether its comment asks for the primary. */
  public boolean wantsPrimary() {
    return hint.primary();
  }

  /** The highest n of its $n parameters, 0 if it has none. */
  public int parameterCount() {
    return statement.parameterCount();
  }

  /** Whether it provably changes nothing, so that a replica may answer it. */
  public boolean readOnly() {
    return (statement.readOnly() || isVouchedFor()) && !hint.primary();
  }

  /** Whether this BEGIN opens a READ ONLY transaction; false for every other kind. */
  public boolean readOnlyTransaction() {
    return statement.readOnlyTransaction();
  }

  /**
   * Whether it leaves something behind in the server's session that later statements rely on: a
   * temporary table, a cursor WITH HOLD, an advisory lock, LISTEN, PREPARE.
   */
  public boolean holdsSession() {
    return statement.residue().holdsSession();
  }

  /** What it leaves behind in the server's session. */
  public Residue residue() {
    return statement.residue();
  }

  /** Whether it makes settings by set_config that can be followed once its parameters are bound. */
  public boolean setsByFunction() {
    return !statement.settings().calls().isEmpty();
  }

  /** The settings that it makes by set_config; empty if they cannot be read. */
  public Optional<List<FunctionSetting>> settings(Parameters parameters) {
    return statement.settings().read(new KeyReader(constants, parameters));
  }

  /** Whether {@link #route} may look at the parameters. */
  public boolean needsParameters() {
    return statement.parameterCount() > 0
        && (setsByFunction() || (statement.decision().needsKeys() && hint.shard().isEmpty()));
  }

  /**
   * Where it goes with these parameters; the reason of a statement that is bound to one shard does
   * not name its key.
   */
  public Routing route(Parameters parameters) {
    if (plain) {
      Routing quick = statement.decision().quick(new KeyReader(constants, parameters));
      if (quick != null) {
        return quick;
      }
    }
    return explain(parameters);
  }

  /** Where it goes with these parameters, and why in full. */
  public Routing explain(Parameters parameters) {
    if (hint.problem().isPresent()) {
      return new Routing.Refused(
          Refusals.INVALID_VALUE,
          "a comment's hint cannot be read: " + hint.problem().get(),
          "The hints are /* terrace: primary */, /* terrace: replica */, /* terrace: shard=0 */,"
              + " /* terrace: cache 30s */ and /* terrace: no-cache */.");
    }
    if (hint.replica() && WRITING.contains(kind())) {
      return new Routing.Refused(
          Refusals.INVALID_VALUE,
          "a comment asks for a replica, and " + command() + " writes",
          "Leave /* terrace: replica */ out.");
    }
    if (hint.shard().isPresent()) {
      return toHinted(hint.shard().getAsInt());
    }
    Routing routing = statement.decision().route(reader(parameters));
    return hint.primary() || isVouchedFor() ? reading(routing, !hint.primary()) : routing;
  }

  /** The text is cut into tokens again where more than its constants is needed. */
  private KeyReader reader(Parameters parameters) {
    if (!statement.decision().needsText() || constants instanceof Lexed) {
      return new KeyReader(constants, parameters);
    }
    try {
      return new KeyReader(Lexer.lex(sql()), parameters);
    } catch (SyntaxFailure e) {
      throw new IllegalStateException("a text whose form is known cannot be read", e);
    }
  }

  private Routing toHinted(int shard) {
    if (shard >= shards) {
      return new Routing.Refused(
          Refusals.INVALID_VALUE,
          "there is no shard " + shard + ": the store has " + shards,
          "Shards are counted from 0.");
    }
    Routing unhinted = statement.decision().route(reader(Parameters.NONE));
    return unhinted instanceof Routing.Session
        ? unhinted
        : new Routing.One(shard, readOnly(), "the statement's comment asks for shard " + shard);
  }

  private static Routing reading(Routing routing, boolean replica) {
    return switch (routing) {
      case Routing.One one -> new Routing.One(one.shard(), replica, one.reason());
      case Routing.AnyShard any -> new Routing.AnyShard(replica, any.reason());
      case Routing.Some some ->
          new Routing.Some(some.shards(), replica, some.gather(), some.reason());
      case Routing.All all -> new Routing.All(replica, all.gather(), all.reason());
      case Routing.Coordinated coordinated -> coordinated;
      case Routing.Session session -> session;
      case Routing.Refused refused -> refused;
    };
  }
}
