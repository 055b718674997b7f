package dev.terrace.config.shape;

import java.util.List;
import java.util.function.Function;

/**
 * A single value.
 *
 * @param name what the reference calls it: "duration"
 * @param expected what messages say was expected: "a duration such as 250ms"
 * @param kind how JSON would write it
 * @param choices all its values, if they are few
 * @param pattern a regular expression that matches all its values, empty if any text will do
 * @param reader reads the text; throws IllegalArgumentException with a message for the author
 * @param writer the value as the file writes it: a String, an Integer or a Boolean
 */
public record ScalarShape(
    String name,
    String expected,
    Kind kind,
    List<String> choices,
    String pattern,
    Function<String, Object> reader,
    Function<Object, Object> writer)
    implements Shape {

  /** How JSON would write a value. */
  public enum Kind {
    TEXT,
    INTEGER,
    BOOLEAN
  }

  static ScalarShape text(
      String name, String expected, String pattern, Function<String, Object> reader) {
    return new ScalarShape(name, expected, Kind.TEXT, List.of(), pattern, reader, Object::toString);
  }

  ScalarShape writing(Function<Object, Object> other) {
    return new ScalarShape(name, expected, kind, choices, pattern, reader, other);
  }

  static ScalarShape choice(
      String name,
      Kind kind,
      List<String> choices,
      Function<String, Object> reader,
      Function<Object, Object> writer) {
    return new ScalarShape(
        name, "one of " + String.join(", ", choices), kind, choices, "", reader, writer);
  }
}
