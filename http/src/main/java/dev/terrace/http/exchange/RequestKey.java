package dev.terrace.http.exchange;

import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.route.RouteRequest;
import org.jspecify.annotations.Nullable;

/** What of a request is hashed, to choose a member or a pool. */
public final class RequestKey {

  private RequestKey() {}

  /** The hash for a client of that address. */
  public static long of(HashInput input, RouteRequest request, String clientAddress) {
    return input instanceof HashInput.None ? 0 : Hashing.hash(text(input, request, clientAddress));
  }

  /** The text itself; empty if the request has no such thing. */
  public static CharSequence text(HashInput input, RouteRequest request, String clientAddress) {
    return switch (input) {
      case HashInput.None() -> "";
      case HashInput.ClientAddress() -> clientAddress;
      case HashInput.Header(String name) -> orEmpty(request.header(name));
      case HashInput.Cookie(String name) -> orEmpty(request.cookie(name));
      case HashInput.Query(String name) -> orEmpty(request.query(name));
      case HashInput.Path() -> request.path();
    };
  }

  private static CharSequence orEmpty(@Nullable CharSequence text) {
    return text == null ? "" : text;
  }
}
