package dev.terrace.config;

import java.time.Duration;

/** The checks of single values that compact constructors share; each failure names the key. */
final class Check {

  private Check() {}

  static void positive(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, not " + value);
    }
  }

  static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(key + " must be longer than 0");
    }
  }

  static void range(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          key + " must be between " + min + " and " + max + ", not " + value);
    }
  }

  /** Other statuses say something of the request, which another member would say too. */
  static void retriable(int status) {
    if (status != 429 && (status < 500 || status > 599)) {
      throw new IllegalArgumentException(
          "retry-on takes 429 and statuses from 500 to 599, not " + status);
    }
  }

  static void url(String key, String value) {
    if (!value.matches("https?://[^\\s/?#]+[^\\s]*")) {
      throw new IllegalArgumentException(
          key + " must be a URL that starts with http:// or https://, not '" + value + "'");
    }
  }

  /** RFC 2181, section 8: whole seconds, at most 2^31 - 1 of them. */
  static void ttl(String key, Duration value) {
    if (value.toMillis() % 1000 != 0) {
      throw new IllegalArgumentException(key + " must be whole seconds: DNS counts no less");
    }
    range(key + " in seconds", value.toSeconds(), 0, Integer.MAX_VALUE);
  }
}
