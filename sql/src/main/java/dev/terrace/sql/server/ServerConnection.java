package dev.terrace.sql.server;

import dev.terrace.core.pool.Address;
import dev.terrace.net.Outgoing;
import dev.terrace.sql.plan.Residue;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.Frontend;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.ReplyScanner;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Optional;

/**
 * A connection to a database server that has logged in. It knows exactly what the server owes, so
 * that it can tell whether the next user would find it clean. All on the channel's event loop.
 */
public final class ServerConnection extends ChannelInboundHandlerAdapter
    implements ReplyScanner.Sink {

  private static final System.Logger LOG = System.getLogger(ServerConnection.class.getName());

  private final Channel channel;
  private final Outgoing outgoing;
  private final Address address;
  private final Account account;
  private final long cancelKey;
  private final long endNanos;
  private final ParameterStatuses parameters;
  private final ReplyScanner scanner;
  private final StatementCache statements = new StatementCache();

  private ServerUser user = Nobody.INSTANCE;
  private Settings settings = Settings.NONE;
  private byte status = 'I';
  private int readyOwed;
  private boolean unsynced;
  private boolean tainted;
  private boolean suspect;
  private boolean unknown;
  private Owner owner = new Owner();
  private final long openedMillis = System.currentTimeMillis();
  private long schemaVersion;
  private Optional<SqlError> farewell = Optional.empty();

  ServerConnection(
      Channel channel, Address address, Account account, LoggedIn login, long endNanos) {
    this.endNanos = endNanos;
    this.channel = channel;
    this.outgoing = new Outgoing(channel);
    this.address = address;
    this.account = account;
    this.cancelKey = login.cancelKey();
    this.parameters = login.parameters();
    this.scanner = new ReplyScanner(channel.alloc(), this);
  }

  /** What a login told. */
  record LoggedIn(long cancelKey, ParameterStatuses parameters) {}

  /** The server. */
  public Address address() {
    return address;
  }

  /** As whom it is logged in. */
  public Account account() {
    return account;
  }

  /** The connection's channel. */
  public Channel channel() {
    return channel;
  }

  /** The key that cancels what runs here: process and secret, as BackendKeyData has them. */
  public long cancelKey() {
    return cancelKey;
  }

  /** The settings that the server reports. */
  public ParameterStatuses parameters() {
    return parameters;
  }

  /**
   * Whether the server was in recovery when it last said so: at the login, or with a later answer.
   * A server that is made a standby is restarted, so that no older connection to it is left.
   */
  public boolean isStandby() {
    return parameters.is("in_hot_standby", "on");
  }

  /** What is prepared here. */
  public StatementCache statements() {
    return statements;
  }

  /** Hands the connection to its next user. */
  public void use(ServerUser next) {
    user = next;
  }

  void unuse() {
    user = Nobody.INSTANCE;
  }

  /** The settings that the server has now. */
  public Settings settings() {
    return settings;
  }

  /** Notes the settings that the server has now. */
  public void settings(Settings now) {
    settings = now;
  }

  /** The version of the schema that the prepared statements were made under. */
  public long schemaVersion() {
    return schemaVersion;
  }

  /** Notes the version of the schema that statements are prepared under from now on. */
  public void schemaVersion(long version) {
    schemaVersion = version;
  }

  /** The state of the transaction as the server said last: I, T or E. */
  public byte status() {
    return status;
  }

  /** The error with which the server ended the connection, if it said one. */
  public Optional<SqlError> farewell() {
    return farewell;
  }

  /** Whether a message was relayed in part: then nothing else can be said to the client. */
  public boolean midRelay() {
    return scanner.midRelay();
  }

  /** The connection is never to be given to another user. */
  public void taint() {
    tainted = true;
  }

  /** The session's state here may have changed unnoticed: wipe it before another user gets it. */
  public void suspect() {
    suspect = true;
  }

  /** A statement is sent that leaves this behind. */
  public void leaves(Residue residue) {
    switch (residue) {
      case UNKNOWN -> {
        unknown = true;
        owner.leavesUnknown();
      }
      case INDELIBLE -> tainted = true;
      case NOTHING, RECALLS, HELD -> {
        // Who leaves something keeps the connection, and has it wiped at the end.
      }
    }
  }

  /** Whether its owner may have left something on it. */
  boolean isUnknown() {
    return unknown;
  }

  /**
   * Whether it must be wiped before that one gets it: another may have left something, or what is
   * to be set could not be said in the encoding that it has.
   */
  boolean isStrangeTo(Wish wish) {
    return (unknown && owner != wish.owner())
        || (!settings.equals(wish.settings()) && !settings.encoding().isUtf8());
  }

  /** Whose state it may have. */
  Owner owner() {
    return owner;
  }

  void own(Owner next) {
    owner = next;
  }

  /** Since when it is open, in Unix time. */
  public long openedMillis() {
    return openedMillis;
  }

  /** Whether nobody uses it. */
  public boolean isFree() {
    return user.equals(Nobody.INSTANCE);
  }

  boolean isSuspect() {
    return suspect;
  }

  /** Whether it is too old to be used again. */
  boolean isOld(long nanos) {
    return nanos - endNanos > 0;
  }

  /** All session state was wiped. */
  void wiped() {
    suspect = false;
    unknown = false;
    discarded();
  }

  /** A client's DISCARD ALL has taken its settings and statements. */
  public void discarded() {
    settings = Settings.NONE;
    statements.clear();
  }

  /** Whether the server owes nothing and is in no transaction. */
  public boolean isClean() {
    return !tainted
        && readyOwed == 0
        && !unsynced
        && status == 'I'
        && scanner.atBoundary()
        && channel.isActive();
  }

  /** Writes a message of the extended protocol; it is not flushed. */
  public void send(ByteBuf message) {
    unsynced = true;
    outgoing.write(message);
  }

  /** Writes a message that is answered by nothing or by a ReadyForQuery owed already. */
  public void sendPlain(ByteBuf message) {
    outgoing.write(message);
  }

  /** Writes a Sync, a Query or a FunctionCall: the server owes a ReadyForQuery for it. */
  public void sendForReady(ByteBuf message) {
    byte type = message.getByte(message.readerIndex());
    if (type == Frontend.SYNC) {
      unsynced = false;
    } else if (type == Frontend.QUERY) {
      statements.unnamedIsOther();
    }
    readyOwed++;
    outgoing.write(message);
  }

  /** The server ignores a Sync that was sent, for it has begun to take COPY data. */
  public void syncIgnored() {
    readyOwed--;
    unsynced = true;
  }

  /** Whether messages were sent that only a Sync ends. */
  public boolean unsynced() {
    return unsynced;
  }

  /** Sends what was written. */
  public void flush() {
    outgoing.flush();
  }

  /** Relays what was read so far: to be called before a user writes in between. */
  public void cut() {
    scanner.cut();
  }

  /** Ends the connection in whatever it does; its user is told why. */
  void end(SqlError why) {
    farewell = Optional.of(why);
    close();
  }

  /** Closes the connection. */
  public void close() {
    tainted = true;
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      scanner.feed((ByteBuf) message);
    } catch (ProtocolViolation e) {
      farewell = Optional.of(SqlError.error("08P01", e.reason()));
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    user.readComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    user.writabilityChanged(channel.isWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    scanner.close();
    outgoing.close();
    tainted = true;
    ServerUser last = user;
    user = Nobody.INSTANCE;
    last.lost(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // A reset by the server comes as an exception; closing tells the user.
    if (!(cause instanceof IOException)) {
      LOG.log(System.Logger.Level.ERROR, "a connection to " + address + " failed", cause);
    }
    close();
  }

  @Override
  public Take begin(byte type) {
    return switch (type) {
      // The user hears of these when they are read: an error may be the connection's alone.
      case Backend.PARAMETER_STATUS, Backend.READY, Backend.ERROR -> Take.COLLECT;
      default -> user.begin(type);
    };
  }

  @Override
  public void relay(ByteBuf run) {
    user.relay(run);
  }

  @Override
  public void relay(ByteBuf from, int at, int length) {
    user.relay(from, at, length);
  }

  @Override
  public void end(byte type) {
    user.end(type);
  }

  @Override
  public void tag(ByteBuf from, int at, int length) {
    user.tag(from, at, length);
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.READY -> {
        status = body.getByte(body.readerIndex());
        readyOwed--;
      }
      case Backend.PARAMETER_STATUS -> parameters.read(body);
      case Backend.ERROR -> {
        SqlError error = SqlError.read(body);
        if (error.isFatal()) {
          // The end of this connection is not the end of the client's.
          farewell = Optional.of(error);
          tainted = true;
          return;
        }
      }
      default -> {
        // The user wanted it.
      }
    }
    user.collected(type, body);
  }
}
