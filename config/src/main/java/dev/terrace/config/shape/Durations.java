package dev.terrace.config.shape;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as the file writes them: {@code 250ms}, {@code 2s}, {@code 10m}, 1h, 1d. */
public final class Durations {

  static final String EXPECTED = "a duration such as 250ms, 2s, 10m, 1h or 1d";
  static final String PATTERN = "[0-9]+(ms|s|m|h|d)";

  /** The longest span: what is longer is a mistake, and would overflow a count of nanoseconds. */
  private static final Duration MAX = Duration.ofDays(36500);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");

  /** Milliseconds of each unit, longest first. */
  private static final Map<String, Long> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("d", 86_400_000L);
    UNITS.put("h", 3_600_000L);
    UNITS.put("m", 60_000L);
    UNITS.put("s", 1000L);
    UNITS.put("ms", 1L);
  }

  private Durations() {}

  /** Reads one; throws IllegalArgumentException if it is none. */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
    }
    long count = Long.parseLong(form.group(1));
    long unit = UNITS.getOrDefault(form.group(2), 1L);
    if (count > MAX.toMillis() / unit) {
      throw new IllegalArgumentException(
          "'" + text + "' is longer than the longest duration, " + format(MAX));
    }
    return Duration.ofMillis(count * unit);
  }

  /** The shortest exact form. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
      if (millis % unit.getValue() == 0) {
        return millis / unit.getValue() + unit.getKey();
      }
    }
    throw new IllegalStateException("every count of milliseconds is a multiple of 1");
  }
}
