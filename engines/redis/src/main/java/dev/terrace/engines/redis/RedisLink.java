package dev.terrace.engines.redis;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import dev.terrace.engine.link.Link;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** A connection to one Redis. Commands are gathered, and sent when their answers are read. */
final class RedisLink implements Link {

  private static final String NAME = "terrace";

  private final Address server;
  private final Socket raw;
  private final Connection connection;
  private int unanswered;

  /**
   * Over a socket that is connected.
   *
   * @param raw what is closed to end it: a secured one would first bid farewell
   * @param socket the same, secured if it is to be
   */
  RedisLink(Address server, Socket raw, Socket socket) throws IOException {
    this.server = server;
    this.raw = raw;
    try {
      this.connection =
          new Connection(
              () -> socket,
              DefaultJedisClientConfig.builder()
                  .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                  .socketTimeoutMillis(socket.getSoTimeout())
                  .build());
    } catch (JedisException e) {
      throw lost(e);
    }
  }

  /** Says who we are, and chooses the database. */
  void login(String user, String password, int database) throws IOException, EngineFailure {
    if (!password.isEmpty()) {
      CommandArguments login = new CommandArguments(Command.AUTH);
      send(user.isEmpty() ? login.add(password) : login.add(user).add(password));
    }
    if (database != 0) {
      send(new CommandArguments(Command.SELECT).add(database));
    }
    send(new CommandArguments(Command.CLIENT).add("SETNAME").add(NAME));
    List<@Nullable Object> answers = answers();
    // A user that may not name its connections may still use them.
    for (Object answer : answers.subList(0, answers.size() - 1)) {
      refuse(answer);
    }
    if (answers.getLast() instanceof JedisDataException e
        && String.valueOf(e.getMessage()).startsWith("NOAUTH")) {
      refuse(e);
    }
  }

  private void refuse(@Nullable Object answer) throws EngineFailure {
    if (answer instanceof JedisDataException e) {
      throw new EngineFailure(
          Kind.UNREACHABLE, server + " refused the login: " + e.getMessage(), e);
    }
  }

  /** Adds a command to those that {@link #answers} sends. */
  void send(CommandArguments command) throws IOException {
    try {
      unanswered++;
      connection.sendCommand(command);
    } catch (JedisException e) {
      throw lost(e);
    }
  }

  /**
   * The answers to all that was sent, in its order: bytes, a number, a list, null or, for a command
   * that was refused, a {@link JedisDataException}.
   */
  List<@Nullable Object> answers() throws IOException {
    try {
      List<@Nullable Object> answers = new ArrayList<>(unanswered);
      while (unanswered > 0) {
        answers.add(answer());
        unanswered--;
      }
      return answers;
    } catch (JedisException e) {
      throw lost(e);
    } catch (RuntimeException e) {
      // The driver trusts servers: it fails in many ways on what no Redis would say.
      throw new IOException("an answer that no Redis gives: " + e, e);
    }
  }

  private @Nullable Object answer() {
    try {
      return connection.getOne();
    } catch (JedisDataException e) {
      return e;
    }
  }

  /** The one answer to one command. */
  @Nullable Object ask(CommandArguments command) throws IOException, EngineFailure {
    send(command);
    Object answer = answers().getFirst();
    if (answer instanceof JedisDataException e) {
      throw Refusals.failure(server, e);
    }
    return answer;
  }

  /** Listens until the connection ends. */
  void listen(BinaryJedisPubSub listener, byte[] channel) throws IOException, EngineFailure {
    try {
      listener.proceed(connection, channel);
    } catch (JedisDataException e) {
      throw Refusals.failure(server, e);
    } catch (JedisException e) {
      throw lost(e);
    }
  }

  Address server() {
    return server;
  }

  @Override
  public void check() throws IOException {
    send(new CommandArguments(Command.PING));
    Object answer = answers().getFirst();
    if (!(answer instanceof byte[] bytes)
        || !new String(bytes, StandardCharsets.US_ASCII).equals("PONG")) {
      throw new IOException(server + " does not answer a ping");
    }
  }

  @Override
  public boolean inStep() {
    return unanswered == 0 && !connection.isBroken();
  }

  private static IOException lost(JedisException e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause instanceof IOException io ? io : new IOException(e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      raw.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
