package dev.terrace.kv.command;

import dev.terrace.kv.acl.User;
import dev.terrace.kv.command.Command.Action.Local;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.push.KeyEvents;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and its kin, for what happens to keys of tables. */
final class PushCommands {

  private static final int CHANNELS_MAX = 1000;

  private PushCommands() {}

  static List<Command> all() {
    return List.of(
        local("subscribe", -2, (s, args, out) -> subscribe(s, args, out, false)),
        local("psubscribe", -2, (s, args, out) -> subscribe(s, args, out, true)),
        local("unsubscribe", -1, (s, args, out) -> unsubscribe(s, args, out, false)),
        local("punsubscribe", -1, (s, args, out) -> unsubscribe(s, args, out, true)));
  }

  private static Command local(String name, int arity, Local action) {
    return new Command(
        name, arity, Keys.NONE, action, "Hears what happens to keys, as Redis's keyspace events.");
  }

  private static void subscribe(Session session, byte[][] args, ReplyWriter out, boolean pattern)
      throws KvError {
    KeyEvents events = session.service().keyEvents();
    User user = session.client().user();
    for (int i = 1; i < args.length; i++) {
      String channel = Arguments.text(args[i]);
      if (!KeyEvents.isOurs(channel)) {
        throw KvError.of(
            "channel '"
                + channel
                + "' needs a Redis store; without one there are __keyspace@0__:KEY and"
                + " __keyevent@0__:EVENT");
      }
      if (user != null && !user.mayHear(args[i], pattern)) {
        throw KvError.of(
            "NOPERM",
            "this user has no permissions to access one of the channels used as arguments");
      }
    }
    for (int i = 1; i < args.length; i++) {
      if (events.count(session) >= CHANNELS_MAX) {
        throw KvError.of("a client hears no more than " + CHANNELS_MAX + " channels");
      }
      String channel = Arguments.text(args[i]);
      events.subscribe(session, channel, pattern);
      confirm(session, pattern ? "psubscribe" : "subscribe", channel, out);
    }
  }

  private static void unsubscribe(
      Session session, byte[][] args, ReplyWriter out, boolean pattern) {
    KeyEvents events = session.service().keyEvents();
    String kind = pattern ? "punsubscribe" : "unsubscribe";
    List<String> channels =
        args.length == 1
            ? events.heard(session, pattern)
            : List.of(args).subList(1, args.length).stream().map(Arguments::text).toList();
    for (String channel : channels) {
      events.unsubscribe(session, channel, pattern);
      confirm(session, kind, channel, out);
    }
    if (channels.isEmpty()) {
      confirm(session, kind, null, out);
    }
  }

  private static void confirm(
      Session session, String kind, @Nullable String channel, ReplyWriter out) {
    out.push(3);
    out.bulk(kind);
    if (channel == null) {
      out.nil();
    } else {
      out.bulk(channel);
    }
    out.number(session.service().keyEvents().count(session));
  }
}
