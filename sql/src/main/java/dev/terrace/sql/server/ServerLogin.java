package dev.terrace.sql.server;

import dev.terrace.sql.auth.ChannelBinding;
import dev.terrace.sql.auth.ScramClient;
import dev.terrace.sql.auth.ScramKeys;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.wire.Backend;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.ReplyScanner;
import dev.terrace.sql.wire.ReplyScanner.Take;
import dev.terrace.sql.wire.Requests;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Logs in to a server, as it asks for it, then makes way for its connection. */
final class ServerLogin extends ChannelInboundHandlerAdapter implements ReplyScanner.Sink {

  /** Takes the outcome; called once. */
  interface Outcome {
    void loggedIn(Channel channel, ServerConnection.LoggedIn login);

    void failed(ServerFailure failure);
  }

  private final Account account;
  private final Outcome outcome;
  private ScramClient scram = new ScramClient();
  private final ParameterStatuses parameters = new ParameterStatuses();
  private long cancelKey;
  private boolean scramStarted;
  private boolean verified;
  private boolean over;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ReplyScanner scanner;

  ServerLogin(Account account, Outcome outcome) {
    this.account = account;
    this.outcome = outcome;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    scanner = new ReplyScanner(added.alloc(), this);
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", account.user());
    parameters.put("database", account.database());
    parameters.put("client_encoding", "UTF8");
    parameters.put("application_name", "terrace");
    active.writeAndFlush(Requests.startup(active.alloc(), parameters));
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) throws ProtocolViolation {
    if (scanner == null || over) {
      ((ByteBuf) message).release();
    } else {
      scanner.feed((ByteBuf) message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext gone) {
    fail(ServerFailure.Kind.UNREACHABLE, "it closed the connection during login");
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    if (scanner != null) {
      scanner.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    String message = cause instanceof IOException ? cause.getMessage() : null;
    // Who cannot agree on TLS with a server is there, but not let in.
    fail(
        cause instanceof SSLException ? ServerFailure.Kind.LOGIN : ServerFailure.Kind.UNREACHABLE,
        message == null ? String.valueOf(cause) : message);
  }

  /** Gives up: too much time has passed. */
  void timeOut() {
    fail(ServerFailure.Kind.UNREACHABLE, "it did not finish the login in time");
  }

  /** Gives up: there was not even a connection. */
  void unreachable(Throwable cause) {
    String message = cause.getMessage();
    fail(
        ServerFailure.Kind.UNREACHABLE,
        message == null ? cause.getClass().getSimpleName() : message);
  }

  private void fail(ServerFailure.Kind kind, String detail) {
    if (!over) {
      over = true;
      outcome.failed(new ServerFailure(kind, detail));
      if (context != null) {
        context.close();
      }
    }
  }

  @Override
  public Take begin(byte type) {
    return Take.COLLECT;
  }

  @Override
  public void collected(byte type, ByteBuf body) {
    switch (type) {
      case Backend.AUTHENTICATION -> authenticate(body);
      case Backend.PARAMETER_STATUS -> parameters.read(body);
      case Backend.KEY_DATA -> {
        if (body.readableBytes() == Long.BYTES) {
          cancelKey = body.readLong();
        }
      }
      case Backend.ERROR -> refused(SqlError.read(body));
      case Backend.READY -> {
        if (!over && context != null) {
          over = true;
          outcome.loggedIn(context.channel(), new ServerConnection.LoggedIn(cancelKey, parameters));
        }
      }
      case Backend.NOTICE -> {
        // Nobody to tell.
      }
      default -> fail(ServerFailure.Kind.LOGIN, "it does not speak PostgreSQL's protocol");
    }
  }

  private void refused(SqlError error) {
    // 57P03: starting up or shutting down; 53300: it has no connection left.
    boolean later = error.sqlState().startsWith("57P") || error.sqlState().equals("53300");
    fail(
        later ? ServerFailure.Kind.UNREACHABLE : ServerFailure.Kind.LOGIN,
        error.message() + " (" + error.sqlState() + ")");
  }

  private void authenticate(ByteBuf body) {
    int step = body.readInt();
    String text = body.toString(StandardCharsets.UTF_8);
    switch (step) {
      case 0 -> {
        if (scramStarted && !verified) {
          fail(ServerFailure.Kind.LOGIN, "it did not prove that it knows the password");
        }
      }
      case 3 -> clearText();
      case 5 -> md5(body);
      case 10 -> offered(text);
      case 11 -> challenged(text);
      case 12 -> {
        verified = scram.verifies(text);
        if (!verified) {
          fail(ServerFailure.Kind.LOGIN, "it did not prove that it knows the password");
        }
      }
      default ->
          fail(
              ServerFailure.Kind.LOGIN,
              "it asks for an authentication that Terrace does not do; set scram-sha-256 in its"
                  + " pg_hba.conf");
    }
  }

  private boolean hasTls() {
    return context != null && context.pipeline().get(SslHandler.class) != null;
  }

  private void clearText() {
    Optional<String> password = account.password().flatMap(ServerPassword::clear);
    if (!hasTls()) {
      fail(
          ServerFailure.Kind.LOGIN,
          "it asks for the password in clear text, which is sent over TLS alone; set scram-sha-256"
              + " in its pg_hba.conf");
    } else if (password.isEmpty()) {
      noPassword();
    } else {
      write(alloc -> Requests.password(alloc, password.get()));
    }
  }

  private void md5(ByteBuf body) {
    byte[] salt = new byte[body.readableBytes()];
    body.readBytes(salt);
    Optional<String> answer =
        account.password().flatMap(password -> password.md5(account.user(), salt));
    if (answer.isEmpty()) {
      noPassword();
    } else {
      write(alloc -> Requests.password(alloc, answer.get()));
    }
  }

  private void noPassword() {
    fail(
        ServerFailure.Kind.LOGIN,
        "it asks for a password of "
            + account.user()
            + "; set the store's password, or the user's server-password");
  }

  private void offered(String mechanisms) {
    List<String> offered = List.of(mechanisms.split("\0", -1));
    if (account.password().isEmpty()) {
      noPassword();
    } else if (!offered.contains(ScramClient.MECHANISM)) {
      fail(ServerFailure.Kind.LOGIN, "it offers none of the SASL mechanisms that Terrace does");
    } else {
      scramStarted = true;
      if (hasTls()) {
        scram =
            ScramClient.overTls(
                offered.contains(ScramClient.MECHANISM_PLUS) ? binding() : Optional.empty());
      }
      write(alloc -> Requests.saslInitial(alloc, scram.mechanism(), scram.first()));
    }
  }

  private Optional<ChannelBinding> binding() {
    if (context == null) {
      return Optional.empty();
    }
    try {
      Certificate[] shown =
          context.pipeline().get(SslHandler.class).engine().getSession().getPeerCertificates();
      return ChannelBinding.of((X509Certificate) shown[0]);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void challenged(String message) {
    ScramClient.Challenge challenge;
    try {
      challenge = scram.challenge(message);
    } catch (ProtocolViolation e) {
      fail(ServerFailure.Kind.LOGIN, e.reason());
      return;
    }
    account
        .password()
        .ifPresent(password -> password.keys(challenge).whenComplete(this::keysDerived));
  }

  /** Called on the event loop if the keys were known, else on the thread that derived them. */
  private void keysDerived(@Nullable ScramKeys keys, @Nullable Throwable failure) {
    ChannelHandlerContext here = context;
    if (here != null) {
      here.executor()
          .execute(() -> {
            if (keys == null) {
              fail(
                  ServerFailure.Kind.LOGIN,
                  failure == null ? "no keys" : String.valueOf(failure.getMessage()));
            } else if (!over) {
              String last = scram.last(keys);
              write(alloc -> Requests.saslResponse(alloc, last));
            }
          });
    }
  }

  private void write(Function<ByteBufAllocator, ByteBuf> message) {
    if (context != null) {
      context.writeAndFlush(message.apply(context.alloc()));
    }
  }

  @Override
  public void relay(ByteBuf run) {
    run.release();
  }

  @Override
  public void end(byte type) {
    // Everything is collected.
  }
}
