package dev.terrace.kv.back;

import dev.terrace.engine.Change;
import dev.terrace.engine.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a row, in a form that several in a row come to one: two additions to one, an
 * addition to a value that was set to another value, anything and a deletion to a deletion.
 *
 * @param adds by how much columns grow that the change does not set; only with a put
 */
record Effect(Change change, Map<String, Long> adds) {

  Effect {
    adds = Map.copyOf(adds);
  }

  static Effect of(Change change) {
    return new Effect(change, Map.of());
  }

  /** This one and then that one. */
  Effect then(Effect next) {
    return switch (next.change) {
      case Change.Keep() -> this;
      case Change.Delete() -> next;
      case Change.Replace(List<Field> fields) -> next;
      case Change.Put(List<Field> fields) ->
          switch (change) {
            case Change.Keep() -> next;
            case Change.Delete() -> of(new Change.Replace(absolute(List.of(), next)));
            case Change.Replace(List<Field> mine) -> of(new Change.Replace(absolute(mine, next)));
            case Change.Put(List<Field> mine) -> put(mine, next);
          };
    };
  }

  /** The fields after a put on a row of which these, and no others, are set. */
  private static List<Field> absolute(List<Field> before, Effect put) {
    Map<String, Field> fields = byColumn(before);
    fields.putAll(byColumn(((Change.Put) put.change).fields()));
    put.adds.forEach((column, by) -> fields.put(column, sum(fields.get(column), column, by)));
    return List.copyOf(fields.values());
  }

  private Effect put(List<Field> mine, Effect next) {
    Map<String, Field> fields = byColumn(mine);
    Map<String, Long> sums = new LinkedHashMap<>(adds);
    for (Field field : ((Change.Put) next.change).fields()) {
      fields.put(field.column(), field);
      sums.remove(field.column());
    }
    next.adds.forEach((column, by) -> {
      if (fields.containsKey(column)) {
        fields.put(column, sum(fields.get(column), column, by));
      } else {
        sums.merge(column, by, Long::sum);
      }
    });
    return new Effect(new Change.Put(new ArrayList<>(fields.values())), sums);
  }

  private static Map<String, Field> byColumn(List<Field> fields) {
    Map<String, Field> map = new LinkedHashMap<>();
    fields.forEach(field -> map.put(field.column(), field));
    return map;
  }

  private static Field sum(@Nullable Field field, String column, long by) {
    byte[] old = field == null ? null : field.value();
    long value = old == null ? 0 : Long.parseLong(new String(old, StandardCharsets.US_ASCII));
    return Field.of(column, Long.toString(value + by));
  }
}
