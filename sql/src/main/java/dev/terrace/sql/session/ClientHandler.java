package dev.terrace.sql.session;

import dev.terrace.net.Drain;
import dev.terrace.net.LingeringClose;
import dev.terrace.net.tls.TlsServer;
import dev.terrace.net.tls.TlsSession;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import dev.terrace.sql.wire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's connection: start-up, login, then its session. */
final class ClientHandler extends ChannelInboundHandlerAdapter implements Login.Outcome {

  private static final System.Logger LOG = System.getLogger(ClientHandler.class.getName());

  /** No message before the login needs more. */
  private static final int LOGIN_BYTES_MAX = 10_000;

  /** How the first record of TLS begins, and no start-up packet that is short enough. */
  private static final byte TLS_HANDSHAKE = 22;

  /** What libpq offers by ALPN, and must where it begins with TLS at once. */
  private static final String ALPN = "postgresql";

  private final Entrance entrance;
  private final Arrival arrival;
  private final Channel client;
  private final FrontendScanner scanner;
  private @Nullable Login login;
  private @Nullable Session session;
  private @Nullable Greeting greeting;
  private boolean begun;
  private boolean askedForTls;
  private boolean askedForGss;
  private boolean over;

  /** For a connection that was just accepted, or has become secure. */
  ClientHandler(Entrance entrance, Arrival arrival, Channel client) {
    this.entrance = entrance;
    this.arrival = arrival;
    this.client = client;
    this.scanner = new FrontendScanner(client.alloc(), LOGIN_BYTES_MAX);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    arrival.whenLate(
        () -> refuse(SqlError.fatal("57014", "canceling authentication due to timeout")));
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    if (!arrival.isAdmitted()) {
      entrance.login(LoginResult.FULL);
      refuse(SqlError.fatal("53300", "too many clients are logging in: sql.max-logins"));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (over || (session != null && session.isLeaving())) {
      ((ByteBuf) message).release();
      return;
    }
    if (session != null) {
      scanner.add((ByteBuf) message);
      session.pump();
      return;
    }
    try {
      logIn((ByteBuf) message);
    } catch (ProtocolViolation e) {
      entrance.protocolError();
      refuse(SqlError.fatal("08P01", e.reason()));
    }
  }

  private void logIn(ByteBuf bytes) throws ProtocolViolation {
    boolean first = !begun;
    begun = true;
    Optional<TlsServer> tls = entrance.terms().tls();
    boolean clear = TlsSession.of(client) == null;
    if (first && clear && tls.isPresent() && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
      secure(tls.get(), true, bytes);
      return;
    }
    scanner.add(bytes);
    while (!over && session == null) {
      ByteBuf packet = scanner.next();
      if (packet == null) {
        return;
      }
      try {
        if (login == null) {
          startup(packet);
        } else {
          password(login, packet);
        }
      } finally {
        packet.release();
      }
    }
  }

  private void startup(ByteBuf packet) throws ProtocolViolation {
    switch (StartupPacket.read(packet)) {
      case StartupPacket.Tls() -> tls();
      case StartupPacket.Gss() -> {
        if (askedForGss) {
          throw new ProtocolViolation("GSSAPI encryption was refused already");
        }
        askedForGss = true;
        client.writeAndFlush(oneByte('N'));
      }
      case StartupPacket.Cancel(int process, var secret) -> {
        entrance
            .cancels()
            .find(process, secret)
            .ifPresent(found -> found.loop().execute(found::cancel));
        over = true;
        client.close();
      }
      case StartupPacket.Startup startup -> {
        scanner.typed();
        Login begins = new Login(client, entrance, this);
        login = begins;
        begins.start(startup);
      }
    }
  }

  private void tls() throws ProtocolViolation {
    if (askedForTls || TlsSession.of(client) != null) {
      throw new ProtocolViolation("TLS was answered already");
    }
    askedForTls = true;
    Optional<TlsServer> tls = entrance.terms().tls();
    if (tls.isEmpty()) {
      client.writeAndFlush(oneByte('N'));
    } else if (scanner.pendingBytes() > 0) {
      // Somebody in between might have added them: they must not count as said in secret.
      throw new ProtocolViolation("received unencrypted data after a request for TLS");
    } else {
      client.writeAndFlush(oneByte('S'));
      secure(tls.get(), false, Unpooled.EMPTY_BUFFER);
    }
  }

  /** Makes way for TLS, and for another such handler behind it. */
  private void secure(TlsServer tls, boolean direct, ByteBuf read) {
    ChannelHandlerContext here = client.pipeline().context(this);
    arrival.whenLate(client::close);
    tls.secure(
            (channel, agreed) -> {
              ClientHandler next = new ClientHandler(entrance, arrival, channel);
              channel.pipeline().addLast(next);
              if (direct && !agreed.protocol().equals(ALPN)) {
                next.refuse(
                    SqlError.fatal("08P01", "TLS without asking for it needs ALPN " + ALPN));
              }
            })
        .accept(client);
    over = true;
    scanner.close();
    here.fireChannelRead(read);
    here.pipeline().remove(this);
  }

  private static ByteBuf oneByte(char answer) {
    return Unpooled.wrappedBuffer(new byte[] {(byte) answer});
  }

  private static void password(Login login, ByteBuf packet) throws ProtocolViolation {
    if (packet.getByte(packet.readerIndex()) != 'p') {
      throw new ProtocolViolation("expected a password message");
    }
    login.answer(packet);
  }

  @Override
  public void refused(LoginResult result, SqlError error) {
    entrance.login(result);
    refuse(error);
  }

  @Override
  public void welcome(Shared store, Identity who, StartupSettings settings) {
    scanner.limit((int) store.service().config().maxMessage().bytes());
    Session fresh = new Session(client, scanner, store, who, settings.settings());
    fresh.writes().follow(settings.after());
    session = fresh;
    Overdue overdue = entrance.overdue(client.eventLoop());
    overdue.add(fresh);
    client.closeFuture().addListener(closed -> overdue.remove(fresh));
    greeting = new Greeting(fresh, store, this::greeted);
    greeting.start();
  }

  private void greeted() {
    arrival.end();
    entrance.login(LoginResult.WELCOME);
  }

  private void refuse(SqlError error) {
    if (over || !client.isActive()) {
      return;
    }
    over = true;
    LingeringClose.after(client.writeAndFlush(Answers.error(client.alloc(), error)));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    if (session != null) {
      session.flush();
    }
    from.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    if (session != null && changed.channel().isWritable()) {
      session.clientWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext from, Object event) {
    if (event == Drain.EVENT) {
      if (session == null) {
        refuse(SqlError.fatal("57P03", "the database system is shutting down"));
      } else {
        session.time().drain();
      }
    }
    from.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext gone) {
    over = true;
    if (session != null) {
      session.close();
    }
    if (greeting != null) {
      greeting.forget();
    }
    scanner.close();
    gone.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    // Garbage where TLS was agreed on comes as a DecoderException.
    if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
      LOG.log(System.Logger.Level.ERROR, "a session failed", cause);
    }
    from.close();
  }
}
