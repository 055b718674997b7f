package dev.terrace.config.file;

import dev.terrace.config.shape.FormShape;
import dev.terrace.config.shape.ListShape;
import dev.terrace.config.shape.MapShape;
import dev.terrace.config.shape.OptionalShape;
import dev.terrace.config.shape.RecordShape;
import dev.terrace.config.shape.RecordShape.Field;
import dev.terrace.config.shape.ScalarShape;
import dev.terrace.config.shape.Shape;
import dev.terrace.config.shape.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Keys as the reference names them: {@code pools.NAME.members[].weight}. */
final class KeysOf {

  private KeysOf() {}

  /** All that there are. */
  static Map<String, Field> all() {
    Map<String, Field> keys = new TreeMap<>();
    describe(Shapes.FILE, "", keys);
    return keys;
  }

  /** Those that a text sets, with the values it sets them to. */
  static Map<String, List<Object>> text(String yaml) {
    Map<String, List<Object>> keys = new TreeMap<>();
    Object written = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    walk(Shapes.FILE, written, "", keys);
    return keys;
  }

  private static void describe(Shape shape, String path, Map<String, Field> keys) {
    switch (shape) {
      case RecordShape record -> {
        for (Field field : record.fields()) {
          keys.put(join(path, field), field);
          describe(field.shape(), join(path, field), keys);
        }
      }
      case OptionalShape optional -> describe(optional.value(), path, keys);
      case ListShape list -> describe(list.item(), path + "[]", keys);
      case MapShape map -> describe(map.value(), path + ".NAME", keys);
      case FormShape either -> describe(either.form(), path, keys);
      case ScalarShape _ -> {}
    }
  }

  private static void walk(
      Shape shape, Object written, String path, Map<String, List<Object>> keys) {
    switch (shape) {
      case RecordShape record -> {
        for (Field field : record.fields()) {
          Object value = ((Map<?, ?>) written).get(field.key());
          if (value != null) {
            keys.computeIfAbsent(join(path, field), _ -> new ArrayList<>()).add(value);
            walk(field.shape(), value, join(path, field), keys);
          }
        }
      }
      case OptionalShape optional -> walk(optional.value(), written, path, keys);
      case ListShape list -> {
        List<?> items = written instanceof List<?> several ? several : List.of(written);
        items.forEach(item -> walk(list.item(), item, path + "[]", keys));
      }
      case MapShape map ->
          ((Map<?, ?>) written)
              .values()
              .forEach(value -> walk(map.value(), value, path + ".NAME", keys));
      case FormShape either -> {
        if (written instanceof Map) {
          walk(either.form(), written, path, keys);
        }
      }
      case ScalarShape _ -> {}
    }
  }

  private static String join(String path, Field field) {
    return path.isEmpty() ? field.key() : path + "." + field.key();
  }
}
