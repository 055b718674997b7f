package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.Glob;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The commands that read hashes: rows whose columns are fields; a NULL is no field. */
final class HashReads {

  /** The most fields that HRANDFIELD repeats; Redis has no such limit. */
  private static final int PICKED_MAX = 10_000;

  private HashReads() {}

  static List<Command> all() {
    return List.of(
        one("hget", 3, HashReads::hget, "One field."),
        one("hmget", -3, HashReads::hmget, "Several fields."),
        one("hgetall", 2, HashReads::hgetall, "All fields that are not NULL."),
        one("hexists", 3, HashReads::hexists, "Whether a field is there and not NULL."),
        one("hkeys", 2, HashReads::hkeys, "The names of the fields that are not NULL."),
        one("hvals", 2, HashReads::hvals, "The values of the fields that are not NULL."),
        one("hlen", 2, HashReads::hlen, "How many fields are not NULL."),
        one("hstrlen", 3, HashReads::hstrlen, "The length of a field's value."),
        one("hrandfield", -2, HashReads::hrandfield, "Fields taken at random."),
        one("hscan", -3, HashReads::hscan, "All fields, those that match, in one reply."));
  }

  private static Command one(String name, int arity, Command.Answer answer, String summary) {
    return new Command(name, arity, Keys.ONE, new Read(Shape.HASH, answer), summary);
  }

  private static void hget(ReadCall call, ReplyWriter out) throws KvError {
    int field = call.field(2);
    if (call.exists()) {
      call.entry().writeValue(field, out);
    } else {
      out.nil();
    }
  }

  private static void hmget(ReadCall call, ReplyWriter out) throws KvError {
    int count = call.args().length - 2;
    int[] fields = new int[count];
    for (int i = 0; i < count; i++) {
      fields[i] = call.field(i + 2);
    }
    out.array(count);
    boolean exists = call.exists();
    for (int field : fields) {
      if (exists) {
        call.entry().writeValue(field, out);
      } else {
        out.nil();
      }
    }
  }

  private static void hgetall(ReadCall call, ReplyWriter out) {
    if (call.exists()) {
      call.entry().writeAll(out);
    } else {
      out.map(0);
    }
  }

  private static void hexists(ReadCall call, ReplyWriter out) {
    int field = call.entry().index(Arguments.text(call.args()[2]));
    out.number(field >= 0 && call.exists() && call.entry().has(field) ? 1 : 0);
  }

  private static void hkeys(ReadCall call, ReplyWriter out) {
    Entry entry = call.entry();
    out.array(call.exists() ? entry.size() : 0);
    for (int i = 0; call.exists() && i < entry.fields(); i++) {
      if (entry.has(i)) {
        out.bulk(entry.field(i));
      }
    }
  }

  private static void hvals(ReadCall call, ReplyWriter out) {
    Entry entry = call.entry();
    out.array(call.exists() ? entry.size() : 0);
    for (int i = 0; call.exists() && i < entry.fields(); i++) {
      if (entry.has(i)) {
        entry.writeValue(i, out);
      }
    }
  }

  private static void hlen(ReadCall call, ReplyWriter out) {
    out.number(call.exists() ? call.entry().size() : 0);
  }

  private static void hstrlen(ReadCall call, ReplyWriter out) throws KvError {
    byte[] value = call.exists() ? call.entry().value(call.field(2)) : null;
    out.number(value == null ? 0 : value.length);
  }

  /** The indexes of the fields that have a value. */
  private static List<Integer> present(ReadCall call) {
    List<Integer> present = new ArrayList<>();
    for (int i = 0; call.exists() && i < call.entry().fields(); i++) {
      if (call.entry().has(i)) {
        present.add(i);
      }
    }
    return present;
  }

  private static void hrandfield(ReadCall call, ReplyWriter out) throws KvError {
    byte[][] args = call.args();
    if (args.length == 2) {
      List<Integer> present = present(call);
      if (present.isEmpty()) {
        out.nil();
      } else {
        out.bulk(call.entry().field(present.get(random(present.size()))));
      }
      return;
    }
    long count = Arguments.number(args[2]);
    boolean values = args.length == 4 && Arguments.is(args[3], "WITHVALUES");
    if (args.length > 4 || (args.length == 4 && !values)) {
      throw Arguments.syntax();
    }
    if (count < -PICKED_MAX) {
      throw KvError.of("value is out of range, at most " + PICKED_MAX + " fields are repeated");
    }
    List<Integer> picked = picked(present(call), count);
    boolean pairs = values && out.version3();
    out.array(values && !pairs ? 2 * picked.size() : picked.size());
    for (int index : picked) {
      if (pairs) {
        out.array(2);
      }
      out.bulk(call.entry().field(index));
      if (values) {
        call.entry().writeValue(index, out);
      }
    }
  }

  private static int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  /** So many different ones; for a negative count, so many of which any may come again. */
  private static List<Integer> picked(List<Integer> present, long count) {
    if (count >= 0 || present.isEmpty()) {
      Collections.shuffle(present);
      return present.subList(0, (int) Math.min(count < 0 ? 0 : count, present.size()));
    }
    List<Integer> picked = new ArrayList<>();
    for (long i = count; i < 0; i++) {
      picked.add(present.get(random(present.size())));
    }
    return picked;
  }

  private static void hscan(ReadCall call, ReplyWriter out) throws KvError {
    byte[][] args = call.args();
    if (!Arguments.text(args[2]).matches("[0-9]{1,20}")) {
      throw KvError.of("invalid cursor");
    }
    if (!call.exists()) {
      scanned(List.of(), true, call, out);
      return;
    }
    Glob pattern = null;
    boolean values = true;
    for (int i = 3; i < args.length; i++) {
      if (Arguments.is(args[i], "MATCH") && i + 1 < args.length) {
        pattern = Glob.of(args[++i]);
      } else if (Arguments.is(args[i], "COUNT") && i + 1 < args.length) {
        if (Arguments.number(args[++i]) < 1) {
          throw Arguments.syntax();
        }
      } else if (Arguments.is(args[i], "NOVALUES")) {
        values = false;
      } else {
        throw Arguments.syntax();
      }
    }
    scanned(matching(call, pattern), values, call, out);
  }

  private static void scanned(List<Integer> found, boolean values, ReadCall call, ReplyWriter out) {
    out.array(2);
    out.bulk("0");
    out.array(values ? 2 * found.size() : found.size());
    for (int index : found) {
      out.bulk(call.entry().field(index));
      if (values) {
        call.entry().writeValue(index, out);
      }
    }
  }

  private static List<Integer> matching(ReadCall call, @Nullable Glob pattern) {
    List<Integer> present = present(call);
    return pattern == null
        ? present
        : present.stream().filter(i -> pattern.matches(call.entry().field(i))).toList();
  }
}
