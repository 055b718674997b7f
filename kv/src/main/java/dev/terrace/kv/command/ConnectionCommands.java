package dev.terrace.kv.command;

import dev.terrace.kv.acl.User;
import dev.terrace.kv.command.Command.Action.Local;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The commands about the connection itself. */
final class ConnectionCommands {

  /** What clients take features from: of this version's commands most are here or refused. */
  static final String REDIS_VERSION = "7.4.0";

  private static final Duration FAILED_LOGIN_PAUSE = Duration.ofMillis(100);
  private static final int FAILED_LOGINS_MAX = 10;

  private ConnectionCommands() {}

  static List<Command> all() {
    return List.of(
        local("ping", -1, ConnectionCommands::ping, "Answers PONG."),
        local("echo", 2, (s, args, out) -> out.bulk(args[1]), "Answers its argument."),
        local("hello", -1, ConnectionCommands::hello, "Chooses RESP2 or RESP3."),
        local("auth", -2, ConnectionCommands::auth, "Logs in."),
        local("quit", -1, ConnectionCommands::quit, "Closes the connection."),
        local("reset", 1, ConnectionCommands::reset, "Makes the connection as new."),
        local("select", 2, ConnectionCommands::select, "Database 0 is the only one."),
        local("client", -2, ClientCommands::client, "About connections."));
  }

  private static Command local(String name, int arity, Local action, String summary) {
    return new Command(name, arity, Keys.NONE, action, summary);
  }

  private static void ping(Session session, byte[][] args, ReplyWriter out) throws KvError {
    if (args.length > 2) {
      throw KvError.of("wrong number of arguments for 'ping' command");
    }
    if (!out.version3() && session.service().keyEvents().count(session) > 0) {
      out.array(2);
      out.bulk("pong");
      out.bulk(args.length == 2 ? args[1] : new byte[0]);
    } else if (args.length == 2) {
      out.bulk(args[1]);
    } else {
      out.simple("PONG");
    }
  }

  private static void hello(Session session, byte[][] args, ReplyWriter out) throws KvError {
    Client client = session.client();
    boolean version3 = client.version3();
    int at = 1;
    if (args.length > 1) {
      String version = Arguments.text(args[1]);
      if (!version.equals("2") && !version.equals("3")) {
        throw KvError.of("NOPROTO", "unsupported protocol version");
      }
      version3 = version.equals("3");
      at = 2;
    }
    String name = null;
    while (at < args.length) {
      if (Arguments.is(args[at], "AUTH") && at + 2 < args.length) {
        logIn(session, args[at + 1], args[at + 2]);
        at += 3;
      } else if (Arguments.is(args[at], "SETNAME") && at + 1 < args.length) {
        name = ClientCommands.name(args[at + 1]);
        at += 2;
      } else {
        throw KvError.of("Syntax error in HELLO option '" + Arguments.text(args[at]) + "'");
      }
    }
    requireLogin(session);
    if (name != null) {
      client.name(name);
    }
    client.version3(version3);
    greet(client, out.of(version3));
  }

  private static void greet(Client client, ReplyWriter out) {
    out.map(7);
    out.bulk("server");
    out.bulk("redis");
    out.bulk("version");
    out.bulk(REDIS_VERSION);
    out.bulk("proto");
    out.number(client.version3() ? 3 : 2);
    out.bulk("id");
    out.number(client.id());
    out.bulk("mode");
    out.bulk("standalone");
    out.bulk("role");
    out.bulk("master");
    out.bulk("modules");
    out.array(0);
  }

  private static void requireLogin(Session session) throws KvError {
    if (!session.client().authenticated()) {
      throw KvError.of(
          "NOAUTH",
          "HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
              + " AUTH <user> <pass> option can be used to authenticate the client and select the"
              + " RESP protocol version at the same time");
    }
  }

  private static void auth(Session session, byte[][] args, ReplyWriter out) throws KvError {
    if (args.length > 3) {
      throw Arguments.syntax();
    }
    if (args.length == 2 && session.service().served().users().stranger().isPresent()) {
      throw KvError.of(
          "AUTH <password> called without any password configured for the default user. Are you"
              + " sure your configuration is correct?");
    }
    byte[] user = args.length == 3 ? args[1] : "default".getBytes(StandardCharsets.US_ASCII);
    logIn(session, user, args[args.length - 1]);
    out.ok();
  }

  private static void logIn(Session session, byte[] user, byte[] password) throws KvError {
    Client client = session.client();
    Optional<User> who = session.service().served().users().logIn(user, password);
    if (who.isEmpty()) {
      int failures = client.loginFailed();
      // Whoever guesses passwords gets slower with each, and then must connect again.
      session.pause(FAILED_LOGIN_PAUSE.multipliedBy(failures));
      if (failures >= FAILED_LOGINS_MAX) {
        session.closeAfterReplies();
      }
      throw KvError.of("WRONGPASS", "invalid username-password pair or user is disabled.");
    }
    client.user(who.get());
  }

  private static void quit(Session session, byte[][] args, ReplyWriter out) {
    out.ok();
    session.closeAfterReplies();
  }

  private static void reset(Session session, byte[][] args, ReplyWriter out) {
    Client client = session.client();
    client.name("");
    client.tracking(null);
    session.service().tracking().stop(session);
    session.service().keyEvents().forget(session);
    client.version3(false);
    client.user(session.service().served().users().stranger().orElse(null));
    out.simple("RESET");
  }

  private static void select(Session session, byte[][] args, ReplyWriter out) throws KvError {
    if (Arguments.number(args[1]) != 0) {
      throw KvError.of("DB index is out of range: there is only database 0");
    }
    out.ok();
  }
}
