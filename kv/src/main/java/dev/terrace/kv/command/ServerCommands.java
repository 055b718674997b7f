package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Local;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.data.Glob;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands about the server, as far as clients ask for them. */
final class ServerCommands {

  private ServerCommands() {}

  static List<Command> all() {
    return List.of(
        local("command", -1, ServerCommands::command, "About the commands."),
        local("config", -2, ServerCommands::config, "Some settings, as Redis names them."),
        local("info", -1, ServerCommands::info, "About the server."),
        local("time", 1, ServerCommands::time, "The server's clock."));
  }

  private static Command local(String name, int arity, Local action, String summary) {
    return new Command(name, arity, Keys.NONE, action, summary);
  }

  private static void time(Session session, byte[][] args, ReplyWriter out) {
    long now = session.service().nowMillis();
    out.array(2);
    out.bulk(Long.toString(now / 1000));
    out.bulk(Long.toString(now % 1000 * 1000));
  }

  private static void info(Session session, byte[][] args, ReplyWriter out) {
    List<String> sections = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      sections.add(Arguments.text(args[i]).toLowerCase(Locale.ROOT));
    }
    out.verbatim(InfoText.of(session.service(), sections));
  }

  private static void config(Session session, byte[][] args, ReplyWriter out) throws KvError {
    if (Arguments.is(args[1], "SET")
        && args.length == 4
        && Arguments.is(args[2], "NOTIFY-KEYSPACE-EVENTS")) {
      // Whoever subscribes hears them, whatever is set.
      out.ok();
      return;
    }
    if (!Arguments.is(args[1], "GET") || args.length < 3) {
      throw KvError.of("only CONFIG GET is supported; settings are in Terrace's file");
    }
    Map<String, String> settings = settings(session.service());
    Map<String, String> found = new LinkedHashMap<>();
    for (int i = 2; i < args.length; i++) {
      Glob pattern = Glob.of(Arguments.text(args[i]).toLowerCase(Locale.ROOT));
      settings.forEach((name, value) -> {
        if (pattern.matches(name.getBytes(StandardCharsets.UTF_8))) {
          found.put(name, value);
        }
      });
    }
    out.map(found.size());
    found.forEach((name, value) -> {
      out.bulk(name);
      out.bulk(value);
    });
  }

  private static Map<String, String> settings(Service service) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("appendonly", "no");
    settings.put("databases", "1");
    settings.put("maxclients", Integer.toString(service.served().maxConnections()));
    settings.put("maxmemory", Long.toString(service.served().config().memory().bytes()));
    settings.put("maxmemory-policy", "allkeys-lfu");
    settings.put("notify-keyspace-events", "AKE");
    settings.put("proto-max-bulk-len", Long.toString(service.served().config().maxBulk().bytes()));
    settings.put("save", "");
    settings.put("timeout", Long.toString(service.served().config().idleTimeout().toSeconds()));
    return settings;
  }

  private static void command(Session session, byte[][] args, ReplyWriter out) throws KvError {
    Commands commands = session.service().commands();
    String sub = args.length == 1 ? "INFO" : Arguments.text(args[1]).toUpperCase(Locale.ROOT);
    List<@Nullable Command> named = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      named.add(commands.find(args[i]));
    }
    if (args.length <= 2) {
      named.addAll(served(commands));
    }
    switch (sub) {
      case "COUNT" -> out.number(served(commands).size());
      case "LIST" -> {
        out.array(served(commands).size());
        served(commands).forEach(c -> out.bulk(c.name()));
      }
      case "INFO" -> {
        out.array(named.size());
        named.forEach(c -> describe(c, out));
      }
      case "DOCS" -> {
        List<Command> known = new ArrayList<>();
        for (Command c : named) {
          if (c != null) {
            known.add(c);
          }
        }
        out.map(known.size());
        known.forEach(c -> document(c, out));
      }
      default ->
          throw KvError.of(
              "unknown subcommand '" + sub + "'. Try COMMAND COUNT, LIST, INFO, DOCS.");
    }
  }

  private static List<Command> served(Commands commands) {
    return commands.all().stream()
        .filter(c -> !(c.action() instanceof Command.Action.Refused))
        .toList();
  }

  private static void describe(@Nullable Command c, ReplyWriter out) {
    if (c == null) {
      out.nil();
      return;
    }
    out.array(10);
    out.bulk(c.name());
    out.number(c.arity());
    out.set(1);
    out.simple(c.writes() ? "write" : "readonly");
    out.number(c.keys().first());
    out.number(c.keys().last());
    out.number(c.keys().step());
    out.set(0);
    out.array(0);
    out.array(0);
    out.array(0);
  }

  private static void document(Command c, ReplyWriter out) {
    out.bulk(c.name());
    out.map(2);
    out.bulk("summary");
    out.bulk(c.summary());
    out.bulk("group");
    out.bulk(c.keys().first() > 0 ? "generic" : "connection");
  }
}
