package dev.terrace.config.shape;

import dev.terrace.config.DiscoverName;
import dev.terrace.config.FileName;
import dev.terrace.config.LimitBy;
import dev.terrace.config.Percent;
import dev.terrace.config.Rate;
import dev.terrace.config.Secret;
import dev.terrace.config.TlsConfig.TlsVersion;
import dev.terrace.config.shape.ScalarShape.Kind;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.LeastConnections;
import dev.terrace.core.balance.PeakEwma;
import dev.terrace.core.balance.Policies;
import dev.terrace.core.balance.Policy;
import dev.terrace.core.balance.PowerOfTwoChoices;
import dev.terrace.core.balance.RandomChoice;
import dev.terrace.core.balance.RoundRobin;
import dev.terrace.core.health.StatusRanges;
import dev.terrace.core.route.Network;
import dev.terrace.core.route.PathRegex;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The single values that the file knows. */
final class Scalars {

  private static final String PERCENT_FORM = "[0-9]{1,3}([.][0-9]{1,4})?%";

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

  static final ScalarShape DISCOVER_NAME =
      ScalarShape.text(
          "name in DNS",
          "a name with the members' port, as in app.internal:8080, or a service, as in"
              + " _http._tcp.internal",
          ".+:[0-9]+|_.+",
          text -> new DiscoverName(Hosts.parse(text)));

  static final ScalarShape PERCENT =
      ScalarShape.text("percentage", "a percentage such as 20%", PERCENT_FORM, Scalars::percent);

  static final ScalarShape RATE =
      ScalarShape.text("rate", "a rate such as 100/s, 30/m or 5/h", "[0-9]+/[smh]", Scalars::rate);

  static final ScalarShape FILE = ScalarShape.text("file", "the name of a file", "", FileName::of);

  static final ScalarShape NETWORK =
      ScalarShape.text(
          "network", "a network such as 10.0.0.0/8", "[0-9A-Fa-f:.]+(/[0-9]+)?", Network::parse);

  static final ScalarShape REGEX =
      ScalarShape.text("regular expression", "a regular expression", "", PathRegex::of);

  static final ScalarShape STATUSES =
      ScalarShape.text(
          "statuses",
          "statuses such as 200-299,304",
          "[1-9][0-9]{2}(-[1-9][0-9]{2})?( *, *[1-9][0-9]{2}(-[1-9][0-9]{2})?)*",
          StatusRanges::parse);

  static final ScalarShape LIMIT_BY =
      new ScalarShape(
          "route, client or header:NAME",
          "route, client or header:NAME",
          Kind.TEXT,
          List.of("route", "client"),
          "header:.+",
          LimitBy::parse,
          Object::toString);

  static final ScalarShape HASH_INPUT =
      new ScalarShape(
          "part of a request",
          "client-ip, path, header:NAME, cookie:NAME or query:NAME",
          Kind.TEXT,
          List.of("client-ip", "path"),
          "(header|cookie|query):.+",
          HashInput::parse,
          input -> ((HashInput) input).text());

  static final ScalarShape TLS_VERSION =
      ScalarShape.text("1.2 or 1.3", "1.2 or 1.3", "1\\.[23]", Scalars::tlsVersion)
          .writing(version -> ((TlsVersion) version).number());

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
              new PeakEwma().name(),
              new RandomChoice().name(),
              "ip-hash"),
          "hash\\((header:.+|cookie:.+|query:.+|path)\\)",
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

  private static Object percent(String text) {
    if (!text.matches(PERCENT_FORM)) {
      boolean number = text.matches("[0-9.]+");
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a percentage such as 20%"
              + (number ? "; did you mean '" + text + "%'?" : ""));
    }
    BigDecimal percent = new BigDecimal(text.substring(0, text.length() - 1));
    if (percent.compareTo(BigDecimal.valueOf(100)) > 0) {
      throw new IllegalArgumentException("'" + text + "' is more than 100%");
    }
    return new Percent(percent.movePointLeft(2).doubleValue());
  }

  private static Object rate(String text) {
    if (!text.matches("[1-9][0-9]{0,8}/[smh]")) {
      throw new IllegalArgumentException("'" + text + "' is not a rate such as 100/s, 30/m or 5/h");
    }
    int slash = text.indexOf('/');
    Rate.Unit unit =
        switch (text.charAt(slash + 1)) {
          case 's' -> Rate.Unit.S;
          case 'm' -> Rate.Unit.M;
          default -> Rate.Unit.H;
        };
    return new Rate(Integer.parseInt(text.substring(0, slash)), unit);
  }

  private static Object tlsVersion(String text) {
    for (TlsVersion version : TlsVersion.values()) {
      if (version.number().equals(text)) {
        return version;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is not 1.2 or 1.3");
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
