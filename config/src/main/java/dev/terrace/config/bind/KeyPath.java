package dev.terrace.config.bind;

import java.util.ArrayList;
import java.util.List;

/** The way to a value of the file: {@code http.routes[2].pool}. */
public record KeyPath(List<String> steps) {

  /** The whole file. */
  public static final KeyPath ROOT = new KeyPath(List.of());

  public KeyPath {
    steps = List.copyOf(steps);
  }

  /** The way through these keys from the root. */
  public static KeyPath of(String... keys) {
    return new KeyPath(List.of(keys));
  }

  /** The value of a key in here. */
  public KeyPath key(String key) {
    List<String> longer = new ArrayList<>(steps);
    longer.add(key);
    return new KeyPath(longer);
  }

  /** An item of the list here, counted from 0. */
  KeyPath item(int index) {
    return key("[" + index + "]");
  }

  boolean isRoot() {
    return steps.isEmpty();
  }

  /** What this value is in; the root's is itself. */
  KeyPath parent() {
    return isRoot() ? this : new KeyPath(steps.subList(0, steps.size() - 1));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String step : steps) {
      if (!text.isEmpty() && !step.startsWith("[")) {
        text.append('.');
      }
      text.append(step);
    }
    return text.toString();
  }
}
