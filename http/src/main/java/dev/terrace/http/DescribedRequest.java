package dev.terrace.http;

import dev.terrace.core.route.RoutePath;
import dev.terrace.core.route.RouteRequest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request that nobody sent, as someone describes it: for explanations. */
record DescribedRequest(
    String method, String host, CharSequence path, TreeMap<String, String> headers)
    implements RouteRequest {

  /** From a path, or from a URL, whose host then counts. */
  static DescribedRequest of(String method, String url, Map<String, String> headers) {
    TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    String host = byName.getOrDefault("Host", "");
    String target = url;
    int scheme = url.indexOf("://");
    if (!url.startsWith("/") && scheme >= 0) {
      int slash = url.indexOf('/', scheme + 3);
      host = slash < 0 ? url.substring(scheme + 3) : url.substring(scheme + 3, slash);
      target = slash < 0 ? "/" : url.substring(slash);
    }
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return new DescribedRequest(method, host, RoutePath.forMatching(path), byName);
  }

  @Override
  public @Nullable CharSequence header(String name) {
    return headers.get(name);
  }

  @Override
  public @Nullable CharSequence cookie(String name) {
    for (String pair : headers.getOrDefault("Cookie", "").split(";", -1)) {
      String trimmed = pair.strip();
      if (trimmed.startsWith(name + "=")) {
        return trimmed.substring(name.length() + 1);
      }
    }
    return null;
  }
}
