package dev.terrace.sql.plan;

import java.util.List;
import java.util.Set;

/**
 * What is known of one statement before its parameters are: its kind, its tables, and how to find
 * its shard once they are bound. Immutable; statements that differ in their constants alone share
 * the costly part.
 */
public final class Plan {

  private static final Set<String> VOUCHABLE = Set.of("SELECT", "WITH", "VALUES", "TABLE");

  private static final Set<StatementKind> WRITING =
      Set.of(StatementKind.WRITE, StatementKind.DDL, StatementKind.COPY_IN, StatementKind.OTHER);

  private final String sql;
  private final Lexed lexed;
  private final Statement statement;
  private final int shards;

  Plan(String sql, Lexed lexed, Statement statement, int shards) {
    this.sql = sql;
    this.lexed = lexed;
    this.statement = statement;
    this.shards = shards;
  }

  /** The statement's text. */
  public String sql() {
    return sql;
  }

  /** What the statement does. */
  public StatementKind kind() {
    return isVouchedFor() ? StatementKind.READ : statement.kind();
  }

  /** Whether its author says that it only reads, which cannot be proven but may well be. */
  private boolean isVouchedFor() {
    return lexed.hint.replica()
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

  /** The highest n of its $n parameters, 0 if it has none. */
  public int parameterCount() {
    return statement.parameterCount();
  }

  /** Whether it provably changes nothing, so that a replica may answer it. */
  public boolean readOnly() {
    return (statement.readOnly() || isVouchedFor()) && !lexed.hint.primary();
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
    return statement.holdsSession();
  }

  /** Whether {@link #route} may look at the parameters. */
  public boolean needsParameters() {
    return statement.parameterCount() > 0
        && statement.decision().needsKeys()
        && lexed.hint.shard().isEmpty();
  }

  /** Where it goes with these parameters. */
  public Routing route(Parameters parameters) {
    Hint hint = lexed.hint;
    if (hint.problem().isPresent()) {
      return new Routing.Refused(
          Refusals.INVALID_VALUE,
          "a comment's hint cannot be read: " + hint.problem().get(),
          "The hints are /* terrace: primary */, /* terrace: replica */ and /* terrace: shard=0 */.");
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
    Routing routing = statement.decision().route(new KeyReader(lexed, parameters));
    return hint.primary() || isVouchedFor() ? reading(routing, !hint.primary()) : routing;
  }

  private Routing toHinted(int shard) {
    if (shard >= shards) {
      return new Routing.Refused(
          Refusals.INVALID_VALUE,
          "there is no shard " + shard + ": the store has " + shards,
          "Shards are counted from 0.");
    }
    Routing unhinted = statement.decision().route(new KeyReader(lexed, Parameters.NONE));
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
      case Routing.Session session -> session;
      case Routing.Refused refused -> refused;
    };
  }
}
