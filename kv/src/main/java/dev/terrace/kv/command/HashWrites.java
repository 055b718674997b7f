package dev.terrace.kv.command;

import dev.terrace.engine.Change;
import dev.terrace.engine.Engine.Modified;
import dev.terrace.engine.Field;
import dev.terrace.engine.Row;
import dev.terrace.kv.command.Command.Action.Write;
import dev.terrace.kv.command.Command.Keys;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.Command.Shape;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The commands that change hashes: rows whose columns are fields. */
final class HashWrites {

  private HashWrites() {}

  static List<Command> all() {
    return List.of(
        one("hset", -4, HashWrites::hset, "Sets fields; how many were NULL or not there."),
        one("hmset", -4, HashWrites::hmset, "Sets fields."),
        one("hsetnx", 4, HashWrites::hsetnx, "Sets a field that is NULL."),
        one("hdel", -3, HashWrites::hdel, "Makes fields NULL; how many were not."),
        one("hincrby", 4, HashWrites::hincrby, "Adds a number to a field."));
  }

  private static Command one(String name, int arity, Command.Work work, String summary) {
    return new Command(name, arity, Keys.ONE, new Write(Shape.HASH, work), summary);
  }

  private static byte @Nullable [] value(WriteCall call, Optional<Row> row, String field) {
    return row.isPresent() && call.collection().isLive(row, call.nowMillis())
        ? row.get().value(field)
        : null;
  }

  private static Change put(WriteCall call, Optional<Row> before, List<Field> fields) {
    boolean live = call.collection().isLive(before, call.nowMillis());
    return StringWrites.put(before, live, fields);
  }

  /** The fields and values of the words; a field that is named twice has its last value. */
  private static Map<String, byte[]> fields(WriteCall call) throws KvError {
    byte[][] args = call.args();
    if (args.length % 2 != 0) {
      throw KvError.of(
          "wrong number of arguments for '"
              + Arguments.text(args[0]).toLowerCase(Locale.ROOT)
              + "' command");
    }
    Map<String, byte[]> fields = new LinkedHashMap<>();
    for (int i = 2; i < args.length; i += 2) {
      String name = Arguments.text(args[i]);
      if (!isKey(call, name, args[i + 1])) {
        require(call.collection(), name);
        fields.put(name, args[i + 1]);
      }
    }
    return fields;
  }

  /** Whether the field is the key's column, which may be named but not changed. */
  private static boolean isKey(WriteCall call, String name, byte[] value) throws KvError {
    Collection c = call.collection();
    int part = c.keyColumns().indexOf(name);
    if (part < 0) {
      return false;
    }
    String own = c.row(call.keys().getFirst()).values().get(part);
    if (!own.equals(Arguments.text(value))) {
      throw KvError.of(
          "field '"
              + name
              + "' is the key of collection '"
              + c.name()
              + "' and cannot differ from"
              + " it; to move a row, write a new key and delete the old one");
    }
    return true;
  }

  private static void require(Collection c, String name) throws KvError {
    if (c.fieldNames().contains(name)) {
      return;
    }
    if (c.expiresColumn().equals(Optional.of(name))) {
      throw KvError.of(
          "field '" + name + "' is the expiry of collection '" + c.name() + "'; use EXPIRE");
    }
    throw ReadCall.unknownField(c, name);
  }

  private static Modified set(WriteCall call, Map<String, byte[]> values) throws KvError {
    List<Field> fields = new ArrayList<>();
    values.forEach((name, value) -> fields.add(Field.of(name, value)));
    return call.write(before -> put(call, before, fields));
  }

  private static Reply hset(WriteCall call) throws KvError {
    Map<String, byte[]> values = fields(call);
    Optional<Row> before = set(call, values).before();
    long fresh = values.keySet().stream().filter(f -> value(call, before, f) == null).count();
    return out -> out.number(fresh);
  }

  private static Reply hmset(WriteCall call) throws KvError {
    set(call, fields(call));
    return out -> out.ok();
  }

  private static Reply hsetnx(WriteCall call) throws KvError {
    String field = Arguments.text(call.args()[2]);
    require(call.collection(), field);
    if (isKey(call, field, call.args()[3])) {
      throw KvError.of("field '" + field + "' is the key and always set");
    }
    List<Field> fields = List.of(Field.of(field, call.args()[3]));
    Modified done =
        call.write(before ->
            value(call, before, field) == null ? put(call, before, fields) : new Change.Keep());
    long set = done.change() instanceof Change.Keep ? 0 : 1;
    return out -> out.number(set);
  }

  private static Reply hdel(WriteCall call) throws KvError {
    Collection c = call.collection();
    List<String> names = new ArrayList<>();
    for (int i = 2; i < call.args().length; i++) {
      String name = Arguments.text(call.args()[i]);
      require(c, name);
      if (c.keyColumns().contains(name)) {
        throw KvError.of("field '" + name + "' is the key; use DEL to remove the row");
      }
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    Modified done =
        call.write(before -> {
          List<Field> fields =
              names.stream()
                  .filter(n -> value(call, before, n) != null)
                  .map(Field::ofNull)
                  .toList();
          return fields.isEmpty() ? new Change.Keep() : new Change.Put(fields);
        });
    long removed = names.stream().filter(n -> value(call, done.before(), n) != null).count();
    return out -> out.number(removed);
  }

  private static Reply hincrby(WriteCall call) throws KvError {
    String field = Arguments.text(call.args()[2]);
    long delta = Arguments.number(call.args()[3]);
    Collection c = call.collection();
    require(c, field);
    if (c.keyColumns().contains(field)) {
      throw KvError.of("field '" + field + "' is the key and cannot change");
    }
    Modified done =
        call.write(before -> {
          Sum sum = Sum.of(value(call, before, field), delta);
          return sum.problem().isPresent()
              ? new Change.Keep()
              : put(call, before, List.of(Field.sum(field, sum.value(), delta)));
        });
    Sum sum = Sum.of(value(call, done.before(), field), delta);
    return sum.problem().isPresent()
        ? fail(sum.problem().get().replace("value is", "hash value is"))
        : sum.reply();
  }

  private static Reply fail(String problem) throws KvError {
    throw KvError.of(problem);
  }
}
