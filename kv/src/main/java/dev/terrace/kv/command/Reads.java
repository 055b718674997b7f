package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** The commands that read. */
final class Reads {

  private static final byte[] EMPTY = {};

  private Reads() {}

  static List<Command> all() {
    return List.of(
        one("get", 2, Shape.STRING, Reads::get, "The key's value."),
        one("strlen", 2, Shape.STRING, Reads::strlen, "The length of the key's value."),
        one("getrange", 4, Shape.STRING, Reads::getrange, "A part of the key's value."),
        one("substr", 4, Shape.STRING, Reads::getrange, "A part of the key's value."),
        new Command(
            "mget", -2, Keys.ALL, new Read(Shape.ANY, Reads::mget), "The values of several keys."),
        many("exists", "How many of the keys exist."),
        many("touch", "How many of the keys exist."),
        one("type", 2, Shape.ANY, Reads::type, "hash, string, or none."),
        ttl("ttl", left -> (left + 500) / 1000, false, "Seconds until the key expires."),
        ttl("pttl", left -> left, false, "Milliseconds until the key expires."),
        ttl("expiretime", at -> at / 1000, true, "When the key expires, in seconds."),
        ttl("pexpiretime", at -> at, true, "When the key expires, in milliseconds."));
  }

  private static Command one(
      String name, int arity, Shape shape, Command.Answer answer, String summary) {
    return new Command(name, arity, Keys.ONE, new Read(shape, answer), summary);
  }

  private static Command many(String name, String summary) {
    return new Command(name, -2, Keys.ALL, new Read(Shape.ANY, Reads::exists), summary);
  }

  private static Command ttl(
      String name, LongUnaryOperator unit, boolean absolute, String summary) {
    Command.Answer answer =
        (call, out) -> {
          long at = call.entry().expiresAtMillis();
          if (!call.exists()) {
            out.number(-2);
          } else if (at == Entry.NEVER) {
            out.number(-1);
          } else {
            out.number(unit.applyAsLong(absolute ? at : at - call.nowMillis()));
          }
        };
    return one(name, 2, Shape.ANY, answer, summary);
  }

  private static void get(ReadCall call, ReplyWriter out) {
    if (call.exists()) {
      call.entry().writeValue(0, out);
    } else {
      out.nil();
    }
  }

  /** The value, empty if there is none. */
  static byte[] string(ReadCall call) {
    byte[] value = call.exists() ? call.entry().value(0) : null;
    return value == null ? EMPTY : value;
  }

  private static void strlen(ReadCall call, ReplyWriter out) {
    out.number(string(call).length);
  }

  private static void getrange(ReadCall call, ReplyWriter out) throws KvError {
    byte[] value = string(call);
    long from = Arguments.number(call.args()[2]);
    long to = Arguments.number(call.args()[3]);
    long start = Math.max(0, from < 0 ? value.length + from : from);
    long end = Math.min(value.length - 1, to < 0 ? value.length + to : to);
    out.bulk(start > end ? EMPTY : Arrays.copyOfRange(value, (int) start, (int) end + 1));
  }

  private static void mget(ReadCall call, ReplyWriter out) {
    out.array(call.entries().length);
    for (int i = 0; i < call.entries().length; i++) {
      Entry entry = call.entries()[i];
      // As Redis does: a key that holds something else has no string.
      if (!Shape.STRING.fits(call.collections()[i].shape()) || !entry.exists(call.nowMillis())) {
        out.nil();
      } else {
        entry.writeValue(0, out);
      }
    }
  }

  private static void exists(ReadCall call, ReplyWriter out) {
    int count = 0;
    for (Entry entry : call.entries()) {
      count += entry.exists(call.nowMillis()) ? 1 : 0;
    }
    out.number(count);
  }

  private static void type(ReadCall call, ReplyWriter out) {
    out.simple(call.exists() ? Scans.type(call.collections()[0]) : "none");
  }
}
