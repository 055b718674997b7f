package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Scan;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.Glob;
import dev.terrace.kv.data.KeyWalk;
import dev.terrace.kv.data.KeyWalk.Page;
import dev.terrace.kv.data.KeyWalk.Position;
import dev.terrace.kv.data.KvError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The commands that go through the keys of tables. */
final class Scans {

  private static final int COUNT = 10;
  private static final int COUNT_MAX = 10_000;
  private static final int DRAWN_FROM = 100;

  private Scans() {}

  static List<Command> all() {
    return List.of(
        walk("scan", -2, Scans::scan, "Goes through the keys of collections, page by page."),
        walk("keys", 2, Scans::keys, "The keys that match, if their tables are not too large."),
        walk("dbsize", 1, Scans::dbsize, "How many keys there are, as far as can be seen."),
        walk("randomkey", 1, Scans::randomkey, "One of the first keys of some collection."));
  }

  private static Command walk(String name, int arity, Command.Walk walk, String summary) {
    return new Command(name, arity, Keys.NONE, new Scan(walk), summary);
  }

  static String type(Collection c) {
    return switch (c.shape()) {
      case HASH -> "hash";
      case STRING, COUNTER -> "string";
      case JSON -> "ReJSON-RL";
    };
  }

  /** Only collections that have keys that match are gone through. */
  private static KeyWalk walk(ScanCall call, @Nullable Glob glob, @Nullable String type) {
    byte[] prefix = glob == null ? new byte[0] : glob.prefix();
    Predicate<Collection> which =
        c -> {
          byte[] name = (c.name() + ":").getBytes(StandardCharsets.UTF_8);
          boolean may = true;
          for (int i = 0; i < Math.min(name.length, prefix.length); i++) {
            may &= name[i] == prefix[i];
          }
          return may && (type == null || type.equals(type(c)));
        };
    Predicate<EntryKey> matches = key -> glob == null || glob.matches(key.toString());
    return new KeyWalk(call.data(), which, matches, call.nowMillis());
  }

  private static Reply scan(ScanCall call) throws KvError {
    byte[][] args = call.args();
    Position start = call.service().cursors().find(Arguments.text(args[1]));
    Glob glob = null;
    String type = null;
    long count = COUNT;
    for (int i = 2; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw Arguments.syntax();
      } else if (Arguments.is(args[i], "MATCH")) {
        glob = Glob.of(args[i + 1]);
      } else if (Arguments.is(args[i], "COUNT")) {
        count = Arguments.number(args[i + 1]);
        if (count < 1) {
          throw Arguments.syntax();
        }
      } else if (Arguments.is(args[i], "TYPE")) {
        type = Arguments.text(args[i + 1]);
      } else {
        throw Arguments.syntax();
      }
    }
    Page page = walk(call, glob, type).from(start, (int) Math.min(count, COUNT_MAX));
    int max = call.service().served().config().maxCursors();
    long cursor =
        page.next().isPresent() ? call.service().cursors().note(page.next().get(), max) : 0;
    return out -> {
      out.array(2);
      out.bulk(Long.toString(cursor));
      out.array(page.keys().size());
      page.keys().forEach(key -> out.bulk(key.toString()));
    };
  }

  private static Reply keys(ScanCall call) throws KvError {
    KeyWalk walk = walk(call, Glob.of(call.args()[1]), null);
    int max = call.service().served().config().maxKeys();
    List<EntryKey> keys = new ArrayList<>();
    int rows = 0;
    for (Optional<Position> at = Optional.of(Position.START); at.isPresent(); ) {
      if (rows > max) {
        throw KvError.of("KEYS goes through no more than " + max + " rows (kv.max-keys); use SCAN");
      }
      Page page = walk.from(at.get(), max - rows + 1);
      keys.addAll(page.keys());
      rows += page.rows();
      at = page.next();
    }
    return out -> {
      out.array(keys.size());
      keys.forEach(key -> out.bulk(key.toString()));
    };
  }

  private static Reply dbsize(ScanCall call) throws KvError {
    int max = call.service().served().config().maxKeys();
    Page page = walk(call, null, null).from(Position.START, max);
    long size = page.keys().size();
    return out -> out.number(size);
  }

  private static Reply randomkey(ScanCall call) throws KvError {
    List<Collection> all = new ArrayList<>(call.data().collections().all());
    while (!all.isEmpty()) {
      int index = ThreadLocalRandom.current().nextInt(all.size());
      Collection c = all.remove(index);
      KeyWalk walk = new KeyWalk(call.data(), c::equals, key -> true, call.nowMillis());
      List<EntryKey> keys = walk.from(Position.START, DRAWN_FROM).keys();
      if (!keys.isEmpty()) {
        String key = keys.get(ThreadLocalRandom.current().nextInt(keys.size())).toString();
        return out -> out.bulk(key);
      }
    }
    return out -> out.nil();
  }
}
