package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.plan.StatementKind;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client that has logged in. Its messages are taken one by one; after a Query or a Sync the next
 * one waits until the answer is complete, so that at most one such batch is under way. All on the
 * client channel's event loop.
 */
final class Session {

  private static final int WAITING_BYTES_MAX = 256 << 10;

  private final Channel client;
  private final FrontendScanner scanner;
  private final Shared shared;
  private final Settings initial;
  private final Transaction transaction = new Transaction();
  private final Replies replies = new Replies(this);
  private final Retries retries = new Retries();
  private final ExtendedQuery extended = new ExtendedQuery(this);
  private final SimpleQuery simple = new SimpleQuery(this);
  private final StatementRouter router = new StatementRouter(this);
  private final LocalAnswers localAnswers = new LocalAnswers(this);
  private final Notifications notifications = new Notifications(this);
  private final Link link;
  private final ServerPool pool;
  private final Writes writes;

  private Settings settings;
  private @Nullable ByteBuf held;
  private @Nullable Scatter scatter;
  private boolean starting = true;
  private boolean isSimple;
  private boolean busy;
  private boolean skipping;
  private boolean failedInBatch;
  private boolean pumping;
  private boolean draining;
  private boolean closed;
  private long startedNanos;
  private boolean sent;

  Session(Channel client, FrontendScanner scanner, Shared shared, Settings initial) {
    this.client = client;
    this.scanner = scanner;
    this.shared = shared;
    this.initial = initial;
    this.settings = initial;
    this.pool = shared.pools().of(client.eventLoop());
    this.link = new Link(this, pool);
    this.writes = new Writes(shared.service().members().shards());
  }

  EventLoop loop() {
    return client.eventLoop();
  }

  ByteBufAllocator alloc() {
    return client.alloc();
  }

  Shared shared() {
    return shared;
  }

  Service service() {
    return shared.service();
  }

  Settings settings() {
    return settings;
  }

  Transaction transaction() {
    return transaction;
  }

  Link link() {
    return link;
  }

  ServerPool pool() {
    return pool;
  }

  Replies replies() {
    return replies;
  }

  StatementRouter router() {
    return router;
  }

  LocalAnswers localAnswers() {
    return localAnswers;
  }

  ExtendedQuery extended() {
    return extended;
  }

  Writes writes() {
    return writes;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isSkipping() {
    return skipping;
  }

  boolean isReplaying() {
    return retries.isRetrying();
  }

  boolean wroteUncommitted() {
    return writes.uncommitted();
  }

  /** The state of the transaction as the client sees it. */
  byte status() {
    Link.Held now = link.held();
    return transaction.status(now == null ? (byte) 'I' : now.connection().status());
  }

  /** The client has been told all that it needs to begin. */
  void greeted() {
    starting = false;
    readyHere();
    resume();
  }

  /** Writes to the client; it is flushed when what was read is dealt with. */
  void write(ByteBuf message) {
    if (closed) {
      message.release();
      return;
    }
    retries.impossible();
    client.write(message, client.voidPromise());
  }

  // ---- What the client sends ----

  /** Takes what has come in, as far as it may be dealt with now. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!closed && !isPaused()) {
        ByteBuf message = retries.next();
        message = message == null ? scanner.next() : message;
        if (message == null) {
          break;
        }
        dispatch(message);
      }
    } catch (ProtocolViolation e) {
      violated(e);
    } finally {
      pumping = false;
    }
    boolean full = isPaused() && scanner.pendingBytes() > WAITING_BYTES_MAX;
    client.config().setAutoRead(!full && serverTakesMore());
  }

  private boolean serverTakesMore() {
    Link.Held now = link.held();
    return now == null || now.connection().channel().isWritable();
  }

  private boolean isPaused() {
    return starting || link.isWaiting() || scatter != null || (busy && !replies.copyIn());
  }

  private void dispatch(ByteBuf message) throws ProtocolViolation {
    byte type = message.getByte(message.readerIndex());
    if (startedNanos == 0) {
      startedNanos = System.nanoTime();
    }
    if (type == Frontend.QUERY && !skipping && !busy) {
      retries.note(message);
      isSimple = true;
      busy = true;
      simple.run(message);
      return;
    }
    try {
      switch (type) {
        case Frontend.TERMINATE -> client.close();
        case Frontend.COPY_DATA, Frontend.COPY_DONE, Frontend.COPY_FAIL -> copy(type, message);
        case Frontend.FUNCTION_CALL -> functionCall(message);
        case Frontend.PASSWORD ->
            throw new ProtocolViolation("unexpected password message: already logged in");
        default -> extended(type, message);
      }
    } finally {
      message.release();
    }
  }

  private void extended(byte type, ByteBuf message) throws ProtocolViolation {
    if (replies.copyIn()) {
      if (type != Frontend.SYNC && type != Frontend.FLUSH) {
        throw new ProtocolViolation("unexpected message type during COPY from stdin");
      }
      return;
    }
    retries.note(message);
    if (type == Frontend.SYNC) {
      busy = true;
      extended.sync();
      return;
    }
    if (skipping) {
      return;
    }
    try {
      switch (type) {
        case Frontend.PARSE -> extended.parse(message);
        case Frontend.BIND -> extended.bind(message);
        case Frontend.DESCRIBE -> extended.describe(message);
        case Frontend.EXECUTE -> extended.execute(message);
        case Frontend.CLOSE -> extended.close(message);
        case Frontend.FLUSH -> extended.flush();
        default -> throw new ProtocolViolation("unexpected message type " + type);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new ProtocolViolation("malformed message of type " + (char) type);
    }
  }

  private void copy(byte type, ByteBuf message) {
    Link.Held now = link.held();
    // Outside of COPY they are dropped: the server may have ended it before the client knew.
    if (replies.copyIn() && now != null) {
      now.connection().sendPlain(message.retain());
      if (type != Frontend.COPY_DATA) {
        replies.copyEnded();
      }
    }
  }

  private void functionCall(ByteBuf message) {
    if (skipping || busy) {
      return;
    }
    isSimple = true;
    busy = true;
    if (service().members().shards() > 1) {
      fail(SqlError.error("0A000", "function calls are not supported on several shards"));
      return;
    }
    message.retain();
    hold(message);
    link.with(
        Target.primary(0),
        () -> {
          unhold();
          retries.impossible();
          writes.sent(transaction.state() == Transaction.State.OPEN);
          replies.expect(Expect.query(List.of()));
          link.connection().sendForReady(message);
        });
  }

  private void violated(ProtocolViolation violation) {
    service().meters().protocolError();
    goodBye(SqlError.fatal("08P01", violation.getMessage()));
  }

  /** Keeps a message until there is a server for it. */
  void hold(ByteBuf message) {
    held = message;
  }

  /** The message that was kept is taken. */
  void unhold() {
    held = null;
  }

  // ---- Statements ----

  /** A statement is being sent to the server in use. */
  void sending(Plan plan) {
    Link.Held now = link.held();
    if (now == null) {
      return;
    }
    sent = true;
    service().meters().statement(now.shard(), now.replica());
    boolean open = transaction.state() == Transaction.State.OPEN;
    switch (plan.kind()) {
      case BEGIN -> transaction.openedInPlace();
      case COMMIT, ROLLBACK -> {
        transaction.ending();
        writes.ending();
      }
      case READ, EMPTY, SAVEPOINT, FETCH -> {
        // Nothing is written.
      }
      case SESSION, DEALLOCATE -> retries.impossible();
      case OTHER -> {
        now.connection().suspect();
        writes.sent(open);
      }
      default -> writes.sent(open);
    }
    if (plan.kind() != StatementKind.READ || open) {
      retries.impossible();
    }
  }

  /** A statement that matters to the session has completed. */
  void completed(Plan plan, String tag) {
    switch (plan.kind()) {
      case COMMIT -> {
        if (tag.startsWith("COMMIT")) {
          commitSettings();
        } else {
          transaction.discardPending();
        }
      }
      case ROLLBACK -> transaction.discardPending();
      case SAVEPOINT -> transaction.savepoint(plan.sql());
      case SESSION -> setByServer(plan);
      case DDL -> {
        if (!plan.holdsSession()) {
          shared.schemaVersion().incrementAndGet();
        }
      }
      default -> {
        // Nothing to remember.
      }
    }
  }

  private void setByServer(Plan plan) {
    switch (SettingStatement.read(plan.command(), plan.sql())) {
      case SettingStatement.Assign assign -> transaction.pending(assign);
      case SettingStatement.Reset reset -> transaction.pending(reset);
      case SettingStatement.ResetAll all -> transaction.pending(all);
      default -> {
        // It ends with the transaction, or the session stays where it was made.
      }
    }
  }

  /** The settings made in the transaction count from now on. */
  void commitSettings() {
    if (transaction.hasPending()) {
      Link.Held now = link.held();
      settings = transaction.commit(settings, initial, now == null ? null : now.connection());
    }
  }

  /** Whether a DEALLOCATE is about statements that the session itself keeps. */
  boolean deallocates(Plan plan) {
    String name = lastWord(plan);
    return extended.statements().containsKey(name)
        || (name.equals("all") && link.pinnedShard() == Target.ANY);
  }

  void deallocate(Plan plan) {
    String name = lastWord(plan);
    if (name.equals("all")) {
      extended.statements().clear();
    } else {
      extended.statements().remove(name);
    }
  }

  private static String lastWord(Plan plan) {
    String[] words = plan.sql().strip().split("[\\s;]+");
    String word = words[words.length - 1];
    return word.startsWith("\"") ? word.replace("\"", "") : word.toLowerCase(Locale.ROOT);
  }

  /** DISCARD ALL: the session is as it began. */
  void discardAll() {
    settings = initial;
    extended.statements().clear();
    link.unpin();
  }

  /** Runs a statement on several shards. */
  void scatter(Decision.Scatter where, ScatterWork work) {
    link.settle(() -> {
      sent = true;
      if (!where.readOnly()) {
        retries.impossible();
      }
      Scatter next = new Scatter(this, where, work);
      scatter = next;
      next.start();
    });
  }

  /** The statement on several shards is over. */
  void scattered(Plan plan, Optional<SqlError> error, ByteBuf answer) {
    scatter = null;
    if (plan.kind() == StatementKind.DDL) {
      shared.schemaVersion().incrementAndGet();
    }
    if (error.isPresent()) {
      answer.release();
      fail(error.get());
    } else if (isSimple) {
      write(answer);
      readyHere();
    } else {
      extended.pipeline().answer(answer);
    }
    resume();
  }

  // ---- How a batch ends ----

  /** A statement cannot be run: the client is told, as PostgreSQL would tell it. */
  void fail(SqlError error) {
    if (held != null) {
      held.release();
      held = null;
    }
    if (closed) {
      return;
    }
    service().meters().rejected(error.sqlState());
    if (starting) {
      goodBye(SqlError.fatal(error.sqlState(), error.message()));
      return;
    }
    failedInBatch = true;
    transaction.fail();
    if (isSimple) {
      write(Answers.error(alloc(), error));
      readyHere();
      return;
    }
    extended.fail(error);
    skipping = true;
    if (busy) {
      extended.syncServer();
    }
  }

  /** The server answered with an error, which the client gets. */
  void serverFailed(SqlError error) {
    failedInBatch = true;
    Link.Held now = link.held();
    boolean staleStatement =
        error.sqlState().equals("26000")
            || (error.sqlState().equals("0A000") && error.message().startsWith("cached plan"));
    if (staleStatement && now != null) {
      // What it has prepared does not fit any more: nobody else should meet that.
      now.connection().taint();
    }
  }

  /** A statement was not prepared at the server in use. */
  void notPrepared(Statement statement, boolean forClient) {
    Link.Held now = link.held();
    if (now != null) {
      now.connection().statements().remove(statement.text());
    }
    if (forClient) {
      extended.statements().remove(statement.name(), statement);
    }
  }

  /** The server ignores what comes until the client's Sync. */
  void skipToSync() {
    skipping = true;
    extended.pipeline().clear();
  }

  /** The server wants COPY data; it ignores a Sync that the client sent ahead. */
  void copyInBegins(Deque<Expect> awaited) {
    retries.impossible();
    Link.Held now = link.held();
    if (now != null && awaited.removeIf(expect -> expect.kind == Expect.Kind.SYNC)) {
      now.connection().syncIgnored();
      busy = false;
    }
  }

  /** The part of a pipeline that went to one server is over, and the next goes to another. */
  void settled() {
    Link.Held now = link.held();
    if (now != null && now.connection().status() == 'I') {
      writes.ended(now.shard(), System.nanoTime());
      settlePending();
    }
  }

  /** That part failed: the rest is skipped. */
  void settleFailed() {
    if (busy) {
      extended.syncServer();
    }
  }

  private void settlePending() {
    if (failedInBatch) {
      transaction.discardPending();
    } else {
      commitSettings();
    }
  }

  /** The server said ReadyForQuery to what the client sent. */
  void ready(byte status) {
    Link.Held now = link.held();
    boolean outside = link.isOutside();
    transaction.ready(status, outside);
    if (status == 'I' && now != null && !outside) {
      writes.ended(now.shard(), System.nanoTime());
      settlePending();
    }
    finish(outside ? (byte) 'I' : status);
  }

  /** The client gets ReadyForQuery without a server's word. */
  void readyHere() {
    Link.Held now = link.held();
    finish(now == null || link.isOutside() ? (byte) 'I' : now.connection().status());
  }

  private void finish(byte serverStatus) {
    byte shown = transaction.status(serverStatus);
    Link.Held now = link.held();
    if (now != null && (now.connection().status() == 'I' || link.isOutside())) {
      link.release();
    }
    if (transaction.state() == Transaction.State.NONE) {
      transaction.reset();
      extended.dropPortals();
    }
    write(Answers.ready(shown));
    busy = false;
    isSimple = false;
    skipping = false;
    failedInBatch = false;
    retries.reset();
    link.seeker().forget();
    notifications.flush();
    if (sent) {
      service().meters().took(System.nanoTime() - startedNanos);
      sent = false;
    }
    startedNanos = 0;
    if (draining && transaction.state() == Transaction.State.NONE) {
      goodBye(SqlError.fatal("57P01", "terminating connection: Terrace is shutting down"));
    }
  }

  // ---- What happens to the server in use ----

  /** Goes on after something that was waited for. */
  void resume() {
    if (!pumping && !closed) {
      pump();
      flush();
    }
  }

  /** Sends what was written to either side. */
  void flush() {
    Link.Held now = link.held();
    if (now != null) {
      now.connection().flush();
    }
    client.flush();
  }

  void serverReadComplete() {
    client.flush();
    Link.Held now = link.held();
    if (now != null && !client.isWritable()) {
      now.connection().channel().config().setAutoRead(false);
    }
    resume();
  }

  boolean clientTakesMore() {
    return client.isWritable();
  }

  void flushClient() {
    client.flush();
  }

  /** The client takes more again. */
  void clientWritable() {
    Link.Held now = link.held();
    if (now != null) {
      now.connection().channel().config().setAutoRead(true);
    }
    if (scatter != null) {
      scatter.goOn();
    }
  }

  void serverWritable(boolean writable) {
    if (!closed) {
      client.config().setAutoRead(writable);
      if (writable) {
        resume();
      }
    }
  }

  /** A server connection of this session has died. */
  void serverLost(ServerConnection connection) {
    Link.Held lost = link.dropLost(connection);
    if (lost == null || closed) {
      return;
    }
    boolean owed = busy || !replies.isEmpty() || link.isWaiting();
    replies.clear();
    link.stopWaiting();
    writes.lost();
    boolean readsOnly = transaction.state() != Transaction.State.OPEN;
    SqlError why =
        connection
            .farewell()
            .map(SqlError::survivable)
            .orElse(SqlError.error("08006", "the server closed the connection unexpectedly"));
    SqlError error =
        SqlError.error(
            why.sqlState(),
            "lost "
                + ServerSeeker.describe(lost.shard(), lost.replica(), lost.member())
                + ": "
                + why.message());
    transaction.lost(error);
    if (connection.midRelay()) {
      // Half a row is with the client already: nothing that follows would make sense.
      client.close();
    } else if (owed && readsOnly && retries.possible()) {
      busy = false;
      isSimple = false;
      extended.startAgain();
      retries.start();
    } else if (owed) {
      fail(error);
    }
    resume();
  }

  // ---- The end ----

  /** What the session left behind in a server is gone, so it cannot go on. */
  void pinnedLost() {
    if (!closed) {
      goodBye(
          SqlError.fatal(
              "57P01", "terminating connection: the server that it was bound to is gone"));
    }
  }

  /** Another session NOTIFYs. */
  void notified(ByteBuf message) {
    notifications.add(message, busy || link.held() != null);
  }

  /** Ends the session after the work in hand. */
  void drain() {
    draining = true;
    boolean idle = !busy && link.held() == null && transaction.state() == Transaction.State.NONE;
    if (idle && !isPaused() && extended.pipeline().isEmpty()) {
      goodBye(SqlError.fatal("57P01", "terminating connection: Terrace is shutting down"));
    }
  }

  /** Cancels what runs. */
  void cancel() {
    link.cancel();
    if (scatter != null) {
      scatter.cancel();
    }
  }

  /** Tells the client why, and closes. */
  void goodBye(SqlError error) {
    write(Answers.error(alloc(), error));
    client.flush();
    client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** The client is gone. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (held != null) {
      held.release();
      held = null;
    }
    retries.reset();
    notifications.close();
    if (scatter != null) {
      scatter.abort();
      scatter = null;
    }
    replies.clear();
    extended.closeAll();
    link.close();
  }
}
