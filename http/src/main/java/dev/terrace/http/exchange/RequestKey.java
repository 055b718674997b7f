package dev.terrace.http.exchange;

import dev.terrace.core.balance.HashInput;
import dev.terrace.core.balance.Hashing;
import dev.terrace.core.route.RouteRequest;
import org.jspecify.annotations.Nullable;

/** The hash of what a hashing policy looks at in a request. */
public final class RequestKey {

  private RequestKey() {}

  static long of(HashInput input, RouteRequest request, ClientPeer client) {
    return input instanceof HashInput.ClientAddress ? client.addressHash() : of(input, request, "");
  }

  /** The hash for a client of that address. */
  public static long of(HashInput input, RouteRequest request, String clientAddress) {
    return switch (input) {
      case HashInput.None() -> 0;
      case HashInput.ClientAddress() -> Hashing.hash(clientAddress);
      case HashInput.Header(String name) -> hash(request.header(name));
      case HashInput.Cookie(String name) -> hash(request.cookie(name));
      case HashInput.Query(String name) -> hash(request.query(name));
      case HashInput.Path() -> hash(request.path());
    };
  }

  private static long hash(@Nullable CharSequence text) {
    return Hashing.hash(text == null ? "" : text);
  }
}
