package dev.terrace.http;

import dev.terrace.core.route.IpLiteral;
import dev.terrace.core.route.QueryText;
import dev.terrace.core.route.RoutePath;
import dev.terrace.core.route.RouteRequest;
import dev.terrace.http.wire.Cookies;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request that nobody sent, as someone describes it: for explanations. */
record DescribedRequest(
    String method,
    String host,
    String writtenPath,
    CharSequence path,
    String query,
    TreeMap<String, String> headers,
    String client)
    implements RouteRequest {

  /** From a path, or from a URL, whose host then counts. */
  static DescribedRequest of(
      String method, String url, Map<String, String> headers, String clientAddress) {
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
    return new DescribedRequest(
        method,
        host,
        path,
        RoutePath.forMatching(path),
        query < 0 ? "" : target.substring(query + 1),
        byName,
        clientAddress);
  }

  /** The query with its question mark, or empty. */
  String writtenQuery() {
    return query.isEmpty() ? "" : "?" + query;
  }

  @Override
  public byte[] clientAddress() {
    byte[] bytes = IpLiteral.parse(client);
    return bytes == null ? new byte[0] : bytes;
  }

  @Override
  public @Nullable CharSequence query(String name) {
    return QueryText.first(query, name);
  }

  @Override
  public @Nullable CharSequence header(String name) {
    return headers.get(name);
  }

  @Override
  public @Nullable CharSequence cookie(String name) {
    return Cookies.find(headers.getOrDefault("Cookie", ""), name);
  }
}
