package dev.terrace.sql.session;

import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.SqlError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A session's transaction. BEGIN is answered at once and sent only when the first statement has
 * named a shard: until then it is {@link State#WAITING}, and what belongs before that statement is
 * kept. Settings made in it count from its commit on.
 */
final class Transaction {

  /** How far it is. */
  enum State {
    /** There is none. */
    NONE,
    /** It was begun and has no shard yet. */
    WAITING,
    /** It is open on a server. */
    OPEN
  }

  private static final int KEPT_MAX = 1000;
  private static final Pattern CHAIN = Pattern.compile("(?is).*\\bAND\\s+CHAIN\\b.*");

  /** What says how a transaction is, and is true of the next one if that is chained to it. */
  private static final Pattern BEGINS =
      Pattern.compile("(?is)\\s*(BEGIN|START|SET\\s+TRANSACTION)\\b.*");

  /** What the server cannot but accept. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?is)\\s*(BEGIN(\\s+(WORK|TRANSACTION))?|START\\s+TRANSACTION)"
              + "((\\s+|\\s*,\\s*)(ISOLATION\\s+LEVEL\\s+(SERIALIZABLE|REPEATABLE\\s+READ|READ\\s+COMMITTED"
              + "|READ\\s+UNCOMMITTED)|READ\\s+ONLY|READ\\s+WRITE|(NOT\\s+)?DEFERRABLE))*\\s*;?\\s*");

  private State state = State.NONE;
  private final TransactionFailure failure = new TransactionFailure();
  private boolean readOnly;
  private boolean serializable;
  private boolean readCommitted;
  private boolean sets;
  private boolean hidden;
  private boolean broken;
  private boolean unportable;
  private final List<String> prelude = new ArrayList<>();

  /** Settings made in a pipeline that is no transaction yet, for servers that join it. */
  private final List<String> ahead = new ArrayList<>();

  private final PendingSettings pending = new PendingSettings();
  private final Map<String, Integer> cursors = new HashMap<>();

  State state() {
    return state;
  }

  /** Whether Terrace itself failed it, which no server knows of. */
  boolean failedHere() {
    return failure.isThere();
  }

  /** Whether it was begun as one that only reads, so that a replica may run it. */
  boolean readOnly() {
    return state != State.NONE && readOnly && !serializable;
  }

  /**
   * Whether reads may run beside it, on a server that knows nothing of it: it asks for no snapshot
   * and has made no setting.
   */
  boolean plain() {
    return readCommitted && !sets;
  }

  /** Whether no setting of the session has another value in it. */
  boolean isOrdinary() {
    return plain() && !readOnly;
  }

  /** A setting is on its way to the server, of a transaction or of a pipeline. */
  void sets() {
    sets = true;
  }

  /** Whether it, or a pipeline outside of any, has made settings. */
  boolean hasSet() {
    return sets;
  }

  /** Whether the client began it, and asked for no snapshot that all its statements see. */
  boolean readCommitted() {
    return readCommitted;
  }

  /** The state as ReadyForQuery says it, if the server last said {@code server}. */
  byte status(byte server) {
    if (failure.isThere()) {
      return 'E';
    }
    return state != State.NONE && server == 'I' ? (byte) 'T' : server;
  }

  void begin(String sql, boolean readOnlyTransaction, SessionMode mode) {
    reset();
    String upper = sql.toUpperCase(Locale.ROOT);
    state = State.WAITING;
    boolean isolates = upper.contains("ISOLATION");
    serializable = isolates ? upper.contains("SERIALIZABLE") : mode.serializable();
    readOnly = readOnlyTransaction || (mode.readOnly() && !upper.contains("READ WRITE"));
    readCommitted = !isolates && !mode.isolated();
    prelude.add(sql);
  }

  /** Whether a COMMIT or ROLLBACK begins the next transaction, like the one that it ends. */
  static boolean chains(String sql) {
    return sql.length() > "END AND CHAIN".length() - 1 && CHAIN.matcher(sql).matches();
  }

  /** The ROLLBACK for the server, where the client's statement ends it. */
  static String rollback(String sql) {
    return chains(sql) ? "ROLLBACK AND CHAIN" : "ROLLBACK";
  }

  /** The client's statement has ended it; with AND CHAIN one like it has begun in its place. */
  void ended(String sql) {
    if (chains(sql)) {
      chained();
    } else {
      reset();
    }
  }

  /** It has ended, and one like it has begun in its place. */
  void chained() {
    State now = state;
    boolean reads = readOnly;
    boolean serializes = serializable;
    boolean commits = readCommitted;
    List<String> modes = prelude.stream().filter(sql -> BEGINS.matcher(sql).matches()).toList();
    reset();
    state = now;
    readOnly = reads;
    serializable = serializes;
    readCommitted = commits;
    prelude.addAll(modes);
  }

  /**
   * Keeps a statement to be sent before the first one with a shard; false if there are too many.
   */
  boolean keep(String sql) {
    if (prelude.size() >= KEPT_MAX) {
      return false;
    }
    prelude.add(sql);
    String upper = sql.toUpperCase(Locale.ROOT);
    boolean isolates = upper.contains("ISOLATION");
    readCommitted &= !isolates;
    sets |= sets(upper);
    serializable = isolates ? upper.contains("SERIALIZABLE") : serializable;
    if (upper.contains("READ ONLY")) {
      readOnly = true;
    } else if (upper.contains("READ WRITE") || upper.contains("READ_ONLY")) {
      readOnly = false;
    }
    return true;
  }

  private static boolean sets(String upper) {
    return !upper.startsWith("SAVEPOINT")
        && !upper.startsWith("RELEASE")
        && !upper.startsWith("ROLLBACK")
        && !upper.startsWith("SET TRANSACTION");
  }

  /** Whether more than BEGIN is to be sent: then it may fail. */
  boolean preludeMayFail() {
    return prelude.size() > 1 || !isPlain(prelude.getFirst());
  }

  private static boolean isPlain(String sql) {
    return sql.length() == "BEGIN".length() || PLAIN.matcher(sql).matches();
  }

  /** Opens it on a server: what is to be sent there first. */
  String openAt(ServerConnection server) {
    if (unportable) {
      server.suspect();
    }
    state = State.OPEN;
    return String.join(";", prelude);
  }

  /** A BEGIN was sent to the server in place. */
  void openedInPlace(String sql) {
    state = State.OPEN;
    if (prelude.isEmpty()) {
      prelude.add(sql);
    }
  }

  /** Opens one on the server in place that the client did not ask for. */
  void beginHidden() {
    openedInPlace("BEGIN");
    prelude.addAll(ahead);
    hidden = true;
  }

  /** As {@link #beginHidden}, with no server in place yet. */
  void beginHiddenLater() {
    reset();
    state = State.WAITING;
    hidden = true;
    prelude.add("BEGIN");
  }

  /** Whether the client does not know of it. */
  boolean isHidden() {
    return hidden;
  }

  /** The client begins one where one is hidden: that is the same from now on. */
  void reveal() {
    hidden = false;
  }

  /** One of several servers is gone: nothing but the end of it all is left to do. */
  void broken(SqlError why) {
    if (state == State.OPEN) {
      broken = true;
      failure.lost(why);
    }
  }

  /** Whether one of several servers is gone. */
  boolean isBroken() {
    return broken;
  }

  /** A cursor was opened on a shard. */
  void cursor(String name, int shard) {
    if (cursors.size() < KEPT_MAX) {
      cursors.put(name, shard);
    }
  }

  /** The shard of a cursor, {@link Target#ANY} if it is not known. */
  int cursorShard(String name) {
    return cursors.getOrDefault(name, Target.ANY);
  }

  /** Keeps what servers that take part later must be told too. */
  void repeatLater(String sql) {
    sets |= sets(sql.toUpperCase(Locale.ROOT));
    if (state == State.OPEN && prelude.size() < KEPT_MAX) {
      prelude.add(sql);
    } else if (state == State.NONE && ahead.size() < KEPT_MAX) {
      ahead.add(sql);
    }
  }

  /** The client is told of an error: nothing but its end is accepted any more. */
  void fail() {
    failure.told(state != State.NONE);
  }

  /** The server it was open on is gone, and with it all that it did. */
  void lost(SqlError why) {
    if (state == State.OPEN) {
      state = State.WAITING;
      prelude.removeIf(sql -> !BEGINS.matcher(sql).matches());
      failure.lost(why);
    }
  }

  /** A setting was made that outlives it: servers that take part later must be wiped of it. */
  void unportable() {
    unportable = true;
  }

  /** Whether it has failed, and why. */
  TransactionFailure failure() {
    return failure;
  }

  /** The server said ReadyForQuery with that status. */
  void ready(byte status, boolean outside) {
    if (outside) {
      return;
    }
    if (status == 'I') {
      state = State.NONE;
    } else if (state != State.OPEN) {
      state = State.OPEN;
    }
  }

  /** COMMIT or ROLLBACK was sent; the server confirms it with the next ReadyForQuery. */
  void ending() {
    if (state == State.OPEN) {
      state = State.NONE;
    }
  }

  void reset() {
    state = State.NONE;
    failure.reset();
    readOnly = false;
    serializable = false;
    readCommitted = false;
    sets = false;
    hidden = false;
    broken = false;
    unportable = false;
    cursors.clear();
    prelude.clear();
    ahead.clear();
    pending.clear();
  }

  /** The settings made in it, and its savepoints. */
  PendingSettings pending() {
    return pending;
  }

  /** SAVEPOINT, RELEASE or ROLLBACK TO has succeeded. */
  void savepoint(String command, String sql) {
    if (command.equals("ROLLBACK")) {
      failure.recover();
    }
    pending.savepoint(command, sql);
  }
}
