package dev.terrace.core.balance;

import java.util.Optional;

/** What of a request is hashed, to choose a member or a pool. */
public sealed interface HashInput {

  /** Nothing: the policy does not hash. */
  record None() implements HashInput {}

  /** The client's IP address, without its port. */
  record ClientAddress() implements HashInput {}

  /** The value of a request header; requests without it hash as the empty text. */
  record Header(String name) implements HashInput {}

  /** The value of a cookie; requests without it hash as the empty text. */
  record Cookie(String name) implements HashInput {}

  /** The first value of a query parameter; requests without it hash as the empty text. */
  record Query(String name) implements HashInput {}

  /** The request path, without the query. */
  record Path() implements HashInput {}

  /** Reads what {@link #text} writes; empty if it is no such thing. */
  static Optional<HashInput> find(String text) {
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1);
    if (!name.matches("[^()\\s]+")) {
      return Optional.empty();
    }
    return switch (text.substring(0, colon + 1)) {
      case "header:" -> Optional.of(new Header(name));
      case "cookie:" -> Optional.of(new Cookie(name));
      case "query:" -> Optional.of(new Query(name));
      case "" ->
          switch (text) {
            case "client-ip" -> Optional.of(new ClientAddress());
            case "path" -> Optional.of(new Path());
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException with the known forms if it is none of them
   */
  static HashInput parse(String text) {
    return find(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'" + text + "' is not client-ip, path, header:NAME, cookie:NAME or query:NAME"));
  }

  /** As the file writes it: {@code client-ip}, {@code header:X-User}; empty for nothing. */
  default String text() {
    return switch (this) {
      case None() -> "";
      case ClientAddress() -> "client-ip";
      case Header(String name) -> "header:" + name;
      case Cookie(String name) -> "cookie:" + name;
      case Query(String name) -> "query:" + name;
      case Path() -> "path";
    };
  }
}
