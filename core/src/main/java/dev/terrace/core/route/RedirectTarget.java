package dev.terrace.core.route;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a redirect leads: a URL in which {@code {scheme}}, {@code {host}} (without port), {@code
 * {path}} and {@code {query}} (with its question mark, if there is one) stand for the request's
 * own.
 */
public final class RedirectTarget {

  private static final Pattern PART = Pattern.compile("\\{(scheme|host|path|query)}");

  private final List<String> parts = new ArrayList<>();

  /** Reads a URL. */
  public RedirectTarget(String url) {
    Matcher part = PART.matcher(url);
    int from = 0;
    while (part.find()) {
      parts.add(url.substring(from, part.start()));
      parts.add(part.group());
      from = part.end();
    }
    parts.add(url.substring(from));
  }

  /**
   * The URL for one request.
   *
   * @param host as the client named it, perhaps with a port
   * @param path as the client wrote it
   * @param query with its question mark, or empty
   */
  public String of(String scheme, CharSequence host, CharSequence path, CharSequence query) {
    StringBuilder url = new StringBuilder();
    for (String part : parts) {
      switch (part) {
        case "{scheme}" -> url.append(scheme);
        case "{host}" -> url.append(host, 0, RouteRule.withoutPort(host));
        case "{path}" -> url.append(path);
        case "{query}" -> url.append(query);
        default -> url.append(part);
      }
    }
    return url.toString();
  }
}
