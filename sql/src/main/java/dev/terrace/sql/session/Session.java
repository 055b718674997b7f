package dev.terrace.sql.session;

import dev.terrace.net.LingeringClose;
import dev.terrace.net.Outgoing;
import dev.terrace.sql.server.Account;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.server.ServerPool;
import dev.terrace.sql.server.Settings;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Optional;

/**
 * A client that has logged in. Its messages are taken one by one; after a Query or a Sync the next
 * one waits until the answer is complete, so that at most one such batch is under way. All on the
 * client channel's event loop.
 */
final class Session {

  private final Channel client;
  private final Outgoing outgoing;
  private final FrontendScanner scanner;
  private final Shared shared;
  private final Identity identity;
  private final Transaction transaction = new Transaction();
  private final Replies replies = new Replies(this);
  private final Retries retries = new Retries();
  private final ExtendedQuery extended = new ExtendedQuery(this);
  private final StatementRouter router = new StatementRouter(this);
  private final LocalAnswers localAnswers = new LocalAnswers(this);
  private final Notifications notifications = new Notifications(this);
  private final Batch batch = new Batch(this);
  private final Dispatcher dispatcher = new Dispatcher(this);
  private final SessionState state;
  private final Link link;
  private final ServerPool pool;
  private final SeenTexts texts;
  private final Writes writes;
  private final PlacementWait placement;
  private final Branches branches = new Branches(this);
  private final TransactionControl control = new TransactionControl(this);
  private final SessionTime time = new SessionTime(this);

  private Optional<Account> account;
  private final HeldBack heldBack;
  private final Scattering scattering = new Scattering(this);
  private boolean pumping;
  private boolean leaving;
  private boolean closed;

  Session(
      Channel client, FrontendScanner scanner, Shared shared, Identity identity, Settings initial) {
    this.client = client;
    this.outgoing = new Outgoing(client);
    this.scanner = scanner;
    this.shared = shared;
    this.identity = identity;
    this.account = identity.account();
    this.heldBack = new HeldBack(this, scanner);
    this.state = new SessionState(this, scanner, shared.canonical(initial));
    this.pool = shared.pools().of(client.eventLoop());
    this.texts = shared.texts(client.eventLoop());
    this.link = new Link(this, pool);
    this.writes = new Writes(shared.service().members().shards());
    this.placement = new PlacementWait(this);
  }

  Channel client() {
    return client;
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
    return state.settings();
  }

  Identity identity() {
    return identity;
  }

  /** As whom servers see it. */
  Account account() {
    Account own = account.orElse(null);
    if (own == null) {
      return service().account();
    }
    if (own.isRetired()) {
      own = service().accounts().of(own.user(), own.password());
      account = Optional.of(own);
    }
    return own;
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

  /** The statement that runs on several shards, if one does. */
  Scattering scattering() {
    return scattering;
  }

  /** What the loop remembers of statements. */
  SeenTexts texts() {
    return texts;
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

  /** The transaction's other servers. */
  Branches branches() {
    return branches;
  }

  /** What it spends its time with. */
  SessionTime time() {
    return time;
  }

  /** Ends the transaction where it has several servers. */
  TransactionControl control() {
    return control;
  }

  Writes writes() {
    return writes;
  }

  boolean isClosed() {
    return closed;
  }

  Batch batch() {
    return batch;
  }

  SessionState state() {
    return state;
  }

  Retries retries() {
    return retries;
  }

  Notifications notifications() {
    return notifications;
  }

  /** The state of the transaction as the client sees it. */
  byte status() {
    return transaction.status(link.status());
  }

  /** The client has been told all that it needs to begin. */
  void greeted() {
    batch.greeted();
    resume();
  }

  /** Writes to the client; it is flushed when what was read is dealt with. */
  void write(ByteBuf message) {
    if (closed) {
      message.release();
      return;
    }
    retries.impossible();
    outgoing.write(message);
  }

  /** Writes a part of what the server sent to the client. */
  void write(ByteBuf from, int at, int length) {
    if (!closed) {
      retries.impossible();
      outgoing.write(from, at, length);
    }
  }

  /** Takes what has come in, as far as it may be dealt with now. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!closed && !isPaused() && takesAnswers() && placement.mayDecide()) {
        ByteBuf message = retries.next();
        message = message == null ? batch.takeRest() : message;
        message = message == null ? scanner.next() : message;
        if (message == null) {
          break;
        }
        dispatcher.dispatch(message);
      }
    } catch (ProtocolViolation e) {
      violated(e);
    } finally {
      pumping = false;
    }
    boolean reads = !closed && takesAnswers() && heldBack.takesMore() && serverTakesMore();
    client.config().setAutoRead(leaving || reads);
  }

  /** Whether the client reads what it is answered, so that it may ask for more. */
  private boolean takesAnswers() {
    return client.isWritable() || replies.copyIn();
  }

  private boolean serverTakesMore() {
    Link.Held now = link.held();
    return (now == null || now.connection().channel().isWritable())
        && scattering.copyIn().map(CopyInGatherer::takesMore).orElse(true);
  }

  boolean isPaused() {
    return leaving
        || batch.isStarting()
        || link.isWaiting()
        || (scattering.isRunning() && !replies.copyIn())
        || control.isBusy()
        || (batch.isBusy() && !replies.copyIn());
  }

  void violated(ProtocolViolation violation) {
    service().meters().protocolError();
    goodBye(SqlError.fatal("08P01", violation.reason()));
  }

  /** What the client has sent that waits. */
  HeldBack heldBack() {
    return heldBack;
  }

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
    scattering.copyIn().ifPresent(CopyInGatherer::flush);
    outgoing.flush();
  }

  void serverReadComplete() {
    outgoing.flush();
    Link.Held now = link.held();
    if (now != null && !client.isWritable()) {
      now.connection().channel().config().setAutoRead(false);
      state.kept().heldUp();
    }
    resume();
  }

  boolean clientTakesMore() {
    return client.isWritable();
  }

  /** The client takes more again. */
  void clientWritable() {
    Link.Held now = link.held();
    if (now != null) {
      now.connection().channel().config().setAutoRead(true);
    }
    // Later: a flush in the midst of a row may be what made room.
    if (scattering.isRunning()) {
      loop().execute(scattering::goOn);
    }
    loop().execute(this::resume);
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
    ServerLoss.happened(this, lost);
    resume();
  }

  /** The client has said good bye. */
  void closeClient() {
    client.close();
  }

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
    notifications.add(message, batch.isBusy() || link.held() != null);
  }

  /** Cancels what runs. */
  void cancel() {
    link.cancel();
    scattering.cancel();
  }

  /** Whether it only waits for the client to read why it is sent away. */
  boolean isLeaving() {
    return leaving;
  }

  /** Tells the client why, and closes. */
  void goodBye(SqlError error) {
    leaving = true;
    write(Answers.error(alloc(), error));
    LingeringClose.after(outgoing.flushed().addListener(sent -> loop().execute(this::close)));
  }

  /** The client is gone. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    outgoing.close();
    heldBack.close();
    retries.reset();
    batch.dropRest();
    notifications.close();
    scattering.abort();
    replies.clear();
    extended.closeAll();
    link.close();
    control.close();
  }
}
