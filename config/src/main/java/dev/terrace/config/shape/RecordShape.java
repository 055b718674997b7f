package dev.terrace.config.shape;

import dev.terrace.config.Default;
import dev.terrace.config.Doc;
import dev.terrace.config.Key;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A mapping with known keys, which becomes a record: its components are the keys in kebab case. */
public record RecordShape(Class<?> type, List<Field> fields) implements Shape {

  /**
   * One key.
   *
   * @param preset the value if the key is left out, as the file would write it
   */
  public record Field(
      String key, String doc, Shape shape, Optional<String> preset, Method accessor) {

    /** The component's value. */
    public Object of(Object record) {
      return invoke(accessor, record);
    }

    /** Whether a mapping without this key is incomplete. */
    public boolean required() {
      return preset.isEmpty()
          && switch (shape) {
            case OptionalShape _, ListShape _, MapShape _ -> false;
            case RecordShape nested -> !nested.omissible();
            case ScalarShape _, FormShape _ -> true;
          };
    }
  }

  static RecordShape of(Class<?> type) {
    return new RecordShape(
        type, Arrays.stream(type.getRecordComponents()).map(RecordShape::field).toList());
  }

  private static Field field(RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    Default preset = component.getAnnotation(Default.class);
    Key key = component.getAnnotation(Key.class);
    return new Field(
        key == null ? kebab(component.getName()) : key.value(),
        doc == null ? "" : doc.value(),
        Shapes.of(component.getGenericType()),
        preset == null ? Optional.empty() : Optional.of(preset.value()),
        component.getAccessor());
  }

  /** {@code maxLag} as {@code max-lag}, and {@code IO_URING} as {@code io-uring}. */
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** Whether all keys may be left out, and so the mapping itself. */
  public boolean omissible() {
    return fields.stream().noneMatch(Field::required);
  }

  /**
   * The record of these component values, in order.
   *
   * @throws IllegalArgumentException what the record's own check says
   */
  public Object create(List<Object> values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException("the check of " + type + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  private static Object invoke(Method accessor, Object record) {
    try {
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(accessor + " cannot be read", e);
    }
  }
}
