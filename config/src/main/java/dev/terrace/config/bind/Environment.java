package dev.terrace.config.bind;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables that {@code ${NAME}} and {@code ${NAME:-default}} in a value stand for; {@code $$}
 * is a dollar sign. As in a shell, the default also serves for a variable that is set but empty.
 */
final class Environment {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\{([^}]*)(}?)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The text with its variables filled in; if one is amiss, nothing, and the problem is told. */
  Optional<String> fill(String text, Place place, Problems problems) {
    if (text.indexOf('$') < 0) {
      return Optional.of(text);
    }
    int before = problems.count();
    StringBuilder filled = new StringBuilder();
    Matcher reference = REFERENCE.matcher(text);
    int from = 0;
    while (reference.find()) {
      filled.append(text, from, reference.start());
      from = reference.end();
      String inner = reference.group(1);
      filled.append(
          inner == null ? "$" : value(inner, !"}".equals(reference.group(2)), place, problems));
    }
    filled.append(text, from, text.length());
    return problems.count() == before ? Optional.of(filled.toString()) : Optional.empty();
  }

  private String value(String inner, boolean open, Place place, Problems problems) {
    int separator = inner.indexOf(":-");
    String name = separator < 0 ? inner : inner.substring(0, separator);
    if (open || !NAME.matcher(name).matches()) {
      problems.add(
          place,
          "'${"
              + inner
              + (open ? "" : "}")
              + "' is not ${NAME} or ${NAME:-default}; $$ is a plain $");
      return "";
    }
    String value = variables.get(name);
    if (separator >= 0) {
      return value == null || value.isEmpty() ? inner.substring(separator + 2) : value;
    }
    if (value == null) {
      problems.add(
          place,
          "the environment variable "
              + name
              + " is not set: set it, or give a default, as in ${"
              + name
              + ":-...}");
      return "";
    }
    return value;
  }
}
