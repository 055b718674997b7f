package dev.terrace.sql.plan;

import java.util.Locale;
import java.util.Set;

/**
 * Tells statements apart by their first words, and makes the decision for each: queries and changes
 * of data by {@link Decider}, all else by what it is.
 */
final class Classifier {

  private static final Set<String> SCHEMA_COMMANDS =
      Set.of(
          "create",
          "alter",
          "drop",
          "grant",
          "revoke",
          "comment",
          "reindex",
          "vacuum",
          "analyze",
          "analyse",
          "cluster",
          "refresh",
          "security",
          "reassign");

  private static final Set<String> DATA_COMMANDS =
      Set.of("select", "values", "table", "with", "insert", "update", "delete");

  private final Places places;
  private final Decider decider;

  Classifier(Places places) {
    this.places = places;
    this.decider = new Decider(places);
  }

  /** The statement that a text's tokens are. */
  Statement classify(Lexed lexed) {
    Cursor at = new Cursor(lexed);
    Statement statement;
    try {
      statement = at(at);
    } catch (SyntaxFailure e) {
      statement = notUnderstood(at.lexed, e.detail());
    }
    return statement.parameters(lexed.parameterCount);
  }

  /** The statement of text that is not even cut into tokens. */
  Statement notLexed(String message) {
    return unknown("", message);
  }

  private Statement notUnderstood(Lexed lexed, String message) {
    String command = lexed.size() == 0 ? "" : lexed.value(0).toUpperCase(Locale.ROOT);
    return unknown(command, message);
  }

  private Statement unknown(String command, String message) {
    return Statement.of(
            StatementKind.WRITE,
            command,
            oneShardOr(Refusals.notUnderstood(message), "could not be understood"))
        .leaving(Residue.UNKNOWN);
  }

  private Routing oneShardOr(Routing several, String what) {
    return places.shards() == 1
        ? new Routing.One(0, false, "the store has one shard (" + what + ")")
        : several;
  }

  private Routing everyShard(String reason) {
    return oneShardOr(new Routing.All(false, Gather.FIRST, reason), reason);
  }

  /** The statement whose first token the cursor is at, to the end of the text. */
  private Statement at(Cursor at) throws SyntaxFailure {
    if (at.atEnd()) {
      return Statement.session(StatementKind.EMPTY, "", "there is no statement");
    }
    boolean parenthesis = at.isMark("(");
    if (!parenthesis && at.kind() != Token.WORD) {
      throw at.unexpected("a statement");
    }
    String word = parenthesis ? "select" : at.value();
    String command = word.toUpperCase(Locale.ROOT);
    if (DATA_COMMANDS.contains(word)) {
      return data(at, command);
    }
    if (SCHEMA_COMMANDS.contains(word)) {
      return new SchemaRules(at, oneShard()).statement(command);
    }
    return switch (word) {
      case "begin", "start" ->
          Statement.session(StatementKind.BEGIN, command, "opens a transaction")
              .opening(hasWords(at, "read", "only"));
      case "commit", "end", "rollback", "abort", "savepoint", "release" -> transaction(at, command);
      case "set", "reset", "show", "discard" -> setting(at, command);
      case "prepare" -> prepare(at, command);
      case "execute" ->
          Statement.session(StatementKind.EXECUTE, command, "runs a prepared statement");
      case "deallocate" ->
          Statement.session(StatementKind.DEALLOCATE, command, "drops a prepared statement");
      case "declare" -> declare(at, command);
      case "fetch", "move", "close" ->
          Statement.session(StatementKind.FETCH, command, "uses a cursor of the session");
      case "listen", "unlisten" ->
          Statement.of(StatementKind.LISTEN, command, first("notifications pass the first shard"))
              .leaving(word.equals("listen") ? Residue.HELD : Residue.NOTHING);
      case "notify" ->
          Statement.of(StatementKind.OTHER, command, first("notifications pass the first shard"));
      case "explain" -> explain(at, command);
      case "copy" -> new CopyRules(at, places, this).statement(command);
      case "truncate" ->
          Statement.of(
              StatementKind.WRITE, command, everyShard("empties the table on every shard"));
      case "lock" ->
          Statement.of(StatementKind.OTHER, command, everyShard("locks the table on every shard"));
      case "checkpoint" -> Statement.of(StatementKind.OTHER, command, everyShard("every server"));
      case "merge" -> other(command, MergeRules.residue(at, places));
      case "call", "do", "load", "import" -> other(command);
      default -> throw at.unexpected("a statement");
    };
  }

  private boolean oneShard() {
    return places.shards() == 1;
  }

  private Routing first(String reason) {
    return new Routing.One(0, false, reason);
  }

  private Statement other(String command) {
    boolean ends = command.endsWith(" PREPARED") || command.endsWith(" TRANSACTION");
    return other(command, ends ? Residue.NOTHING : Residue.UNKNOWN);
  }

  private Statement other(String command, Residue residue) {
    Routing refused =
        Refusals.unsupported(
            command + " is not routed: Terrace cannot see which tables it uses",
            Refusals.SHARD_HINT);
    StatementKind kind = command.equals("MERGE") ? StatementKind.WRITE : StatementKind.OTHER;
    return Statement.of(kind, command, oneShardOr(refused, command)).leaving(residue);
  }

  /** A query or change of data that goes to the end of the text. */
  Statement data(Cursor at, String command) throws SyntaxFailure {
    return data(StatementParser.parse(at.lexed, at.at(), at.lexed.size()), command);
  }

  Statement data(StatementParser.Parsed parsed, String command) {
    Decider.Decided decided = decider.decide(parsed);
    StatementKind kind = decided.readOnly() ? StatementKind.READ : StatementKind.WRITE;
    return new Statement(
        kind,
        command,
        decided.tables(),
        0,
        decided.readOnly(),
        false,
        decided.residue(),
        decided.settings(),
        decided.effects(),
        decided.decision());
  }

  private Statement transaction(Cursor at, String command) {
    if (at.isWord(1, "prepared")) {
      return other(command + " PREPARED");
    }
    boolean save = command.equals("SAVEPOINT") || command.equals("RELEASE") || hasWords(at, "to");
    if (save) {
      return Statement.session(StatementKind.SAVEPOINT, command, "marks a place in a transaction");
    }
    boolean commit = command.equals("COMMIT") || command.equals("END");
    return Statement.session(
        commit ? StatementKind.COMMIT : StatementKind.ROLLBACK, command, "ends a transaction");
  }

  private Statement setting(Cursor at, String command) {
    boolean quoting = !command.equals("SHOW") && hasWords(at, "standard_conforming_strings");
    if (quoting) {
      return Statement.of(
          StatementKind.SESSION,
          command,
          Refusals.unsupported(
              "standard_conforming_strings stays on, for Terrace reads statements by it",
              "Write strings with backslashes as E'...'."));
    }
    return Statement.session(StatementKind.SESSION, command, "is about the session");
  }

  /** Whether these words follow one another somewhere in the statement. */
  private static boolean hasWords(Cursor at, String... words) {
    for (int i = 0; at.kind(i) != Token.END; i++) {
      boolean all = true;
      for (int j = 0; j < words.length && all; j++) {
        all =
            at.isWord(i + j, words[j])
                || (at.kind(i + j) == Token.QUOTED && at.value(i + j).equalsIgnoreCase(words[j]));
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  private Statement prepare(Cursor at, String command) throws SyntaxFailure {
    at.next();
    if (at.isWord("transaction")) {
      return other("PREPARE TRANSACTION");
    }
    at.name();
    if (at.acceptMark("(")) {
      TypeParser types = new TypeParser(at);
      do {
        types.type();
      } while (at.acceptMark(","));
      at.expectMark(")");
    }
    at.expect("as");
    Statement inner = at(at);
    Decision way =
        inner.decision().needsKeys() && at.lexed.parameterCount > 0 && !oneShard()
            ? Decision.fixed(
                Refusals.unsupported(
                    "PREPARE of a statement whose shard depends on its parameters",
                    "Let the driver prepare it by the protocol, or name the key as a constant."))
            : inner.decision();
    return inner.within(StatementKind.PREPARE, command, false, way).leaving(Residue.HELD);
  }

  private Statement declare(Cursor at, String command) throws SyntaxFailure {
    at.next();
    at.name();
    boolean hold = hasWords(at, "with", "hold");
    while (!at.accept("for")) {
      if (at.kind() != Token.WORD) {
        throw at.unexpected("FOR");
      }
      at.next();
    }
    Statement inner = data(at, command);
    return inner
        .within(StatementKind.DECLARE, command, inner.readOnly(), oneOnly(inner, "a cursor"))
        .leaving(hold ? Residue.HELD : Residue.NOTHING);
  }

  /** Refuses what would need the answers of several shards. */
  Decision oneOnly(Statement inner, String what) {
    Decision way = inner.decision();
    return new Decision() {
      @Override
      public Routing route(KeyReader keys) {
        Routing routing = way.route(keys);
        return switch (routing) {
          case Routing.All all -> overSeveral();
          case Routing.Some some -> overSeveral();
          case Routing.One one -> one;
          case Routing.AnyShard any -> any;
          case Routing.Coordinated coordinated -> coordinated;
          case Routing.Session session -> session;
          case Routing.Refused refused -> refused;
        };
      }

      private Routing overSeveral() {
        return Refusals.unsupported(
            what + " over several shards is not supported",
            "Ask for one value of the sharding key, or send the statement by itself.");
      }

      @Override
      public boolean needsKeys() {
        return way.needsKeys();
      }

      @Override
      public boolean needsText() {
        return way.needsText();
      }
    };
  }

  private Statement explain(Cursor at, String command) throws SyntaxFailure {
    at.next();
    boolean runs = false;
    if (at.acceptMark("(")) {
      while (!at.acceptMark(")")) {
        if (at.atEnd()) {
          throw at.unexpected(")");
        }
        runs |= at.isName("analyze") || at.isName("analyse");
        at.next();
      }
    } else {
      while (at.isWord("analyze") || at.isWord("analyse") || at.isWord("verbose")) {
        runs |= !at.isWord("verbose");
        at.next();
      }
    }
    Statement inner = at(at);
    if (inner.kind() != StatementKind.READ && inner.kind() != StatementKind.WRITE) {
      return other(command);
    }
    boolean reads = inner.readOnly();
    return inner.within(
        reads ? StatementKind.READ : StatementKind.WRITE,
        command,
        reads,
        runs ? oneOnly(inner, "EXPLAIN ANALYZE") : anyOf(inner));
  }

  /** The plan of a statement that goes to several shards can be had from any of them. */
  private static Decision anyOf(Statement inner) {
    Decision way = inner.decision();
    return new Decision() {
      @Override
      public Routing route(KeyReader keys) {
        return way.route(keys) instanceof Routing.All all
            ? new Routing.AnyShard(inner.readOnly(), "the plan of one shard; " + all.reason())
            : way.route(keys) instanceof Routing.Some some
                ? new Routing.One(some.shards().getFirst(), inner.readOnly(), some.reason())
                : way.route(keys);
      }

      @Override
      public boolean needsKeys() {
        return way.needsKeys();
      }

      @Override
      public boolean needsText() {
        return way.needsText();
      }
    };
  }
}
