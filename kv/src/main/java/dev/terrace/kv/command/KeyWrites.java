package dev.terrace.kv.command;

import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.Row;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.command.Expiry.Form;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;
import java.util.List;
import java.util.Optional;

/** The commands that remove keys and set when they expire. */
final class KeyWrites {

  private KeyWrites() {}

  static List<Command> all() {
    return List.of(
        delete("del"),
        delete("unlink"),
        expire("expire", Form.SECONDS, "Has the key expire in so many seconds."),
        expire("pexpire", Form.MILLIS, "Has the key expire in so many milliseconds."),
        expire("expireat", Form.AT_SECONDS, "Has the key expire at a time in seconds."),
        expire("pexpireat", Form.AT_MILLIS, "Has the key expire at a time in milliseconds."),
        new Command(
            "persist",
            2,
            Keys.ONE,
            new Write(Shape.ANY, KeyWrites::persist),
            "Has the key never expire."));
  }

  private static Command delete(String name) {
    return new Command(
        name, -2, Keys.ALL, new Write(Shape.ANY, KeyWrites::delete), "Deletes the keys' rows.");
  }

  private static Command expire(String name, Form form, String summary) {
    return new Command(
        name, -3, Keys.ONE, new Write(Shape.ANY, call -> expire(call, name, form)), summary);
  }

  private static Reply delete(WriteCall call) throws KvError {
    long[] deleted = {0};
    for (int i = 0; i < call.keys().size(); i++) {
      try {
        Modified done =
            call.write(i, before -> before.isPresent() ? new Change.Delete() : new Change.Keep());
        if (call.collections().get(i).isLive(done.before(), call.nowMillis())) {
          deleted[0]++;
        }
      } catch (KvError e) {
        throw WriteErrors.after(i, call.keys().size(), e);
      }
    }
    return out -> out.number(deleted[0]);
  }

  private static Reply expire(WriteCall call, String name, Form form) throws KvError {
    Collection c = call.collection();
    boolean[] only = conditions(call.args());
    long at = Expiry.at(call.args()[2], form, call.nowMillis(), name);
    String column = Expiry.column(c);
    Modified done =
        call.write(before -> {
          if (!c.isLive(before, call.nowMillis()) || !allows(c, before, only, at)) {
            return new Change.Keep();
          }
          return at <= call.nowMillis()
              ? new Change.Delete()
              : new Change.Put(List.of(Expiry.field(column, at)));
        });
    long set = done.change() instanceof Change.Keep ? 0 : 1;
    return out -> out.number(set);
  }

  private static final String[] CONDITIONS = {"NX", "XX", "GT", "LT"};

  private static boolean[] conditions(byte[][] args) throws KvError {
    boolean[] only = new boolean[CONDITIONS.length];
    for (int i = 3; i < args.length; i++) {
      boolean known = false;
      for (int j = 0; j < CONDITIONS.length; j++) {
        if (Arguments.is(args[i], CONDITIONS[j])) {
          only[j] = true;
          known = true;
        }
      }
      if (!known) {
        throw KvError.of("Unsupported option " + Arguments.text(args[i]));
      }
    }
    if (only[0] && (only[1] || only[2] || only[3])) {
      throw KvError.of("NX and XX, GT or LT options at the same time are not compatible");
    }
    if (only[2] && only[3]) {
      throw KvError.of("GT and LT options at the same time are not compatible");
    }
    return only;
  }

  /** Whether the conditions hold; a key that never expires counts as expiring last. */
  private static boolean allows(Collection c, Optional<Row> row, boolean[] only, long at) {
    long old = row.map(c::expiry).orElse(Entry.NEVER);
    boolean set = old != Entry.NEVER;
    return !(only[0] && set)
        && !(only[1] && !set)
        && !(only[2] && at <= old)
        && !(only[3] && at >= old);
  }

  private static Reply persist(WriteCall call) throws KvError {
    Collection c = call.collection();
    Optional<String> column = c.expiresColumn();
    if (column.isEmpty()) {
      return out -> out.number(0);
    }
    Modified done =
        call.write(before ->
            before.isPresent()
                    && c.isLive(before, call.nowMillis())
                    && c.expiry(before.get()) != Entry.NEVER
                ? new Change.Put(List.of(Expiry.field(column.get(), Entry.NEVER)))
                : new Change.Keep());
    long changed = done.change() instanceof Change.Keep ? 0 : 1;
    return out -> out.number(changed);
  }
}
