package dev.terrace.sql.session;

import dev.terrace.net.tls.TlsSession;
import dev.terrace.sql.auth.ChannelBinding;
import dev.terrace.sql.auth.CommonName;
import dev.terrace.sql.auth.Md5Password;
import dev.terrace.sql.auth.Proof;
import dev.terrace.sql.auth.ScramServer;
import dev.terrace.sql.auth.ServerPassword;
import dev.terrace.sql.auth.Users;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Has a client prove that it is the user it says. */
final class Prover {

  /** Takes the outcome; called once, perhaps before a call here returns. */
  interface Verdict {
    /** It is; servers can be logged in to by what it has shown, if that is any good there. */
    void proven(Optional<ServerPassword> shown);

    /** It is not, or has not proven it. */
    void unproven(SqlError error);
  }

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MD5_SALT_BYTES = 4;

  private final Channel client;
  private final String user;
  private final Optional<ChannelBinding> binding;
  private final Verdict verdict;
  private @Nullable ScramServer scram;
  private @Nullable Md5Password md5;
  private byte[] salt = {};
  private boolean challenged;

  Prover(Channel client, String user, Optional<ChannelBinding> binding, Verdict verdict) {
    this.client = client;
    this.user = user;
    this.binding = binding;
    this.verdict = verdict;
  }

  /** Whether a client is on this machine. */
  static boolean isLocal(Channel client) {
    return client.localAddress() instanceof InetSocketAddress local
        && local.getAddress() != null
        && local.getAddress().isLoopbackAddress();
  }

  /** Whether that is no password but what a server keeps of one. */
  static boolean isStored(String text) {
    return Users.stored(text).isPresent();
  }

  void start(Proof proof) {
    switch (proof) {
      case Proof.Scram(var verifier) -> {
        ScramServer begun = new ScramServer(verifier, binding);
        scram = begun;
        client.writeAndFlush(Answers.sasl(client.alloc(), begun.mechanisms()));
      }
      case Proof.Md5(Md5Password password) -> {
        md5 = password;
        salt = new byte[MD5_SALT_BYTES];
        RANDOM.nextBytes(salt);
        client.writeAndFlush(Answers.md5(client.alloc(), salt));
      }
      case Proof.Certificate(List<String> names) -> certificate(names);
      case Proof.Trust() -> {
        if (isLocal(client)) {
          verdict.proven(Optional.empty());
        } else {
          verdict.unproven(
              SqlError.fatal(
                  "28000", "user \"" + user + "\" may log in from the same machine alone"));
        }
      }
    }
  }

  private void certificate(List<String> names) {
    Optional<String> shown = Optional.ofNullable(TlsSession.of(client)).flatMap(TlsSession::peer);
    if (shown.flatMap(CommonName::of).filter(names::contains).isPresent()) {
      verdict.proven(Optional.empty());
    } else {
      verdict.unproven(
          SqlError.fatal("28000", "certificate authentication failed for user \"" + user + "\""));
    }
  }

  /**
   * The client has answered.
   *
   * @throws ProtocolViolation if that fits nothing that was asked
   */
  void answer(ByteBuf message) throws ProtocolViolation {
    message.skipBytes(5);
    if (scram != null) {
      scram(scram, message);
    } else if (md5 != null) {
      md5(md5, message);
    } else {
      throw new ProtocolViolation("no answer was asked for");
    }
  }

  private void md5(Md5Password password, ByteBuf message) throws ProtocolViolation {
    String answer = Statement.text(message);
    md5 = null;
    if (password.proves(answer, salt)) {
      verdict.proven(Optional.of(ServerPassword.ofMd5(password)));
    } else {
      wrong();
    }
  }

  private void scram(ScramServer exchange, ByteBuf message) throws ProtocolViolation {
    if (challenged) {
      scram = null;
      Optional<String> last = exchange.last(message.toString(StandardCharsets.UTF_8));
      if (last.isPresent()) {
        client.write(Answers.saslStep(client.alloc(), true, last.get()));
        verdict.proven(exchange.proven());
      } else {
        wrong();
      }
      return;
    }
    exchange.choose(Statement.text(message));
    int length = message.readableBytes() < 4 ? -1 : message.readInt();
    if (length != message.readableBytes()) {
      throw new ProtocolViolation("malformed SASL message");
    }
    challenged = true;
    String first = exchange.first(message.toString(StandardCharsets.UTF_8));
    client.writeAndFlush(Answers.saslStep(client.alloc(), false, first));
  }

  private void wrong() {
    verdict.unproven(
        SqlError.fatal("28P01", "password authentication failed for user \"" + user + "\""));
  }
}
