package dev.terrace.config;

/**
 * What requests share a rate limit: in the file {@code route}, {@code client}, {@code header:NAME}.
 */
public sealed interface LimitBy {

  /** All requests of the route. */
  record Route() implements LimitBy {
    @Override
    public String toString() {
      return "route";
    }
  }

  /** Those of one client address. */
  record Client() implements LimitBy {
    @Override
    public String toString() {
      return "client";
    }
  }

  /** Those with the same value of a header; all without it share one. */
  record Header(String name) implements LimitBy {
    @Override
    public String toString() {
      return "header:" + name;
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if the text is none of the three
   */
  static LimitBy parse(String text) {
    if (text.equals("route")) {
      return new Route();
    }
    if (text.equals("client")) {
      return new Client();
    }
    if (text.matches("header:[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      return new Header(text.substring("header:".length()));
    }
    throw new IllegalArgumentException("'" + text + "' is not route, client or header:NAME");
  }
}
