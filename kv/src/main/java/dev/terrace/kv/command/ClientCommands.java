package dev.terrace.kv.command;

import dev.terrace.kv.data.KvError;
import dev.terrace.kv.push.Listener;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** CLIENT: about this connection, and about all. */
final class ClientCommands {

  private ClientCommands() {}

  static void client(Session session, byte[][] args, ReplyWriter out) throws KvError {
    Client client = session.client();
    String sub = Arguments.text(args[1]).toUpperCase(Locale.ROOT);
    switch (sub) {
      case "ID" -> out.number(client.id());
      case "GETNAME" -> {
        if (client.name().isEmpty()) {
          out.nil();
        } else {
          out.bulk(client.name());
        }
      }
      case "SETNAME" -> {
        client.name(name(word(args, 2)));
        out.ok();
      }
      case "SETINFO" -> setInfo(client, args, out);
      case "INFO" -> out.verbatim(client.line(session.service().nowMillis()) + "\n");
      case "LIST" -> list(session.service(), args, out);
      case "KILL" -> kill(session, args, out);
      // Entries are everybody's; no client's reads count more or less.
      case "NO-EVICT", "NO-TOUCH" -> out.ok();
      case "REPLY" -> {
        if (!Arguments.is(word(args, 2), "ON")) {
          throw KvError.of("CLIENT REPLY OFF and SKIP are not supported");
        }
        out.ok();
      }
      case "TRACKING" -> TrackingCommands.tracking(session, args, out);
      case "CACHING" -> TrackingCommands.caching(session, args, out);
      case "TRACKINGINFO" -> TrackingCommands.info(session, out);
      case "GETREDIR" -> TrackingCommands.redirection(session, out);
      default ->
          throw KvError.of(
              "unknown subcommand '"
                  + sub
                  + "'. Try CLIENT ID, GETNAME, SETNAME,"
                  + " SETINFO, INFO, LIST, KILL, TRACKING, CACHING, TRACKINGINFO, GETREDIR.");
    }
  }

  /** The name that a client gives itself. */
  static String name(byte[] word) throws KvError {
    String name = Arguments.text(word);
    if (word.length > 256 || !name.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw KvError.of("Client names cannot contain spaces, newlines or special characters.");
    }
    return name;
  }

  private static byte[] word(byte[][] args, int at) throws KvError {
    if (args.length <= at) {
      throw KvError.of("wrong number of arguments for 'client' command");
    }
    return args[at];
  }

  private static void setInfo(Client client, byte[][] args, ReplyWriter out) throws KvError {
    String value = name(word(args, 3));
    if (Arguments.is(args[2], "LIB-NAME")) {
      client.library(value);
    } else if (Arguments.is(args[2], "LIB-VER")) {
      client.libraryVersion(value);
    } else {
      throw KvError.of("Unrecognized option '" + Arguments.text(args[2]) + "'");
    }
    out.ok();
  }

  private static void list(Service service, byte[][] args, ReplyWriter out) throws KvError {
    Predicate<Client> wanted = c -> true;
    if (args.length > 3 && Arguments.is(args[2], "ID")) {
      List<Long> ids = new ArrayList<>();
      for (int i = 3; i < args.length; i++) {
        ids.add(Arguments.number(args[i]));
      }
      wanted = c -> ids.contains(c.id());
    } else if (args.length == 4 && Arguments.is(args[2], "TYPE")) {
      wanted = type(service, args[3]);
    } else if (args.length > 2) {
      throw Arguments.syntax();
    }
    long now = service.nowMillis();
    out.verbatim(
        service.clients().values().stream()
            .filter(wanted)
            .map(c -> c.line(now) + "\n")
            .collect(Collectors.joining()));
  }

  private static Predicate<Client> type(Service service, byte[] word) throws KvError {
    String type = Arguments.text(word).toLowerCase(Locale.ROOT);
    return switch (type) {
      case "normal" -> c -> !service.hears(c);
      case "pubsub" -> service::hears;
      case "master", "replica", "slave" -> c -> false;
      default -> throw KvError.of("Unknown client type '" + type + "'");
    };
  }

  /** Ends the connections that all conditions hold for; how many, or in the old form OK. */
  private static void kill(Session session, byte[][] args, ReplyWriter out) throws KvError {
    Service service = session.service();
    if (args.length == 3) {
      String address = Arguments.text(args[2]);
      if (end(service, c -> c.remote().equals(address)) == 0) {
        throw KvError.of("No such client");
      }
      out.ok();
      return;
    }
    if (args.length < 3 || args.length % 2 != 0) {
      throw Arguments.syntax();
    }
    boolean skipMe = true;
    Predicate<Client> wanted = c -> true;
    for (int i = 2; i < args.length; i += 2) {
      byte[] value = args[i + 1];
      String text = Arguments.text(value);
      switch (Arguments.text(args[i]).toUpperCase(Locale.ROOT)) {
        case "ID" -> {
          long id = Arguments.number(value);
          wanted = wanted.and(c -> c.id() == id);
        }
        case "ADDR" -> wanted = wanted.and(c -> c.remote().equals(text));
        case "LADDR" -> wanted = wanted.and(c -> c.local().equals(text));
        case "USER" -> wanted = wanted.and(c -> c.userName().equals(text));
        case "TYPE" -> wanted = wanted.and(type(service, value));
        case "SKIPME" -> skipMe = !text.equalsIgnoreCase("no");
        default -> throw Arguments.syntax();
      }
    }
    long me = session.client().id();
    boolean others = skipMe;
    out.number(end(service, wanted.and(c -> !others || c.id() != me)));
  }

  private static int end(Service service, Predicate<Client> wanted) {
    int ended = 0;
    for (Client c : service.clients().values()) {
      Listener connection = wanted.test(c) ? service.connection(c) : null;
      if (connection != null) {
        connection.end();
        ended++;
      }
    }
    return ended;
  }
}
