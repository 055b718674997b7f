package dev.terrace.sql.session;

import dev.terrace.net.Drain;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.FrontendScanner;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import dev.terrace.sql.wire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client's connection: start-up, login, then its session. */
public final class ClientHandler extends ChannelInboundHandlerAdapter {

  private static final System.Logger LOG = System.getLogger(ClientHandler.class.getName());

  /** No message before the login needs more. */
  private static final int LOGIN_BYTES_MAX = 10_000;

  private final Shared shared;
  private final Channel client;
  private final FrontendScanner scanner;
  private @Nullable Login login;
  private @Nullable Session session;
  private @Nullable Greeting greeting;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean typed;
  private boolean over;

  /** For a connection that was just accepted. */
  public ClientHandler(Shared shared, Channel client) {
    this.shared = shared;
    this.client = client;
    this.scanner = new FrontendScanner(client.alloc(), LOGIN_BYTES_MAX);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    timeout =
        client
            .eventLoop()
            .schedule(
                () -> refuse(SqlError.fatal("57014", "canceling authentication due to timeout")),
                shared.service().config().loginTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (over) {
      ((ByteBuf) message).release();
      return;
    }
    scanner.add((ByteBuf) message);
    if (session != null) {
      session.pump();
      return;
    }
    try {
      logIn();
    } catch (ProtocolViolation e) {
      shared.service().meters().protocolError();
      refuse(SqlError.fatal("08P01", e.reason()));
    }
  }

  private void logIn() throws ProtocolViolation {
    while (!over && session == null) {
      ByteBuf packet = scanner.next();
      if (packet == null) {
        return;
      }
      try {
        if (typed) {
          password(packet);
        } else {
          startup(packet);
        }
      } finally {
        packet.release();
      }
    }
  }

  private void startup(ByteBuf packet) throws ProtocolViolation {
    switch (StartupPacket.read(packet)) {
      case StartupPacket.Tls() -> client.writeAndFlush(no());
      case StartupPacket.Gss() -> client.writeAndFlush(no());
      case StartupPacket.Cancel(int process, int secret) -> {
        shared
            .cancels()
            .find(new Cancels.Key(process, secret))
            .ifPresent(found -> found.loop().execute(found::cancel));
        over = true;
        client.close();
      }
      case StartupPacket.Startup startup -> {
        scanner.typed();
        typed = true;
        Login begun = new Login(client, shared.service());
        login = begun;
        step(begun.start(startup));
      }
    }
  }

  /** Neither TLS nor GSSAPI: a single byte says so. */
  private static ByteBuf no() {
    return Unpooled.wrappedBuffer(new byte[] {'N'});
  }

  private void password(ByteBuf packet) throws ProtocolViolation {
    if (login == null || packet.getByte(packet.readerIndex()) != 'p') {
      throw new ProtocolViolation("expected a password message");
    }
    step(login.answer(packet));
  }

  private void step(Login.Step step) {
    switch (step) {
      case Login.Step.More() -> {
        // The client's turn.
      }
      case Login.Step.Refused(SqlError error) -> refuse(error);
      case Login.Step.Welcome(StartupSettings settings) -> {
        scanner.limit((int) shared.service().config().maxMessage().bytes());
        login = null;
        Session fresh = new Session(client, scanner, shared, settings.settings());
        fresh.writes().follow(settings.after());
        session = fresh;
        greeting = new Greeting(fresh, shared, this::greeted);
        greeting.start();
      }
    }
  }

  private void greeted() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  private void refuse(SqlError error) {
    if (over || !client.isActive()) {
      return;
    }
    over = true;
    client
        .writeAndFlush(Answers.error(client.alloc(), error))
        .addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (session != null) {
      session.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (session != null && client.isWritable()) {
      session.clientWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == Drain.EVENT) {
      if (session == null) {
        refuse(SqlError.fatal("57P03", "the database system is shutting down"));
      } else {
        session.drain();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    over = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (session != null) {
      session.close();
    }
    if (greeting != null) {
      greeting.forget();
    }
    scanner.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(System.Logger.Level.ERROR, "a session failed", cause);
    }
    context.close();
  }
}
