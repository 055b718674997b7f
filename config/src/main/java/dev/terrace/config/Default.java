package dev.terrace.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/**
 * The value of a key that the file leaves out, written as the file would. A component without it is
 * required, unless it is an Optional, a List or a Map (then empty), or a record all of whose keys
 * may be left out.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  /** The value as YAML text: a single one, or a list of plain ones in brackets. */
  String value();

  /** Reads the list form. */
  final class Items {
    private Items() {}

    /** The items of {@code [a, b]}. */
    public static List<String> of(String list) {
      return List.of(list.substring(1, list.length() - 1).split(", ", -1));
    }
  }
}
