package dev.terrace.sql.plan;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the author of a statement says of keeping its result, in a comment. */
public sealed interface Keeping {

  /** What is longer is a mistake. */
  Duration LONGEST = Duration.ofDays(365);

  /** Nothing: its tables decide. */
  record Unsaid() implements Keeping {}

  /** It may be kept for so long. */
  record For(Duration ttl) implements Keeping {}

  /** It must not be, nor come out of what is kept. */
  record Never() implements Keeping {}

  /** Reads the duration that a comment names: {@code 500ms}, {@code 30s}, {@code 5m}, 1h. */
  static Optional<Keeping> during(String text) {
    Matcher form = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h)").matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    Map<String, Duration> units =
        Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1));
    Duration unit = units.getOrDefault(form.group(2), Duration.ZERO);
    Duration ttl = unit.multipliedBy(Long.parseLong(form.group(1)));
    return ttl.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(new For(ttl));
  }
}
