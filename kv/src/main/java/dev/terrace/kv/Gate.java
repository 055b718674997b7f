package dev.terrace.kv;

import dev.terrace.kv.acl.User;
import dev.terrace.kv.command.Client;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.Session;
import org.jspecify.annotations.Nullable;

/** Whether a client may run a command now. */
final class Gate {

  private final Session session;
  private final Service service;
  private final Client client;

  Gate(Session session) {
    this.session = session;
    this.service = session.service();
    this.client = session.client();
  }

  /** The error that it may not, or null. */
  @Nullable String refusal(Command command, byte[][] args) {
    User user = client.user(service.served().users());
    if (user == null && !opensTheDoor(command.name())) {
      return "NOAUTH Authentication required.";
    }
    if (!command.takes(args.length)) {
      return "ERR wrong number of arguments for '" + command.name() + "' command";
    }
    if (command.action() instanceof Action.Refused(String why)) {
      return "ERR command '" + command.name() + "' is refused: " + why;
    }
    String deaf = onlyHears(command);
    if (deaf != null) {
      return deaf;
    }
    return user == null
        ? null
        : command.denied(user, args).map(why -> "NOPERM " + why).orElse(null);
  }

  private static boolean opensTheDoor(String command) {
    return switch (command) {
      case "auth", "hello", "quit", "reset" -> true;
      default -> false;
    };
  }

  /** Whether a client of RESP2 hears channels, and so may do nothing else. */
  private @Nullable String onlyHears(Command command) {
    if (client.version3() || !service.keyEvents().hears(session)) {
      return null;
    }
    return switch (command.name()) {
      case "subscribe", "psubscribe", "unsubscribe", "punsubscribe", "ping", "quit", "reset" ->
          null;
      default ->
          "ERR Can't execute '"
              + command.name()
              + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in"
              + " this context";
    };
  }
}
