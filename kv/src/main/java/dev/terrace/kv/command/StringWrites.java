package dev.terrace.kv.command;

import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Decision;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The commands that change strings: keys of collections with a value column. */
final class StringWrites {

  private static final SetOptions PLAIN =
      new SetOptions(false, false, false, false, Entry.NEVER, false);

  private StringWrites() {}

  static List<Command> all() {
    return List.of(
        one("set", -3, StringWrites::set, "Sets the key's value."),
        one("setnx", 3, StringWrites::setnx, "Sets the value of a key that does not exist."),
        one("setex", 4, w -> setex(w, Expiry.Form.SECONDS), "Sets value and expiry."),
        one("psetex", 4, w -> setex(w, Expiry.Form.MILLIS), "Sets value and expiry."),
        one("getset", 3, StringWrites::getset, "Sets the value, answers the old one."),
        one("getdel", 2, StringWrites::getdel, "Removes the key, answers its value."),
        one("getex", -2, StringWrites::getex, "The value; sets the expiry."),
        one("append", 3, StringWrites::append, "Appends to the value."),
        one("incr", 2, w -> add(w, 1), "Adds one."),
        one("decr", 2, w -> add(w, -1), "Takes one off."),
        one("incrby", 3, w -> add(w, Arguments.number(w.args()[2])), "Adds a number."),
        one("decrby", 3, w -> add(w, negated(w.args()[2])), "Takes a number off."),
        new Command(
            "mset",
            -3,
            Keys.PAIRS,
            new Write(Shape.STRING, StringWrites::mset),
            "Sets several keys, each in a transaction of its own."));
  }

  private static Command one(String name, int arity, Command.Work work, String summary) {
    return new Command(name, arity, Keys.ONE, new Write(Shape.STRING, work), summary);
  }

  private static Reply set(WriteCall call) throws KvError {
    SetOptions options = SetOptions.of(call.args(), 3, "set", call.nowMillis());
    Modified done = put(call, 0, call.args()[2], options);
    if (options.get()) {
      byte[] old = value(call.collection(), done.before(), call.nowMillis());
      return out -> out.bulkOrNil(old);
    }
    return done.change() instanceof Change.Keep ? out -> out.nil() : out -> out.ok();
  }

  /** Sets a key's value as the options say. */
  private static Modified put(WriteCall call, int key, byte[] value, SetOptions options)
      throws KvError {
    Collection c = call.collections().get(key);
    if (options.expiresAtMillis() != Entry.NEVER) {
      Expiry.column(c);
    }
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of(c.valueColumn(), value));
    if (!options.keep() && c.expiresColumn().isPresent()) {
      fields.add(Expiry.field(c.expiresColumn().get(), options.expiresAtMillis()));
    }
    Decision decision =
        before -> {
          boolean live = c.isLive(before, call.nowMillis());
          if (live ? options.ifAbsent() : options.ifPresent()) {
            return new Change.Keep();
          }
          return put(before, live, fields);
        };
    return call.write(key, decision);
  }

  /** A row that has expired is gone: nothing of it comes back. */
  static Change put(Optional<Row> before, boolean live, List<Field> fields) {
    return before.isPresent() && !live ? new Change.Replace(fields) : new Change.Put(fields);
  }

  private static byte @Nullable [] value(Collection c, Optional<Row> row, long nowMillis) {
    return row.isPresent() && c.isLive(row, nowMillis) ? row.get().value(c.valueColumn()) : null;
  }

  private static Reply setnx(WriteCall call) throws KvError {
    SetOptions options = new SetOptions(true, false, false, false, Entry.NEVER, false);
    Modified done = put(call, 0, call.args()[2], options);
    long set = done.change() instanceof Change.Keep ? 0 : 1;
    return out -> out.number(set);
  }

  private static Reply setex(WriteCall call, Expiry.Form form) throws KvError {
    String name = form == Expiry.Form.SECONDS ? "setex" : "psetex";
    if (Arguments.number(call.args()[2]) <= 0) {
      throw Expiry.invalid(name);
    }
    long at = Expiry.at(call.args()[2], form, call.nowMillis(), name);
    put(call, 0, call.args()[3], new SetOptions(false, false, false, false, at, false));
    return out -> out.ok();
  }

  private static Reply getset(WriteCall call) throws KvError {
    Modified done = put(call, 0, call.args()[2], PLAIN);
    byte[] old = value(call.collection(), done.before(), call.nowMillis());
    return out -> out.bulkOrNil(old);
  }

  private static Reply getdel(WriteCall call) throws KvError {
    Modified done =
        call.write(before -> before.isPresent() ? new Change.Delete() : new Change.Keep());
    byte[] old = value(call.collection(), done.before(), call.nowMillis());
    return out -> out.bulkOrNil(old);
  }

  private static Reply getex(WriteCall call) throws KvError {
    SetOptions options = SetOptions.of(call.args(), 2, "getex", call.nowMillis());
    Collection c = call.collection();
    boolean sets = options.persist() || options.expiresAtMillis() != Entry.NEVER;
    String column = sets ? Expiry.column(c) : "";
    Modified done =
        call.write(before ->
            sets && c.isLive(before, call.nowMillis())
                ? new Change.Put(List.of(Expiry.field(column, options.expiresAtMillis())))
                : new Change.Keep());
    byte[] value = value(c, done.before(), call.nowMillis());
    return out -> out.bulkOrNil(value);
  }

  private static Reply append(WriteCall call) throws KvError {
    Collection c = call.collection();
    byte[] more = call.args()[2];
    Modified done =
        call.write(before -> {
          boolean live = c.isLive(before, call.nowMillis());
          byte[] whole = joined(value(c, before, call.nowMillis()), more);
          return put(before, live, List.of(Field.of(c.valueColumn(), whole)));
        });
    long length = joined(value(c, done.before(), call.nowMillis()), more).length;
    return out -> out.number(length);
  }

  private static byte[] joined(byte @Nullable [] first, byte[] second) {
    if (first == null) {
      return second;
    }
    byte[] whole = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, whole, first.length, second.length);
    return whole;
  }

  private static long negated(byte[] word) throws KvError {
    long number = Arguments.number(word);
    if (number == Long.MIN_VALUE) {
      throw KvError.of("decrement would overflow");
    }
    return -number;
  }

  private static Reply add(WriteCall call, long delta) throws KvError {
    Collection c = call.collection();
    Modified done =
        call.write(before -> {
          Sum sum = Sum.of(value(c, before, call.nowMillis()), delta);
          boolean live = c.isLive(before, call.nowMillis());
          return sum.problem().isPresent()
              ? new Change.Keep()
              : put(before, live, List.of(Field.sum(c.valueColumn(), sum.value(), delta)));
        });
    return Sum.of(value(c, done.before(), call.nowMillis()), delta).reply();
  }

  private static Reply mset(WriteCall call) throws KvError {
    if (call.args().length % 2 == 0) {
      throw KvError.of("wrong number of arguments for 'mset' command");
    }
    for (int i = 0; i < call.keys().size(); i++) {
      try {
        put(call, i, call.args()[2 * i + 2], PLAIN);
      } catch (KvError e) {
        throw WriteErrors.after(i, call.keys().size(), e);
      }
    }
    return out -> out.ok();
  }
}
