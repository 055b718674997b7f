package dev.terrace.config.shape;

import dev.terrace.config.Secret;
import dev.terrace.config.shape.ScalarShape.Kind;
import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.balance.Policies;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.balance.PowerOfTwoChoices;
import dev.terrace.core.balance.RandomChoice;
import dev.terrace.core.balance.RoundRobin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The single values that the file knows. */
final class Scalars {

  static final ScalarShape TEXT = ScalarShape.text("text", "a text", "", text -> text);

  static final ScalarShape SECRET =
      ScalarShape.text("secret", "a text that is not empty, best as ${NAME}", "", Scalars::secret);

  static final ScalarShape INTEGER =
      new ScalarShape(
          "integer",
          "a whole number",
          Kind.INTEGER,
          List.of(),
          "-?[0-9]{1,10}",
          Scalars::integer,
          value -> value);

  static final ScalarShape BOOLEAN =
      ScalarShape.choice(
          "boolean", Kind.BOOLEAN, List.of("true", "false"), Scalars::truth, value -> value);

  static final ScalarShape DURATION =
      ScalarShape.text(
              "duration", Durations.EXPECTED, Durations.PATTERN, text -> Durations.parse(text))
          .writing(value -> Durations.format((java.time.Duration) value));

  static final ScalarShape SIZE =
      ScalarShape.text("size", Sizes.EXPECTED, Sizes.PATTERN, Sizes::parse)
          .writing(value -> Sizes.format((dev.terrace.config.Size) value));

  static final ScalarShape ADDRESS =
      ScalarShape.text("address", Hosts.EXPECTED, ".+:[0-9]+", Hosts::withPort)
          .writing(value -> Hosts.format((dev.terrace.core.pool.Address) value));

  /** Policies of the form hash(...) are open-ended, so the names alone are listed. */
  static final ScalarShape POLICY =
      new ScalarShape(
          "policy",
          "a balancing policy such as round-robin",
          Kind.TEXT,
          List.of(
              new RoundRobin().name(),
              new LeastConnections().name(),
              new PowerOfTwoChoices().name(),
              new RandomChoice().name(),
              "ip-hash"),
          "hash\\((header:.+|cookie:.+|path)\\)",
          Policies::parse,
          policy -> ((Policy) policy).name());

  private Scalars() {}

  static ScalarShape ofEnum(Class<?> type) {
    Map<String, Object> byName = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(RecordShape.kebab(((Enum<?>) constant).name()), constant);
    }
    List<String> names = List.copyOf(byName.keySet());
    return ScalarShape.choice(
        "choice",
        Kind.TEXT,
        names,
        text -> {
          Object constant = byName.get(text);
          if (constant == null) {
            throw new IllegalArgumentException(
                "'" + text + "' is not one of " + String.join(", ", names));
          }
          return constant;
        },
        constant -> RecordShape.kebab(((Enum<?>) constant).name()));
  }

  /** An empty password is one that was forgotten, and would let anyone in. */
  private static Object secret(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a secret may not be empty; leave the key out for none");
    }
    return new Secret(text);
  }

  private static Object integer(String text) {
    if (!text.matches("[+-]?[0-9]+")) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number");
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not between " + Integer.MIN_VALUE + " and " + Integer.MAX_VALUE, e);
    }
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
    };
  }
}
