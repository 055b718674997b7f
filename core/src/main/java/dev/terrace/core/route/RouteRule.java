package dev.terrace.core.route;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one route; all that are given must hold.
 *
 * @param host a name, or {@code *.name} for any name below it (not the name itself); a port in the
 *     request and upper or lower case make no difference
 * @param path the whole path, or all that begins so if it ends in {@code /*}: {@code /static/*}
 *     takes {@code /static/} and {@code /static/a/b}, not {@code /static}; {@code /*} is the same
 *     as none, so that rules are equal that take the same
 * @param pathRegex an expression that the whole path matches
 * @param method the method, in upper case as requests have it
 * @param headers values that headers must have
 * @param cookies values that cookies must have
 * @param queries values that parameters of the query must have
 * @param clients networks one of which the client must be in; none for any client
 */
public record RouteRule(
    Optional<String> host,
    Optional<String> path,
    Optional<PathRegex> pathRegex,
    Optional<String> method,
    Map<String, String> headers,
    Map<String, String> cookies,
    Map<String, String> queries,
    List<Network> clients) {

  public RouteRule {
    host = host.map(h -> h.toLowerCase(Locale.ROOT));
    path = path.filter(p -> !p.equals("/*")); // which also takes the "*" of OPTIONS
    headers = Map.copyOf(headers);
    cookies = Map.copyOf(cookies);
    queries = Map.copyOf(queries);
    clients = List.copyOf(clients);
  }

  /** The rule that takes every request. */
  public static RouteRule any() {
    return of(Optional.empty(), Optional.empty());
  }

  /** The rule that looks at host and path alone. */
  public static RouteRule of(Optional<String> host, Optional<String> path) {
    return new RouteRule(
        host, path, Optional.empty(), Optional.empty(), Map.of(), Map.of(), Map.of(), List.of());
  }

  /** Whether it takes every request that there is. */
  public boolean takesAll() {
    return equals(any());
  }

  /** Whether the request fulfils all conditions, the cheap ones first. */
  public boolean matches(RouteRequest request) {
    return (path.isEmpty() || pathMatches(path.get(), request.path()))
        && (host.isEmpty() || hostMatches(host.get(), request.host()))
        && (method.isEmpty() || same(method.get(), request.method()))
        && (headers.isEmpty() || headersMatch(request))
        && (cookies.isEmpty() || cookiesMatch(request))
        && (queries.isEmpty() || queriesMatch(request))
        && (clients.isEmpty() || clientMatches(request))
        && (pathRegex.isEmpty() || pathRegex.get().matches(request.path()));
  }

  /** The first condition that the request does not fulfil, for people; empty if it matches. */
  public Optional<String> mismatch(RouteRequest request) {
    if (host.isPresent() && !hostMatches(host.get(), request.host())) {
      return Optional.of("host is not " + host.get());
    }
    if (path.isPresent() && !pathMatches(path.get(), request.path())) {
      return Optional.of("path is not " + path.get());
    }
    if (method.isPresent() && !same(method.get(), request.method())) {
      return Optional.of("method is not " + method.get());
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (!same(header.getValue(), request.header(header.getKey()))) {
        return Optional.of("header " + header.getKey() + " is not " + header.getValue());
      }
    }
    for (Map.Entry<String, String> cookie : cookies.entrySet()) {
      if (!same(cookie.getValue(), request.cookie(cookie.getKey()))) {
        return Optional.of("cookie " + cookie.getKey() + " is not " + cookie.getValue());
      }
    }
    for (Map.Entry<String, String> query : queries.entrySet()) {
      if (!same(query.getValue(), request.query(query.getKey()))) {
        return Optional.of("query " + query.getKey() + " is not " + query.getValue());
      }
    }
    if (!clients.isEmpty() && !clientMatches(request)) {
      return Optional.of("client is not in " + networks());
    }
    if (pathRegex.isPresent() && !pathRegex.get().matches(request.path())) {
      return Optional.of("path does not match " + pathRegex.get());
    }
    return Optional.empty();
  }

  private String networks() {
    return String.join(", ", clients.stream().map(Network::toString).toList());
  }

  /** The rule as metrics and explanations call it: {@code shop.example/static/*}. */
  public String label() {
    StringBuilder label = new StringBuilder();
    method.ifPresent(m -> label.append(m).append(' '));
    host.ifPresent(label::append);
    path.or(() -> pathRegex.isPresent() ? Optional.empty() : Optional.of("/*"))
        .ifPresent(label::append);
    pathRegex.ifPresent(regex -> label.append('~').append(regex));
    new java.util.TreeMap<>(headers)
        .forEach((name, value) -> label.append(" header:").append(name).append('=').append(value));
    new java.util.TreeMap<>(cookies)
        .forEach((name, value) -> label.append(" cookie:").append(name).append('=').append(value));
    new java.util.TreeMap<>(queries)
        .forEach((name, value) -> label.append(" query:").append(name).append('=').append(value));
    clients.forEach(network -> label.append(" client:").append(network));
    return label.toString();
  }

  private boolean headersMatch(RouteRequest request) {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (!same(header.getValue(), request.header(header.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private boolean cookiesMatch(RouteRequest request) {
    for (Map.Entry<String, String> cookie : cookies.entrySet()) {
      if (!same(cookie.getValue(), request.cookie(cookie.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private boolean queriesMatch(RouteRequest request) {
    for (Map.Entry<String, String> query : queries.entrySet()) {
      if (!same(query.getValue(), request.query(query.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private boolean clientMatches(RouteRequest request) {
    byte[] address = request.clientAddress();
    for (int i = 0; i < clients.size(); i++) {
      if (clients.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(String wanted, @Nullable CharSequence found) {
    return found != null && wanted.contentEquals(found);
  }

  private static boolean pathMatches(String wanted, CharSequence path) {
    int prefix = wanted.length() - 1;
    if (wanted.charAt(prefix) != '*') {
      return wanted.contentEquals(path);
    }
    return path.length() >= prefix && startsWith(path, wanted, prefix);
  }

  private static boolean startsWith(CharSequence text, String prefix, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hostMatches(String wanted, CharSequence host) {
    int length = withoutPort(host);
    if (length > 0 && host.charAt(length - 1) == '.') {
      length--; // a fully qualified name is the same name
    }
    boolean below = wanted.startsWith("*.");
    int from = below ? 1 : 0;
    int rest = wanted.length() - from;
    if (below ? length <= rest : length != rest) {
      return false;
    }
    for (int i = 1; i <= rest; i++) {
      if (lower(host.charAt(length - i)) != wanted.charAt(wanted.length() - i)) {
        return false;
      }
    }
    return true;
  }

  /** The length of the host without {@code :port}; the colons of {@code [v6]} are its own. */
  static int withoutPort(CharSequence host) {
    for (int i = host.length() - 1; i >= 0; i--) {
      char c = host.charAt(i);
      if (c == ':') {
        return i;
      }
      if (c < '0' || c > '9') {
        return host.length();
      }
    }
    return host.length();
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }
}
