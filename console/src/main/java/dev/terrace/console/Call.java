package dev.terrace.console;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as endpoints see it.
 *
 * @param method with HEAD told as GET
 * @param path as sent, still encoded
 * @param segments the path's parts, decoded one by one, so that one may hold a slash
 * @param query the first value of each parameter, decoded
 */
record Call(
    String method, String path, List<String> segments, Map<String, String> query, String accept) {

  Call {
    segments = List.copyOf(segments);
    query = Map.copyOf(query);
  }

  /** Reads a request line; empty if it is malformed. */
  static Optional<Call> of(String method, URI uri, String accept) {
    String path = uri.getRawPath();
    if (path == null || !path.startsWith("/")) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>();
    try {
      for (String segment : path.substring(1).split("/", -1)) {
        segments.add(decode(segment.replace("+", "%2B")));
      }
      String rawQuery = uri.getRawQuery();
      if (rawQuery != null) {
        for (String pair : rawQuery.split("&", -1)) {
          int equals = pair.indexOf('=');
          String name = equals < 0 ? pair : pair.substring(0, equals);
          query.putIfAbsent(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
        }
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    String plain = method.equals("HEAD") ? "GET" : method;
    return Optional.of(new Call(plain, path, segments, query, accept));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
