package dev.terrace.kv.command;

import dev.terrace.kv.data.KvError;
import dev.terrace.kv.push.TrackingMode;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;

/** CLIENT TRACKING and its kin: who keeps keys near itself, and wants to hear when they change. */
final class TrackingCommands {

  private static final int PREFIXES_MAX = 100;

  private TrackingCommands() {}

  static void tracking(Session session, byte[][] args, ReplyWriter out) throws KvError {
    if (args.length < 3) {
      throw KvError.of("wrong number of arguments for 'client|tracking' command");
    }
    if (Arguments.is(args[2], "OFF")) {
      session.service().tracking().stop(session);
      session.client().tracking(null);
      out.ok();
      return;
    }
    if (!Arguments.is(args[2], "ON")) {
      throw Arguments.syntax();
    }
    TrackingMode mode = mode(args);
    if (mode.redirect() != 0 && !session.service().clients().containsKey(mode.redirect())) {
      throw KvError.of("The client ID you want redirect to does not exist");
    }
    TrackingMode before = session.client().tracking();
    if (before != null && before.broadcast() != mode.broadcast()) {
      throw KvError.of(
          "You can't switch BCAST mode on/off before disabling tracking for this client, and then"
              + " re-enabling it with a different mode.");
    }
    session.client().tracking(mode);
    session.service().tracking().start(session, mode);
    out.ok();
  }

  private static TrackingMode mode(byte[][] args) throws KvError {
    boolean broadcast = false;
    boolean optIn = false;
    boolean optOut = false;
    boolean noLoop = false;
    long redirect = 0;
    List<String> prefixes = new ArrayList<>();
    for (int i = 3; i < args.length; i++) {
      if (Arguments.is(args[i], "REDIRECT") && i + 1 < args.length) {
        redirect = Arguments.number(args[++i]);
      } else if (Arguments.is(args[i], "PREFIX") && i + 1 < args.length) {
        prefixes.add(Arguments.text(args[++i]));
      } else if (Arguments.is(args[i], "BCAST")) {
        broadcast = true;
      } else if (Arguments.is(args[i], "OPTIN")) {
        optIn = true;
      } else if (Arguments.is(args[i], "OPTOUT")) {
        optOut = true;
      } else if (Arguments.is(args[i], "NOLOOP")) {
        noLoop = true;
      } else {
        throw Arguments.syntax();
      }
    }
    if (!prefixes.isEmpty() && !broadcast) {
      throw KvError.of("PREFIX option requires BCAST mode to be enabled");
    }
    if (broadcast && (optIn || optOut)) {
      throw KvError.of("OPTIN and OPTOUT are not compatible with BCAST");
    }
    if (optIn && optOut) {
      throw KvError.of("You can't specify both OPTIN mode and OPTOUT mode");
    }
    if (prefixes.size() > PREFIXES_MAX) {
      throw KvError.of("a client is told of no more than " + PREFIXES_MAX + " prefixes");
    }
    return new TrackingMode(broadcast, List.copyOf(prefixes), optIn, optOut, noLoop, redirect);
  }

  static void caching(Session session, byte[][] args, ReplyWriter out) throws KvError {
    TrackingMode mode = session.client().tracking();
    if (mode == null || !(mode.optIn() || mode.optOut())) {
      throw KvError.of(
          "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
              + " OPTOUT mode enabled");
    }
    boolean yes = args.length == 3 && Arguments.is(args[2], "YES");
    boolean no = args.length == 3 && Arguments.is(args[2], "NO");
    if (!yes && !no) {
      throw Arguments.syntax();
    }
    if (yes && !mode.optIn()) {
      throw KvError.of("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
    }
    if (no && !mode.optOut()) {
      throw KvError.of("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
    }
    session.client().cachingSaid(true);
    out.ok();
  }

  static void redirection(Session session, ReplyWriter out) {
    TrackingMode mode = session.client().tracking();
    out.number(mode == null ? -1 : mode.redirect());
  }

  static void info(Session session, ReplyWriter out) {
    TrackingMode mode = session.client().tracking();
    List<String> flags = new ArrayList<>();
    if (mode == null) {
      flags.add("off");
    } else {
      flags.add("on");
      add(flags, mode.broadcast(), "bcast");
      add(flags, mode.optIn(), "optin");
      add(flags, mode.optOut(), "optout");
      add(flags, mode.noLoop(), "noloop");
    }
    out.map(3);
    out.bulk("flags");
    out.set(flags.size());
    flags.forEach(out::bulk);
    out.bulk("redirect");
    out.number(mode == null ? -1 : mode.redirect());
    out.bulk("prefixes");
    List<String> prefixes = mode == null ? List.of() : mode.prefixes();
    out.array(prefixes.size());
    prefixes.forEach(out::bulk);
  }

  private static void add(List<String> flags, boolean on, String flag) {
    if (on) {
      flags.add(flag);
    }
  }
}
