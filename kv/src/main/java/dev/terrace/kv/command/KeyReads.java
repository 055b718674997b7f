package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Read;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.List;
import java.util.Locale;

/** What Redis tells of how a key is stored, as far as it means anything for a row. */
final class KeyReads {

  private static final Keys SECOND = new Keys(2, 2, 1);
  private static final int SHORT_BYTES = 44;

  private KeyReads() {}

  static List<Command> all() {
    return List.of(
        new Command(
            "object",
            -3,
            SECOND,
            new Read(Shape.ANY, KeyReads::object),
            "OBJECT ENCODING, IDLETIME, FREQ, REFCOUNT: how Redis would store the key."),
        new Command(
            "memory",
            -3,
            SECOND,
            new Read(Shape.ANY, KeyReads::memory),
            "MEMORY USAGE: the bytes that a key takes in the cache."));
  }

  private static void object(ReadCall call, ReplyWriter out) throws KvError {
    String sub = Arguments.text(call.args()[1]).toUpperCase(Locale.ROOT);
    if (call.args().length != 3) {
      throw unknown("object", sub);
    }
    switch (sub) {
      case "ENCODING", "IDLETIME", "FREQ", "REFCOUNT" -> {
        if (!call.exists()) {
          throw KvError.of("no such key");
        }
      }
      default -> throw unknown("object", sub);
    }
    switch (sub) {
      case "ENCODING" -> out.bulk(encoding(call));
      case "REFCOUNT" -> out.number(1);
      // What is kept goes by its age and by how often it is asked for, which is not told apart.
      default -> out.number(0);
    }
  }

  private static KvError unknown(String command, String sub) {
    return KvError.of(
        "unknown subcommand or wrong number of arguments for '"
            + sub
            + "'. Try "
            + command.toUpperCase(Locale.ROOT)
            + (command.equals("object") ? " ENCODING." : " USAGE."));
  }

  private static String encoding(ReadCall call) {
    if (call.collections()[0].isHash()) {
      return "listpack";
    }
    byte[] value = Reads.string(call);
    boolean number = Sum.of(value, 0).problem().isEmpty();
    return number ? "int" : value.length <= SHORT_BYTES ? "embstr" : "raw";
  }

  private static void memory(ReadCall call, ReplyWriter out) throws KvError {
    if (!Arguments.is(call.args()[1], "USAGE")) {
      throw unknown("memory", Arguments.text(call.args()[1]));
    }
    Entry entry = call.entry();
    if (call.exists()) {
      out.number(entry.bytes() + call.args()[2].length);
    } else {
      out.nil();
    }
  }
}
