package dev.terrace.sql.session;

import dev.terrace.sql.auth.ScramServer;
import dev.terrace.sql.wire.Answers;
import dev.terrace.sql.wire.ProtocolViolation;
import dev.terrace.sql.wire.SqlError;
import dev.terrace.sql.wire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's way from its StartupMessage to being let in. */
final class Login {

  /** What came of a step. */
  sealed interface Step {

    /** The client must answer. */
    record More() implements Step {}

    /** The client is who it says. */
    record Welcome(StartupSettings settings) implements Step {}

    /** The client is sent away. */
    record Refused(SqlError error) implements Step {}
  }

  private static final Step MORE = new Step.More();

  private final Channel client;
  private final Service service;
  private Map<String, String> parameters = Map.of();
  private String user = "";
  private @Nullable ScramServer scram;
  private boolean challenged;

  Login(Channel client, Service service) {
    this.client = client;
    this.service = service;
  }

  /** The client has said who it is. */
  Step start(StartupPacket.Startup startup) {
    parameters = startup.parameters();
    user = parameters.getOrDefault("user", "");
    List<String> unknown =
        parameters.keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    if (startup.minor() > 0 || !unknown.isEmpty()) {
      client.write(Answers.negotiateVersion(client.alloc(), unknown));
    }
    if (user.isEmpty()) {
      return refuse("28000", "no PostgreSQL user name specified in startup packet");
    }
    if (service.users().open()) {
      return withoutPassword();
    }
    scram = service.users().check(user);
    client.writeAndFlush(Answers.sasl(client.alloc(), ScramServer.MECHANISM));
    return MORE;
  }

  private Step withoutPassword() {
    boolean loopback =
        client.localAddress() instanceof InetSocketAddress local
            && local.getAddress() != null
            && local.getAddress().isLoopbackAddress();
    if (!loopback) {
      return refuse(
          "28000", "no password is configured, so only clients on the same machine may log in");
    }
    return service.users().trusts(user)
        ? welcome()
        : refuse("28000", "role \"" + user + "\" does not exist");
  }

  /**
   * The client has answered a challenge.
   *
   * @throws ProtocolViolation if that was none
   */
  Step answer(ByteBuf message) throws ProtocolViolation {
    ScramServer exchange = scram;
    if (exchange == null) {
      throw new ProtocolViolation("no answer was asked for");
    }
    message.skipBytes(5);
    if (challenged) {
      Optional<String> last = exchange.last(message.toString(StandardCharsets.UTF_8));
      if (last.isEmpty()) {
        return refuse("28P01", "password authentication failed for user \"" + user + "\"");
      }
      client.write(Answers.saslStep(client.alloc(), true, last.get()));
      return welcome();
    }
    String mechanism = Statement.text(message);
    if (!mechanism.equals(ScramServer.MECHANISM)) {
      throw new ProtocolViolation("client selected an invalid SASL authentication mechanism");
    }
    int length = message.readableBytes() < 4 ? -1 : message.readInt();
    if (length != message.readableBytes()) {
      throw new ProtocolViolation("malformed SASL message");
    }
    challenged = true;
    String first = exchange.first(message.toString(StandardCharsets.UTF_8));
    client.writeAndFlush(Answers.saslStep(client.alloc(), false, first));
    return MORE;
  }

  private Step welcome() {
    String database = parameters.getOrDefault("database", user);
    if (!database.equals(service.database()) && !database.equals(service.store())) {
      return refuse("3D000", "database \"" + database + "\" does not exist");
    }
    StartupSettings settings = StartupSettings.read(parameters);
    return settings.error().isPresent()
        ? new Step.Refused(settings.error().get())
        : new Step.Welcome(settings);
  }

  private static Step refuse(String sqlState, String message) {
    return new Step.Refused(SqlError.fatal(sqlState, message));
  }
}
